"""Ways to make a caption worse: each in its one respect, the same every time, and none where it has no hold."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import edits
from burnish.errors import UsageError
from burnish.negatives import ways
from burnish.negatives.ways import Given

TEXT = 'A large red dog and two cats to the left of an old car by Maria Lopez in Lisbon 2009, with the sign "OPEN 5".'


def made(way, text, lots=0):
    return ways.load(way)(Given(text=text), random.Random(lots))


@pytest.mark.parametrize("way", ways.names())
def test_each_way_changes_a_text_it_has_a_hold_on_and_repeats_itself(way):
    for lots in range(20):
        worse = made(way, TEXT, lots)
        assert worse is not None
        assert worse != TEXT
        assert worse == made(way, TEXT, lots)
    assert len({made(way, TEXT, lots) for lots in range(20)}) > 1 or way == "relation"


@pytest.mark.parametrize("way", ways.names())
@given(text=st.text(max_size=80), lots=st.integers(0, 99))
def test_any_text_at_all_is_taken(way, text, lots):
    worse = made(way, text, lots)
    assert worse is None or isinstance(worse, str)


@pytest.mark.parametrize(
    "way", ["object", "near", "attribute", "count", "relation", "truncation", "word_order", "leading"]
)
def test_a_text_without_a_hold_gives_none(way):
    assert made(way, "Hello there") is None


@pytest.mark.parametrize("way", ["object", "near", "attribute", "entity"])
def test_one_word_or_name_is_changed_and_the_rest_stays(way):
    for lots in range(30):
        worse = made(way, TEXT, lots)
        assert edits.changed_share(TEXT, worse) <= 3 / len(edits.words(TEXT))


@pytest.mark.parametrize(
    ("way", "text", "among"),
    [
        (
            "count",
            "Two dogs",
            {f"{n} {'dog' if n == 'One' else 'dogs'}" for n in ("One", "Three", "Four", "Five", "Six")},
        ),
        ("count", "One cat on a mat", {f"{n} cats on a mat" for n in ("Two", "Three", "Four", "Five", "Six")}),
        ("count", "A small dog", {f"{n} small dogs" for n in ("Two", "Three", "Four", "Five", "Six")}),
        ("count", "3 birds", {f"{n} birds" for n in (1, 2, 4, 5, 6)}),
        ("attribute", "A small dog", {"A large dog"}),
        ("attribute", "An old dog", {"A new dog"}),
        ("relation", "A dog left of a car", {"A dog right of a car"}),
        ("relation", "A dog in front of a car", {"A dog behind a car"}),
        ("near", "A violin", {f"A {noun}" for noun in ("guitar", "trumpet", "piano", "drum")}),
        ("near", "Two violins", {f"Two {noun}s" for noun in ("guitar", "trumpet", "piano", "drum")}),
    ],
)
def test_numbers_opposites_and_articles_agree(way, text, among):
    assert {made(way, text, lots) for lots in range(60)} == among


def test_years_and_rooms_are_no_counts():
    assert made("count", "In 2009") is None
    assert made("count", "Room 2") is None


def test_a_near_word_is_of_the_same_class_and_another_object_is_not():
    from burnish.negatives import words

    kind = words.nouns()["dog"].kind
    for lots in range(40):
        assert made("near", "A dog", lots).split()[1] in kind
        assert made("object", "A dog", lots).split()[1] not in kind


def test_writing_is_changed_where_it_is_quoted_and_else_claimed():
    assert 'sign "OPEN 5"' not in made("ocr", TEXT)
    assert made("ocr", TEXT).startswith(TEXT[:60])
    assert made("ocr", "A dog.").startswith('A dog with a sign that reads "')
    assert made("ocr", "A dog.").endswith('".')
    assert made("ocr", "  ") is None


def test_leading_questions_take_for_granted_what_the_text_does_not_say():
    asked = {made("leading", "Two red dogs and a cat", lots) for lots in range(80)}
    assert all(question.endswith("?") for question in asked)
    assert any(question.startswith("Why are there") and " two " not in question for question in asked)
    assert any(question.startswith("Why are the dogs") and " red" not in question for question in asked)
    assert any("next to the" in question for question in asked)


def test_a_cut_is_inside_a_word_and_words_out_of_order_are_the_same_words():
    for lots in range(20):
        cut = made("truncation", TEXT, lots)
        assert TEXT.startswith(cut)
        assert TEXT[len(cut)].isalpha()
        assert sorted(edits.words(made("word_order", TEXT, lots))) == sorted(edits.words(TEXT))


def test_ways_of_ones_own_are_found_and_unknown_ones_refused():
    assert ways.load("tests.negatives.test_ways:shout")(Given(text="a"), random.Random(0)) == "A"
    with pytest.raises(UsageError, match="truncation"):
        ways.load("smell")


def shout(given, _lots):
    return given.text.upper()
