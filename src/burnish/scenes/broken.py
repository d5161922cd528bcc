"""Texts that are broken as texts, known from the truth: a right text of the scene cut off, or its words in disorder."""

from __future__ import annotations

from functools import lru_cache

from burnish import edits, sentences
from burnish.claims.lexicon import CONJUNCTIONS, DETERMINERS, NUMBERS, PREPOSITIONS
from burnish.scenes import captions
from burnish.scenes.scene import Scene

CUT = "cut"
DISORDERED = "disordered"

_FEWEST_WORDS = 4
"""Of shorter texts another order may be as right."""
_OPEN_ENDED = DETERMINERS | CONJUNCTIONS | PREPOSITIONS | frozenset(NUMBERS)
"""After one of these something has to come."""


def how(scene: Scene, text: str) -> str:
    """`CUT`, `DISORDERED`, or "" for a text that is neither as far as the scene knows."""
    own = edits.words(text)
    ordered = sorted(own)
    for right, words in _right(scene):
        if _cut(text.strip(), right, own):
            return CUT
        if len(own) >= _FEWEST_WORDS and len(own) == len(words) and own != words and ordered == sorted(words):
            return DISORDERED
    return ""


def _cut(text: str, right: str, own: list[str]) -> bool:
    if not own or len(text) >= len(right) or not right.startswith(text) or sentences.finished(text):
        return False
    return own[-1] in _OPEN_ENDED or (text[-1].isalpha() and right[len(text)].isalpha())


@lru_cache(maxsize=256)
def _right(scene: Scene) -> tuple[tuple[str, list[str]], ...]:
    """Texts that are whole and in order, with their words: the alt text as it should be, as it is, and the captions."""
    made = (make(scene) for make in captions.FORMATS.values())
    texts = dict.fromkeys((scene.alt.repaired, scene.alt.text, captions.plain(scene), *made))
    return tuple((text.strip(), edits.words(text)) for text in texts)
