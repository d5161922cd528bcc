"""Pairs of captions that cannot both be true, and pairs that can."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import discovery
from burnish.passes.conflicts import Read, between

AGAINST = [
    ("counts", "There are two dogs on the grass.", "Three dogs are running on the grass."),
    ("colours", "A red car is parked in the street.", "The car in the street is blue."),
    ("colours", "Cat on a green background", "Cat on a red background"),
    ("existence", "A dog sits next to the chair.", "A chair with no dog next to it."),
    ("relations", "The dog is to the left of the car.", "The dog is right of the car."),
    ("relations", "The dog is to the left of the car.", "The car is to the left of the dog."),
    ("relations", "The lamp is above the table.", "The lamp is below the table."),
    ("relations", "The boat is at the top of the picture.", "The boat is at the bottom of the picture."),
    ("quotations", 'A sign reads "OPEN".', 'A sign with the word "EXIT" on it.'),
    ("quotations", "Ein Schild mit „Ausgang“", "Ein Schild mit „Eingang 2“"),
    ("numbers", "Paris in the spring of 1995, view from above", "Paris in the spring of 1996, view from above"),
    ("numbers", "Drei Hunde? Nein: 4 Hunde im Garten", "Im Garten sieht man 5 Hunde"),
    ("numbers", "A bridge that is 300 m long over the river", "A bridge over the river, 450 m long"),
    ("numbers", "An old Boeing 747 is landing here", "An old Boeing 737 is landing here"),
    ("names", "View of the Golden Gate Bridge in fog", "View of the Brooklyn Bridge in fog"),
    ("names", "the flag of France in the wind", "the flag of Italy in the wind"),
    ("names", "A small house, photo by Maria Lopez", "photo by Jonas Weber of a small house"),
]
TOGETHER = [
    ("A dog in the park.", "Two dogs in the park."),  # "a dog" names no number
    ("A red car.", "A red and white car."),
    ("A gray cat.", "A silver cat."),
    ("A dog and a cat.", "A cat on a sofa."),  # leaving out is no denial
    ("There is no dog.", "There is no cat."),
    ("The dog is left of the car.", "The car is right of the dog."),
    ("Two dogs, the dog is left of the car.", "The dog is right of the car."),
    ('A sign reads "OPEN".', 'A sign reads "open 24 hours".'),
    ('A sign reads "BAKERY".', 'A sign reads "BAKERV".'),  # one letter misread
    ("magnifying glass 1", "magnifying glass 2"),  # a series
    ("dots square grid 10 pattern", "dots square grid 09 pattern"),
    ("Capsized Sailing Illustration 6", "Capsized Sailing Illustration 1"),
    ("glace_03_bw", "glace_06_bw"),
    ("Photo, 800 px", "Photo, 1200 px"),
    ("View from the Eiffel Tower in Paris", "View of Paris in the evening"),
    ("photo by Maria Lopez", "photo by M. Lopez"),
    ("Golden Gate Bridge", "The bridge in fog"),
    ("Ein Hund", "No hay perros"),
    ("", ""),
    ("犬が二匹", "犬が三匹"),  # counted in no language but English, if not in digits
]


@pytest.mark.parametrize(("kind", "one", "other"), AGAINST)
def test_what_cannot_be_true_together_is_found(kind, one, other):
    found = between(Read.of(one), Read.of(other))
    assert kind in {conflict.kind for conflict in found}, found


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_what_can_be_true_together_is_left_alone(one, other):
    assert between(Read.of(one), Read.of(other)) == ()


SENTENCES = st.lists(st.sampled_from([text for _, *both in AGAINST for text in both]), max_size=3).map(" ".join)


@given(SENTENCES | st.text(max_size=40), SENTENCES | st.text(max_size=40))
def test_turned_round_the_conflicts_are_turned_round(one, other):
    forth, back = between(Read.of(one), Read.of(other)), between(Read.of(other), Read.of(one))
    assert sorted((c.kind, c.about, c.one, c.other) for c in forth) == sorted(
        (c.kind, c.about, c.other, c.one) for c in back
    )


@given(SENTENCES | st.text(max_size=60))
def test_no_caption_contradicts_itself(text):
    assert between(Read.of(text), Read.of(text)) == ()


def test_every_way_has_an_example():
    assert {kind for kind, *_ in AGAINST} == set(discovery.names("passes.conflicts"))
