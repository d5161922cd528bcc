"""Good and bad captions for the text-quality head, made from the words of clip art.

Good ones: titles of one to a dozen plain words, and sentences around them, so that length alone says nothing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from burnish.train.builtin.corruption import CORRUPTIONS

MAX_WORDS = 14
_PLAIN = re.compile(r"[A-Za-z][A-Za-z' ,-]*[A-Za-z]\.?")
_JUNK = re.compile(
    r"clip\s?art by|part of the .*collection|\.svg\b|svg theme|_\d|\d_|^[a-z]+\d+$|_COLOURS = lt;", re.IGNORECASE
)
_COLOURS = ("red", "blue", "green", "yellow", "black", "white", "brown", "orange", "purple", "grey")
_SENTENCES = (
    "A drawing of {article} {0}.", "{Article} {0} on a white background.", "The {0} next to {article2} {1}.",
    "{Article} {colour} {0}", "{Article} {0} with a {colour} {1}.", "Two people looking at {article} {0}.",
    "{Article} {0} is shown in the middle of the picture.", "{colour} {0} and {1}", "Picture of {article} {0}",
    "{Article} {0} and {article2} {1} on a table.", "A small {0} in front of the {1}.", "{0}", "{0}", "{Article} {0}.",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A text, whether it is good, and which corruption made it bad ("" for good, "found" for real junk)."""

    text: str
    good: bool
    kind: str


def plain_titles(titles: Mapping[str, str], english: Mapping[str, float], least: float = 0.05) -> list[str]:
    """Distinct titles of plain words that may be English; `english` gives p(English) by title."""
    found = {" ".join(title.split()) for title in titles.values()}
    return sorted(
        title
        for title in found
        if _PLAIN.fullmatch(title) and 1 <= len(title.split()) <= MAX_WORDS and english.get(title, 0.0) >= least
        and len(title) > 2
    )  # fmt: skip


def good_texts(titles: Sequence[str], rng: random.Random) -> list[str]:
    """One good caption per title: the title itself or a sentence with it."""
    texts = []
    for title in titles:
        if len(title.split()) > 3:
            texts.append(title)
            continue
        one, other = title.strip(" ."), rng.choice(titles).strip(" .").lower()
        name = one.lower() if rng.random() < 0.5 else one
        words = {
            "article": _article(name), "article2": _article(other), "colour": rng.choice(_COLOURS),
            "Article": _article(name).capitalize(),
        }  # fmt: skip
        text = rng.choice(_SENTENCES).format(name, other, **words)
        texts.append(text[:1].upper() + text[1:] if rng.random() < 0.6 else text)
    return texts


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def samples(titles: Sequence[str], junk: Sequence[str], seed: int) -> list[Sample]:
    """Good captions, one corruption of each, and real junk; the same for a seed."""
    rng = random.Random(seed)
    good = good_texts(titles, rng)
    names = sorted(CORRUPTIONS)
    made = [Sample(text=text, good=True, kind="") for text in good]
    for text in good:
        kind = rng.choice([name for name in names if name != "shuffled" or len(text.split()) > 3])
        made.append(Sample(text=CORRUPTIONS[kind](text, rng), good=False, kind=kind))
    return made + [Sample(text=text, good=False, kind="found") for text in junk]


def is_junk(title: str) -> bool:
    """Real titles that say nothing of the picture: empty of words, file names, collections, the library's own."""
    return bool(_JUNK.search(title)) or not any(character.isalpha() for character in title)
