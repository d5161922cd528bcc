"""Layered instructions (MIA-Bench): formats with one to five constraints, each told to the model and checked alone."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import constraints, formats, tokens
from burnish.chat import caption
from burnish.constraints import COLOURS, Constraint
from burnish.contract import Contract, Given
from burnish.errors import UsageError
from burnish.formats import Format
from burnish.values import CaptionRequest, Draft
from tests.builders import picture

LAYERS = (
    constraints.mentions("a colour", COLOURS),
    constraints.avoids("opinions", ("beautiful", "lovely", "stunning")),
    constraints.words_a_sentence(9),
    constraints.begins_with(("A", "Two")),
    constraints.mentions("where it is", ("left", "right", "middle")),
)
KEEPS = ("red", "", "", "A", "left")
BREAKS = ("", "lovely", "that is moored at the old stone pier", "One", "")
PLAIN = Format(
    name="layered", source="arXiv 2407.01509", instruction="Describe it.", min_tokens=4, max_tokens=60, max_sentences=3
)


def said(broken: set[int]) -> str:
    """A caption that breaks exactly the constraints with these numbers."""
    colour, opinion, tail, start, side = (BREAKS[at] if at in broken else KEEPS[at] for at in range(len(LAYERS)))
    where = f"on the {side}" if side else "there"
    return " ".join(f"{start} {opinion} {colour} boat floats {where} {tail}".split()) + "."


@pytest.mark.parametrize("count", range(1, 6))
def test_exactly_what_is_broken_is_named(count: int) -> None:
    for chosen in itertools.combinations(range(5), count):
        contract = Contract(replace(PLAIN, constraints=tuple(LAYERS[at] for at in chosen)), tokens.load("words"))
        for broken in (set(), {chosen[0]}, {chosen[-1]}, set(chosen)):
            flaws = contract.flaws(Draft(text=said(broken)), Given())
            assert [flaw.name for flaw in flaws] == [LAYERS[at].name for at in chosen if at in broken]


@given(st.sets(st.integers(0, 4)))
def test_the_share_that_is_kept_is_the_score(broken: set[int]) -> None:
    assert constraints.kept(LAYERS, said(broken)) == pytest.approx(1 - len(broken) / 5)


def test_nothing_to_keep_is_kept() -> None:
    assert constraints.kept((), "anything") == 1.0


def test_each_constraint_is_told_to_the_model(tmp_path, monkeypatch) -> None:
    (tmp_path / "layered_format.py").write_text(
        "from tests.test_constraints import LAYERS, PLAIN\n"
        "from dataclasses import replace\n"
        "FORMAT = replace(PLAIN, constraints=LAYERS)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    formats.load.cache_clear()
    task = caption.write(CaptionRequest(picture=picture(), format="layered_format:FORMAT"))
    asked = str(task.prompt.user[-1])
    assert all(layer.told in asked for layer in LAYERS)


def test_a_changed_constraint_is_another_format() -> None:
    one = replace(PLAIN, constraints=(constraints.words_a_sentence(9),))
    assert one.digest == replace(PLAIN, constraints=(constraints.words_a_sentence(9),)).digest
    assert one.digest != replace(PLAIN, constraints=(constraints.words_a_sentence(8),)).digest
    assert one.digest != PLAIN.digest


def six() -> tuple[Constraint, ...]:
    return tuple(constraints.mentions(f"thing {n}", ("x",)) for n in range(6))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Bad Name"},
        {"name": "alt"},
        {"min_tokens": 61},
        {"min_sentences": 4},
        {"constraints": six()},
        {"constraints": six()[:1] * 2},
    ],
)
def test_formats_that_nothing_can_keep_are_refused(wrong) -> None:
    with pytest.raises(UsageError):
        replace(PLAIN, **wrong)


@pytest.mark.parametrize(
    ("text", "found"), [("a red boat", 1), ("a BLUE boat", 1), ("a boat", 0), ("a redder boat", 0)]
)
def test_words_are_looked_for_whole(text: str, found: int) -> None:
    assert constraints.kept(LAYERS[:1], text) == found


def test_at_least_so_many_different_words() -> None:
    two = constraints.mentions("two colours", COLOURS, least=2)
    assert two.test("a red red boat")
    assert not two.test("a red and white boat")
