"""Good and bad captions for the text-quality head, made from the words of clip art.

Good ones: titles of one to a dozen plain words, sentences around them, and captions with numbers, names and marks,
so that neither length nor a digit alone says anything.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from burnish.backends.builtin import lexicon
from burnish.train.builtin import foreign, phrases
from burnish.train.builtin.corruption import CORRUPTIONS

MAX_WORDS = 14
BARE = 0.3  # of the short titles stay as they are, half of those in lower case: "sun", "treble clef"
DRESSED = 0.35  # get a number, a place, an emoji, ...
FOREIGN = 0.15  # as many captions in other languages, all good: what slips past the judge's guard is no worse for it
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


def plain_titles(titles: Iterable[str], english: Mapping[str, float], least: float = 0.05) -> list[str]:
    """Distinct titles of plain words that may be English; `english` gives p(English) by title."""
    found = {" ".join(title.split()) for title in titles}
    return sorted(
        title
        for title in found
        if _PLAIN.fullmatch(title) and not is_junk(title) and 1 <= len(title.split()) <= MAX_WORDS
        and (english.get(title, 0.0) >= least or _common(title)) and len(title) > 2
        and (" " in title or title.count("-") < 2)
    )  # fmt: skip


def _common(title: str) -> bool:
    return all(map(lexicon.known, re.findall(r"[A-Za-z]+", title)))


def good_texts(titles: Sequence[str], rng: random.Random) -> list[str]:
    """One good caption per title: the title itself, a sentence with it, or something with numbers, names, marks."""
    return [_good_text(title, titles, rng) for title in titles]


def _good_text(title: str, titles: Sequence[str], rng: random.Random) -> str:
    luck = rng.random()
    if luck < DRESSED:
        name = title.strip(" .")
        return rng.choice(phrases.DRESSES)(name.lower() if rng.random() < 0.5 else name, rng)
    if len(title.split()) > 3:
        return title
    if luck < DRESSED + BARE:
        return title.lower() if rng.random() < 0.5 else title
    one, other = title.strip(" ."), rng.choice(titles).strip(" .").lower()
    name = one.lower() if rng.random() < 0.5 else one
    words = {
        "article": _article(name), "article2": _article(other), "colour": rng.choice(_COLOURS),
        "Article": _article(name).capitalize(),
    }  # fmt: skip
    text = rng.choice(_SENTENCES).format(name, other, **words)
    return text[:1].upper() + text[1:] if rng.random() < 0.6 else text


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def samples(titles: Sequence[str], junk: Sequence[str], seed: int) -> list[Sample]:
    """Good captions, one corruption of each, and real junk; the same for a seed."""
    rng = random.Random(seed)
    good = good_texts(titles, rng)
    names = sorted(CORRUPTIONS)
    made = [Sample(text=text, good=True, kind="") for text in good]
    made += [Sample(text=foreign.caption(rng), good=True, kind="") for _ in range(round(FOREIGN * len(good)))]
    for text in good:
        kind = rng.choice([name for name in names if name != "shuffled" or len(text.split()) > 3])
        made.append(Sample(text=CORRUPTIONS[kind](text, rng), good=False, kind=kind))
    return made + [Sample(text=text, good=False, kind="found") for text in junk]


def is_junk(title: str) -> bool:
    """Real titles that say nothing of the picture: empty of words, file names, collections, the library's own."""
    return bool(_JUNK.search(title)) or not any(character.isalpha() for character in title)
