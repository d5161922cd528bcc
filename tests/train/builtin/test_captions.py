"""A picture is called by its own words: no collection names, no author, no numbers."""

from pathlib import Path

from burnish.train.builtin.captions import captions, clean
from burnish.train.builtin.clipart import ClipArt


def art(stem, title, **more):
    given = {"description": "", "keywords": (), "creator": "", **more}
    return ClipArt(stem=stem, path=Path(), title=title, **given)


def test_the_title_comes_first_then_the_file_name():
    (found,) = captions([art("food/melon_goneri_le_01", "Sweet Melon", creator="Gonéri Le Bouder")]).values()
    assert found == ("Sweet Melon", "melon")


def test_a_collection_title_gives_way_to_the_file_name():
    arts = [art(f"icons/thing{'abcdefgh'[i]}x", "Part of the Flat Set") for i in range(8)]
    assert captions(arts)["icons/thingax"] == ("thingax",)


def test_pictures_that_nothing_names_are_left_out():
    assert captions([art("x/01", "12")]) == {}


def test_noise_is_cleaned():
    assert clean("Clipart by Nicu Buculei - redArrow_04.svg", "") == "red Arrow"
