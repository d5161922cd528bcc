"""Whether a new text still says the names, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import edits
from burnish.entities import survival
from burnish.entities.survival import Names
from tests.entities.tables import linker


def names(text: str) -> Names:
    return survival.of(linker().link({"text": text}), linker())


@pytest.mark.parametrize(
    ("before", "after", "missing"),
    [
        ("Taj Mahal in Agra", "The taj_mahal of AGRA", []),
        ("Taj Mahal in Agra", "泰姬陵, Agra", []),
        ("Taj Mahal in Agra", "A white tomb in Agra", ["Taj Mahal"]),
        ("Map of Autralia", "Map of Australia", []),
        ("Map of Autralia", "Map of Autralia", []),
        ("Map of Autralia", "Map of Austria", ["Autralia"]),
        ("York minster", "New York minster", ["York"]),
        ("York minster", "New York or York", []),
        ("NYC at night", "New York City at night", []),
        ("NYC at night", "York at night", ["NYC"]),
        ("Springfield town hall", "Springfield hall", []),
        ("Springfield town hall", "A town hall", ["Springfield"]),
        ("東京タワーの夜", "Tokyo at night", []),
        ("東京タワーの夜", "京都の夜", ["東京"]),
    ],
)
def test_a_name_stands_in_any_spelling_of_its_row_alone(before: str, after: str, missing: list[str]) -> None:
    assert [entity.text for entity in names(before).missing(after)] == missing


@pytest.mark.parametrize(
    ("before", "after", "foreign"),
    [
        ("a view of Agra", "a view of Agra and New York", ("New York",)),
        ("a view of a tower", "a view of a tower in 京都", ("京都",)),
        ("a view of Agra", "a nice view of Agra", ()),
        ("a view of Agra", "a view of Agra with a turkey", ()),
        ("a view of NYC", "a view of New York City", ()),
    ],
)
def test_other_names_of_the_table_are_seen(before: str, after: str, foreign: tuple[str, ...]) -> None:
    assert names(before).foreign(before, after) == foreign


@pytest.mark.parametrize(
    ("text", "part", "covered"),
    [
        ("a crew of 7 men beside a Boeing 747", "7", False),
        ("a crew of 47 beside a Boeing 747", "47", False),
        ("a crew beside a Boeing 747", "Boeing 747", True),
        ("a crew beside the Boeing-747", "Boeing-747", True),
        ('a sign that reads "Boeing 747"', '"Boeing 747"', True),
        ("the Boeing 747 over a Boeing 747", "Boeing 747", True),
        ("US troops beside an USB stick of 1994", "1994", False),
        ("a view of York from New York", "York", True),
    ],
)
def test_what_a_name_covers_lies_within_it(text: str, part: str, covered: bool) -> None:  # noqa: FBT001
    assert part in [text[span.start : span.stop] for span in edits.protected(text)]
    assert names(text).covers(part, text) is covered


def test_a_part_that_also_stands_outside_the_name_is_not_covered() -> None:
    text = "747 beside the Boeing 747, and 747 again"
    assert {text[span.start : span.stop] for span in edits.protected(text)} == {"747", "Boeing 747"}
    assert names(text).covers("Boeing 747", text)
    assert not names(text).covers("747", text)


def test_of_captions_only_names_of_the_same_kind_are_in_their_place() -> None:
    linked = names("a view of Agra")
    assert linked.foreign("Agra", "Agra and New York", alike=True) == ("New York",)
    assert linked.foreign("Agra", "Agra in France, with the Taj Mahal", alike=True) == ()


@given(st.text(max_size=40))
def test_without_names_nothing_is_missing(text: str) -> None:
    assert Names().missing(text) == ()
    assert Names().foreign("", text) == ()
