"""Rows by spelling, held against looking at every one of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, Levenshtein

from burnish.entities.index import Index, allowed, may_err
from burnish.entities.table import Row, Table


def index(*names: str, fuzzy: bool = True) -> Index:
    table = Table("digest")
    for number, name in enumerate(dict.fromkeys(names)):
        table.add(Row(id=str(number), name=name))
    return Index(table, fuzzy=fuzzy)


NAME = st.text("abcde", min_size=1, max_size=14)


@settings(deadline=None)
@given(st.lists(NAME, min_size=1, max_size=30), st.lists(NAME, min_size=1, max_size=10))
def test_what_is_found_is_what_a_search_of_all_finds(names: list[str], asked: list[str]) -> None:
    built, known = index(*names), list(dict.fromkeys(names))
    assert built.exact(asked) == {form: [known.index(form)] for form in asked if form in known}
    near = built.near([form for form in asked if may_err(form)])
    for form in filter(may_err, asked):
        there = {number for number, name in enumerate(known) if may_err(name) and name != form}
        found = dict(near.get(form, ()))
        for number in there:
            name = known[number]
            if Levenshtein.distance(form, name) <= allowed(name):
                assert found[number] == OSA.distance(form, name)
        assert all(
            OSA.distance(form, known[number]) == errors <= allowed(known[number]) for number, errors in found.items()
        )


@given(st.text("abcdefgh", min_size=5, max_size=14), st.integers(0, 12))
def test_two_neighbours_in_the_wrong_order_are_one_error(name: str, at: int) -> None:
    at %= len(name) - 1
    wrong = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    expected = {} if wrong == name else {wrong: [(0, 1)]}
    assert index(name).near([wrong]) == expected


def test_figures_and_writings_without_case_are_never_misspelt() -> None:
    assert not any(map(may_err, ("boeing747", "東京都新宿区", "agra", "12345")))


def test_without_fuzzy_nothing_is_near() -> None:
    assert index("springfield", fuzzy=False).near(["sprignfield"]) == {}
