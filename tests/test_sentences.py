"""Sentences of captions: nothing lost, no end where an abbreviation is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a dog", ["a dog"]),
        ("A dog. A cat.", ["A dog. ", "A cat."]),
        ("Dr. Smith feeds a dog. It eats!", ["Dr. Smith feeds a dog. ", "It eats!"]),
        ("No. 5 stands in St. Paul.", ["No. 5 stands in St. Paul."]),
        ("Made by J. R. Miller in the U.S. in 1999. Red.", ["Made by J. R. Miller in the U.S. in 1999. ", "Red."]),
        ("It costs 3.50 a piece. Cheap.", ["It costs 3.50 a piece. ", "Cheap."]),
        ('A sign says "Stop." Cars wait.', ['A sign says "Stop." ', "Cars wait."]),
        ("Really?! Yes... and no.", ["Really?! ", "Yes... and no."]),
        ("一只狗。一只猫。", ["一只狗。", "一只猫。"]),
        ("see www.example.org for more", ["see www.example.org for more"]),
    ],
)
def test_splitting(text, expected):
    assert sentences.split(text) == expected


@given(st.text(alphabet="aB .!?。\"'\n1", max_size=60))
def test_together_they_are_the_text(text):
    assert "".join(sentences.split(text)) == text
    assert all(sentences.split(text))


@pytest.mark.parametrize(
    ("text", "is_finished"), [("A dog.", True), ('He says "no."', True), ("A dog", False), ("", False), ("狗。 ", True)]
)
def test_finished(text, is_finished):
    assert sentences.finished(text) is is_finished
