import hashlib
from importlib.resources import files

import pytest

from burnish.scenes import catalogue

FOLDER = files("burnish.scenes.objects")


def test_every_object_has_a_picture_with_transparency_and_every_picture_an_object():
    shipped = {path.name for path in FOLDER.iterdir() if path.name.endswith(".webp")}
    assert shipped == {thing.file for thing in catalogue.objects()}
    for thing in catalogue.objects():
        art = catalogue.cut_out(thing.noun)
        assert max(art.size) <= 160
        assert min(art.size) >= 12
        lowest, highest = art.getchannel("A").getextrema()
        assert highest == 255
        assert lowest == 0 or thing.noun == "piano"  # a rectangle fills its box


def test_the_pictures_are_small_together_and_as_their_sums_say():
    listed = [line.split("  ") for line in FOLDER.joinpath("SHA256SUMS").read_text().splitlines()]
    for digest, name in listed:
        assert hashlib.sha256(FOLDER.joinpath(name).read_bytes()).hexdigest() == digest, name
    assert {name for _, name in listed} >= {thing.file for thing in catalogue.objects()}
    assert sum(len(FOLDER.joinpath(name).read_bytes()) for _, name in listed) <= 600_000


def test_words_are_unambiguous():
    every = [w for t in catalogue.objects() for w in {t.noun, t.plural, *t.also}]
    assert len(every) == len(set(every))
    assert len({thing.german for thing in catalogue.objects()}) == len(catalogue.objects())
    assert not set(catalogue.nouns()) & set(catalogue.categories())


@pytest.mark.parametrize(
    ("word", "noun"),
    [("cars", "car"), ("automobiles", "car"), ("knives", "knife"), ("fish", "fish"), ("bikes", "bicycle")],
)
def test_words_lead_to_their_object(word, noun):
    assert catalogue.nouns()[word] == noun
