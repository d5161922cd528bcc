"""Keys of spellings, and where names may begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.entities.folding import key, read, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Taj Mahal", "taj_mahal"),
        ("Tāj Mahal", "TAJ-MAHAL"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("O'Hare", "o hare"),
        ("Straße", "STRASSE"),
        ("Ｔｏｋｙｏ", "Tokyo"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("ताज", "तज"), ("京都", "東京"), ("747", "737")])
def test_other_letters_are_another_key(one: str, other: str) -> None:
    assert key(one) != key(other)


def parts(text: str) -> set[str]:
    """Everything that may be a name in `text`."""
    reading = read(text)
    return {reading.key[start:stop] for start in reading.starts for stop in reading.stops if start < stop}


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("TajMahal_02.jpg", {"taj", "mahal", "tajmahal", "02"}, {"ahal", "tajm"}),
        ("London's bridge", {"london", "bridge"}, {"ondon", "lond"}),
        ("東京タワーの夜", {"東京", "東京タワー", "夜"}, {"タワ", "ワー"}),
        ("서울에서", {"서울", "서울에서"}, {"울에서"}),
        ("วัดพระแก้ว", {"วัด", "พระ"}, set()),
        ("ताज महल", {"ताज", "महल", "ताजमहल"}, {"त", "ताजम"}),
    ],
)
def test_names_begin_and_end_where_the_writing_lets_them(text: str, inside: set[str], outside: set[str]) -> None:
    assert inside <= parts(text)
    assert not outside & parts(text)


@given(st.text(max_size=60))
def test_a_reading_points_into_its_text(text: str) -> None:
    reading = read(text)
    assert reading.key == key(text)
    assert len(reading.at) == len(reading.key)
    assert list(reading.starts) == sorted(set(reading.starts))
    assert list(reading.stops) == sorted(set(reading.stops))
    for start in reading.starts:
        for stop in (stop for stop in reading.stops if stop > start):
            first, last = reading.span(start, stop)
            assert 0 <= first < last <= len(text)
            assert key(text[first:last]) == reading.key[start:stop]


def test_words_are_apart() -> None:
    assert words("marble in Agra (India), Yamuna") == {"marble", "in", "agra", "india", "yamuna"}
