"""What the detector of orders is trained on and chosen by: dealt texts, split by template, and real titles.

A template is either for training or for choosing the operating point, by its hash: how well wordings are found that
training never saw can only be told by templates, not by texts.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from burnish.train.builtin import clipart, split
from burnish.train.injection import described, grammar
from burnish.train.injection.grammar import Template

HELD_PERCENT = 20
ORDERS, BENIGN, CAPTIONS = 40, 120, 2_500
"""Texts of a template of orders, of a benign one, and plain captions of a language, in training."""

SMALL = {"es", "it", "ja", "pt", "ru"}
"""Languages with short grammars: half as many texts of each line, a quarter of the captions."""

CHOSEN = 10
"""Texts of a template for choosing the operating point."""

_MARKS = (" ", ", ", " - ", " | ", ": ", ". ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Texts with orders, and benign ones: `dealt` from the grammars and, for training, from generated scenes (see
    `described`); `real` titles and descriptions of clip art.
    """

    orders: tuple[str, ...]
    dealt: tuple[str, ...]
    real: tuple[str, ...] = ()


def training(seed: int, package: Path | None, *, held: bool = True) -> Corpus:
    """Texts to train on; without `held` those of the templates for choosing are among them."""
    chosen = [template for template in grammar.templates() if not (held and is_held(template))]
    return Corpus(
        orders=tuple(text for template in chosen for text in _orders(template, seed)),
        dealt=(
            *(text for template in chosen for text in _benign(template, seed)),
            *_captions(seed),
            *described.texts(seed),
        ),
        real=tuple(titles(package, "train")) if package else (),
    )


def choosing(seed: int, package: Path | None) -> Corpus:
    """Texts to choose the operating point by: templates and clip art that `training` leaves out."""
    chosen = [template for template in grammar.templates() if is_held(template)]
    return Corpus(
        orders=tuple(text for template in chosen if template.order for text in _few(template, seed)),
        dealt=tuple(text for template in chosen if not template.order for text in _few(template, seed)),
        real=tuple(titles(package, "dev")) if package else (),
    )


def is_held(template: Template) -> bool:
    """Whether a template is for choosing the operating point, by its own hash."""
    return hashlib.sha256(template.line.encode()).digest()[0] < 256 * HELD_PERCENT / 100


def titles(package: Path, part: str) -> list[str]:
    """The different titles and descriptions of one part of the clip-art split, sorted."""
    stems = set(split.load()[part])
    found = {
        " ".join(words.split()) for art in clipart.walk(package) if art.stem in stems
        for words in (art.title, art.description)
    }  # fmt: skip
    return sorted(found - {""})


def _orders(template: Template, seed: int) -> Iterator[str]:
    dealt = random.Random(f"{seed} {template}")
    for _ in range((ORDERS // 2 if template.language in SMALL else ORDERS) if template.order else 0):
        yield _dressed(template, dealt)


def _dressed(template: Template, dealt: random.Random) -> str:
    """An order as it stands alone, or addressed to somebody, behind a caption, or in quotes."""
    text, how = grammar.deal(template, dealt), dealt.random()
    if how < 0.25:
        text = f"{grammar.slot(template.language, 'hey', dealt)} {text}"
    elif how < 0.40:
        text = grammar.slot(template.language, "caption", dealt) + dealt.choice(_MARKS) + text
    elif how < 0.45:
        text = f'"{text}"'
    return text


def _benign(template: Template, seed: int) -> Iterator[str]:
    dealt = random.Random(f"{seed} {template}")
    for _ in range((BENIGN // 2 if template.language in SMALL else BENIGN) if not template.order else 0):
        text = grammar.deal(template, dealt)
        more = dealt.choice(_MARKS) + grammar.slot(template.language, "caption", dealt)
        yield text + more if dealt.random() < 0.25 else text


def _captions(seed: int) -> Iterator[str]:
    for language in grammar.languages():
        dealt = random.Random(f"{seed} {language}")
        count = CAPTIONS // 4 if language in SMALL else CAPTIONS
        yield from (grammar.slot(language, "caption", dealt) for _ in range(count))


def _few(template: Template, seed: int) -> Iterator[str]:
    dealt = random.Random(f"few {seed} {template}")
    yield from (grammar.deal(template, dealt) for _ in range(CHOSEN))
