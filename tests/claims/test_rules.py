"""The splitter on sentences one by one, and on any text at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnish.claims import PICTURE, Kind
from burnish.claims.lexicon import singular
from burnish.claims.rules import MAX_CHARS, split


def touchable(text, claim):
    return text[claim.start : claim.stop]


E, A, C, R, T = Kind.EXISTENCE, Kind.ATTRIBUTE, Kind.COUNT, Kind.RELATION, Kind.TEXT


def told(text):
    """Claims as short tuples, denials with a leading "not"."""
    return {
        (*(("not",) if c.negated else ()), c.kind, c.subject, *(part for part in (c.value, c.other) if part))
        for c in split(text)
    }


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("A red car.", {(E, "car"), (A, "car", "red")}),
        ("three small dogs", {(E, "dog"), (C, "dog", "3"), (A, "dog", "small")}),
        ("12 knives", {(E, "knife"), (C, "knife", "12")}),
        ("A pair of old shoes", {(E, "shoe"), (C, "shoe", "2"), (A, "shoe", "old")}),
        ("The apple is green.", {(E, "apple"), (A, "apple", "green")}),
        ("The apple isn't green.", {(E, "apple"), ("not", A, "apple", "green")}),
        ("A cat on a wooden bench", {(E, "cat"), (E, "bench"), (A, "bench", "wooden"), (R, "cat", "on", "bench")}),
        ("The cat is to the left of the dog.", {(E, "cat"), (E, "dog"), (R, "cat", "left of", "dog")}),
        ("Above the house is a moon.", {(E, "house"), (E, "moon"), (R, "moon", "above", "house")}),
        ("The dog is at the top left of the image.", {(E, "dog"), (R, "dog", "top left", PICTURE)}),
        ("The dog is in the upper right corner.", {(E, "dog"), (R, "dog", "top right", PICTURE)}),
        ("A sign reads “Open 24”.", {(E, "sign"), (T, "text", "Open 24")}),
        ("There is no cat and no dog.", {("not", E, "cat"), ("not", E, "dog")}),
        ("A street without a car or a bus", {(E, "street"), ("not", E, "car"), ("not", E, "bus")}),
        ("A man on a striped background", {(E, "man"), (A, "background", "striped")}),
        ("A coffee mug", {(E, "coffee mug")}),
        ("A blue butterfly is visible.", {(E, "butterfly"), (A, "butterfly", "blue")}),
        ("A cat, a dog and a bird are above the tree.", {
            (E, "cat"), (E, "dog"), (E, "bird"), (E, "tree"),
            (R, "cat", "above", "tree"), (R, "dog", "above", "tree"), (R, "bird", "above", "tree"),
        }),
        ("The cat is above the tree, and the dog is below the tree.", {
            (E, "cat"), (E, "dog"), (E, "tree"), (R, "cat", "above", "tree"), (R, "dog", "below", "tree"),
        }),
        ("A dog stands here. It is brown.", {(E, "dog"), (A, "dog", "brown")}),
        ("The image shows a view of the left side.", set()),
        ("", set()),
    ],
)  # fmt: skip
def test_claims(text, claims):
    assert told(text) == claims


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("A small red car.", A, {"small", "red"}),
        ("Look, three dogs!", C, {"three"}),
        ("A cat is left of a dog.", R, {"left of"}),
        ('A sign says "STOP" in red.', T, {'"STOP"'}),
        ("A small red car.", E, {"A small red car"}),
        ("A car is at the top of the picture.", R, {"at the top"}),
    ],
)
def test_a_claim_touches_only_the_words_that_say_it(text, kind, part):
    assert {touchable(text, claim) for claim in split(text) if claim.kind is kind} == part


def test_the_same_claim_counts_once_where_it_stands_first():
    first, *rest = split("A dog. The dog. A dog.")
    assert (touchable("A dog. The dog. A dog.", first), first.start, rest) == ("A dog", 0, [])


HAZARDS = (
    "\u202eA red car\u202c", "A\u0300 car", "\ud83d a dog", "𝕬 car", "A car\x00and a dog", "A" * 5_000, "no " * 2_000,
    '"' * 3_001, "a, " * 3_000, "left of " * 1_000, "(((", "the the the", "赤いリンゴ", "и кот", "ﬁsh", "a\u200bdog",
    "A dog" + " and a dog" * 2_000, "at the top left of the " * 500,
)  # fmt: skip


@pytest.mark.parametrize("text", HAZARDS, ids=lambda text: ascii(text[:12]))
def test_hazards_of_text_do_no_harm(text):
    sound(text)


VOCABULARY = (
    'a the no two left of right to at top picture image dog cats red small is are and or , . “ ” " it they with on in '
    "without nowhere pair 12 not above sign reads background one both never nor -"
)
WORDS = st.sampled_from(VOCABULARY.split())


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join)))
def test_any_text_gives_sound_claims(text):
    sound(text)


def sound(text):
    """Whatever comes in: spans inside, in order, each claim once, sentences that can be asked."""
    claims = split(text)
    assert len({claim.key for claim in claims}) == len(claims)
    assert [claim.start for claim in claims] == sorted(claim.start for claim in claims)
    for claim in claims:
        assert 0 <= claim.start < claim.stop <= min(len(text), MAX_CHARS)
        assert touchable(text, claim).strip()
        assert claim.sentence.endswith(".")
        assert claim.kind is Kind.TEXT or claim.subject


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("dogs", "dog"), ("boxes", "box"), ("cherries", "cherry"), ("leaves", "leaf"), ("snowmen", "snowman"),
        ("axes", "axe"), ("glass", "glass"), ("bus", "bus"), ("churches", "church"), ("potatoes", "potato"),
        ("fish", "fish"), ("houses", "house"), ("axis", "axis"), ("gas", "gas"),
    ],
)  # fmt: skip
def test_singulars(plural, one):
    assert singular(plural) == one


def test_every_word_for_an_object_has_its_singular():
    from burnish.scenes import catalogue

    for thing in catalogue.objects():
        assert singular(thing.plural) == thing.noun
        assert singular(thing.noun) == thing.noun


def test_a_denial_is_carried_over_a_list_of_any_length() -> None:
    found = split("There is no dog" + " or cat" * 1_500)
    assert {(claim.subject, claim.negated) for claim in found} == {("dog", True), ("cat", True)}
