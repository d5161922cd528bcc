"""What names in texts mean: by spelling, capitals, the words around and each other; none where it is unsure."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.entities.tables import NAMES, linked, linker


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A view of the Taj Mahal in Agra", {"Taj Mahal": "Q9141", "Agra": "Q42941"}),
        ("taj mahal agra", {"taj mahal": "Q9141", "agra": "Q42941"}),
        ("TAJ MAHAL IN AGRA", {"TAJ MAHAL": "Q9141", "AGRA": "Q42941"}),
        ("TajMahal_02.jpg", {"TajMahal": "Q9141"}),
        ("New York at night", {"New York": "nyc"}),
        ("York minster", {"York": "york"}),
        ("東京タワーの夜", {"東京": "tokyo"}),
        ("서울에서 본 하늘", {"서울": "seoul"}),
        ("ताज महल का दृश्य", {"ताज महल": "Q9141"}),
        ("泰姬陵在印度", {"泰姬陵": "Q9141"}),
        ("", {}),
    ],
)
def test_names_are_found_in_any_case_and_writing(text: str, found: dict[str, str]) -> None:
    assert linked(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Springfield, Illinois: Lincoln's home", {"Springfield": "us-il"}),
        ("A basketball game in Springfield", {"Springfield": "us-ma"}),
        ("Springfield town hall", {"Springfield": ""}),
        ("Nice, France", {"Nice": "nice", "France": "fr"}),
        ("Istanbul, Turkey", {"Turkey": "tr"}),
        ("Apple iPhone 4", {"Apple": "apple"}),
        ("Map of Autralia", {"Autralia": "au"}),
        ("New Yrok", {"New Yrok": "nyc"}),
    ],
)
def test_the_words_around_decide_between_rows_and_against_everyday_words(text: str, found: dict[str, str]) -> None:
    assert linked(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "A turkey on a farm",
        "a nice picture of us",
        "an apple on a table",
        "the Austria alps",
        "Turkey",
        "Show us it",
        "IMG_747.JPG",
    ],
)
def test_what_may_be_no_name_is_not_linked(text: str) -> None:
    assert linked(text) == {}


def test_metadata_helps_and_is_linked_as_well() -> None:
    found = linker().link({"text": "Springfield town hall", "place": "Massachusetts, near Agra"})
    assert [(entity.source, entity.text, entity.id) for entity in found] == [
        ("text", "Springfield", "us-ma"),
        ("place", "Agra", "Q42941"),
    ]


def test_a_higher_bar_leaves_out_what_is_less_sure() -> None:
    assert [entity.id for entity in linker(min_score=0.97).link({"text": "Taj Mahal in Agra"})] == ["Q9141"]


def test_without_fuzzy_misspelt_names_are_left() -> None:
    assert linker(fuzzy=False).link({"text": "Map of Autralia"}) == ()


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.sampled_from(["Taj Mahal", "agra", "Nice", "東京", "York", "New", "Sprnigfield", "a", "of", "_", "…"]),
        max_size=8,
    )
)
def test_links_point_at_what_they_say_and_do_not_overlap(parts: list[str]) -> None:
    text = " ".join(parts)
    end = 0
    for entity in linker().link({"text": text}):
        assert text[entity.start : entity.stop] == entity.text
        assert end <= entity.start < entity.stop
        assert 0.5 <= entity.score <= 1
        end = entity.stop


def test_every_process_links_alike() -> None:
    """Hashes of strings differ from process to process; links must not."""
    code = (
        "from burnish.entities import linking\n"
        f"linker = linking.load({str(NAMES)!r}, min_score=0.5, fuzzy=True, ordinary=lambda word: word == 'nice')\n"
        "print(linker.link({'text': 'Sprignfield, Taj Mahl, Nice and France in Springfield 東京'}))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert "France" in said.pop()
