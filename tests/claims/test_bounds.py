"""What a rewrite may change beside refuted claims, and what not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.claims import bounds
from burnish.claims.rules import split
from burnish.values import Edit, Finding


def findings(text: str, *wrong: str) -> list[Finding]:
    """The claims of `text`, those refuted whose words are in `wrong`."""
    return [
        Finding(
            kind=str(claim.kind),
            says=claim.statement,
            verdict="refuted" if text[claim.start : claim.stop] in wrong else "supported",
            start=claim.start,
            stop=claim.stop,
        )
        for claim in split(text)
    ]


def kept(text: str, after: str, *wrong: str) -> bool:
    found = findings(text, *wrong)
    assert sum(finding.verdict == "refuted" for finding in found) >= len(wrong)
    return bounds.kept(text, after, found)


@pytest.mark.parametrize(
    ("text", "wrong", "after"),
    [
        ("A red car and two dogs", "red", "A blue car and two dogs"),
        ("A red car and two dogs", "red", "A car and two dogs"),
        ("A red car and two dogs", "red", "An orange car and two dogs."),
        ("Three small dogs are on the grass", "Three", "A small dog is on the grass"),
        ("A dog, two cats and a bird", "two cats", "A dog and a bird"),
        ("A dog left of a cat", "left of", "A dog to the right of a cat"),
        ("A cat on a sofa", "a sofa", "A cat"),
        ("A dog. The background is green.", "green", "A dog. The background is striped."),
        ("A dog. The background is green.", "green", "A dog."),
        ('A dog beside a sign that reads "STOP"', '"STOP"', 'A dog beside a sign that reads "EXIT"'),
        ("A red car and a red bus", "red", "A blue car and a green bus"),
    ],
)
def test_the_refuted_words_and_what_grammar_needs_may_change(text: str, wrong: str, after: str) -> None:
    assert kept(text, after, wrong)


@pytest.mark.parametrize(
    ("text", "wrong", "after"),
    [
        ("A red car and two dogs", "red", "A blue car and three dogs"),
        ("A red car and two dogs", "red", "A blue car"),
        ("A red car and two dogs", "red", "A blue bus and two dogs"),
        ("A red car and two dogs", "red", "A blue car and two happy dogs"),
        ("A red car and two dogs in the evening", "red", "A blue car and two dogs"),
        ("Three small dogs are on the grass", "Three", "A large dog is on the grass"),
        ("A dog left of a cat", "left of", "A cat to the right of a dog"),
        ("A small dog. The background is green.", "green", "A dog. The background is striped."),
        ("A small dog. The background is green.", "green", "Two small dogs. The background is striped."),
    ],
)
def test_everything_else_stays(text: str, wrong: str, after: str) -> None:
    assert not kept(text, after, wrong)


def test_nothing_refuted_leaves_no_word_to_change() -> None:
    assert kept("A red car", "a red car.")
    assert not kept("A red car", "A car")


def test_junk_may_go_wherever_it_stands_and_only_where_it_was_recognised() -> None:
    text = "IMG_1.jpg A red car and two dogs free shipping"
    step = Edit(start=0, before="IMG_1.jpg ", after="", why="file name", junk=True)
    then = Edit(start=25, before="free shipping", after="", why="shop", junk=True)
    found = findings(text, "red")
    after = "A blue car and two dogs"
    assert bounds.kept(text, after, found, bounds.junk_chars(text, [step, Edit(**_plain(then, 22))]))
    assert not bounds.kept(text, after, found, bounds.junk_chars(text, [step]))


def _plain(edit: Edit, start: int) -> dict[str, object]:
    text = "A red car and two dogs free shipping"
    assert text[start:] == " free shipping"
    return {"start": start, "before": text[start:], "after": "", "why": edit.why, "junk": True}


WORDS = st.lists(st.sampled_from(("a", "the", "dog", "cats", "two", "red", "on", "is")), max_size=9).map(" ".join)


@given(WORDS)
def test_a_text_is_inside_its_own_bounds(text: str) -> None:
    assert bounds.kept(text, text, findings(text))


@given(WORDS, WORDS)
def test_where_nothing_is_refuted_only_the_same_words_pass(text: str, after: str) -> None:
    assert bounds.kept(text, after, findings(text)) == (text.split() == after.split())


TEXTS = st.lists(
    st.sampled_from(("A dog. ", "Two red cats. ", "The dog is red. ", "A cat is on the dog. ")), max_size=4
)


@given(TEXTS, TEXTS, st.sampled_from(((), ("red",), ("Two", "red"))))
def test_what_is_put_back_is_inside_the_bounds(text: list[str], after: list[str], wrong: tuple[str, ...]) -> None:
    before, made = "".join(text).rstrip(), "".join(after).rstrip()
    found = findings(before, *wrong)
    less = bounds.within(before, made, found)
    assert bounds.kept(before, less, found)
    if bounds.kept(before, made, found) and not wrong:
        assert less.split() == made.split()
