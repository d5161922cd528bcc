"""Grammars parse, every line can be dealt, and the same seed deals the same texts."""

from __future__ import annotations

import random

import pytest

from burnish.train.injection import grammar
from burnish.train.injection.grammar import Template


def line(text: str, language: str = "en") -> Template:
    return Template(language=language, kind="test", order=True, line=text)


def dealt(text: str, count: int = 60) -> set[str]:
    chance = random.Random(0)
    return {grammar.deal(line(text), chance) for _ in range(count)}


def test_choices_are_dealt_each_and_may_be_nested() -> None:
    assert dealt("(a|b(c|d)|) x") == {"a x", "bc x", "bd x", " x"}


def test_a_backslash_takes_the_next_character_as_it_is() -> None:
    assert dealt(r"\(a\|b\) \{this\}") == {"(a|b) {this}"}


def test_a_slot_is_one_of_its_lines() -> None:
    assert len(dealt("{criterion}")) > 5


def test_a_parenthesis_too_many_is_an_error() -> None:
    with pytest.raises(ValueError, match="do not match"):
        grammar.deal(line("a) b"), random.Random(0))


@pytest.mark.parametrize("language", sorted(grammar.languages()))
def test_every_line_of_every_language_can_be_dealt(language: str) -> None:
    chance = random.Random(0)
    for template in grammar.languages()[language].templates:
        texts = [grammar.deal(template, chance) for _ in range(5)]
        assert all(text.strip() for text in texts)
        assert not [text for text in texts if "{any_order}" in text or "|)" in text]


def test_no_line_stands_twice() -> None:
    lines = [(template.language, template.line) for template in grammar.templates()]
    assert len(lines) == len(set(lines)) > 900


def test_the_same_seed_deals_the_same_texts() -> None:
    first, second = ([grammar.deal(each, random.Random(3)) for each in grammar.templates()] for _ in range(2))
    assert first == second
