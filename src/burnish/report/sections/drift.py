"""What the texts as a whole became: length, words, languages, openings. Data must not grow poorer unseen."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from burnish.edits import words
from burnish.guards import language
from burnish.report.cards import Card
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.report.reading import Batch, indices
from burnish.report.sections import Section
from burnish.values import Json

SAMPLED = 100_000
"""Pairs whose words are counted; of more, a sample drawn by a hash."""
LANGUAGES = 3_000
"""Pairs whose language is guessed, about 0.3 ms a text."""
SHRINKS = 0.1
"""A vocabulary that loses more than this share is a warning."""
OPENS = 3
OPENING_SHARE, OPENING_GROWS = 0.05, 3.0
"""An opening of at least this share of the texts that is so many times as frequent as before is a warning."""
MOST_WORDS = 300_000
"""Different words that are told apart on either side; beyond, what came first stays and it is said."""
_SHOWN = 12
_UNSURE = "too short to say"


class Side:
    """Counts over texts of one side."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.words: Counter[str] = Counter()
        self.openings: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.texts: Counter[int] = Counter()
        self.full = False

    def add(self, text: str, found: list[str]) -> None:
        """Count a text and its words."""
        self.lengths.append(len(found))
        self.texts[hash(text)] += 1
        if len(found) >= OPENS:
            self.openings[" ".join(found[:OPENS])] += 1
        if len(self.words) < MOST_WORDS:
            self.words.update(found)
        else:
            self.full = True
            self.words.update(word for word in found if word in self.words)

    def told(self) -> dict[str, Json]:
        """The figures of this side."""
        total = self.words.total()
        tenths = statistics.quantiles(self.lengths, n=10) if len(self.lengths) > 1 else [0.0] * 9
        return {
            "texts": len(self.lengths),
            "mean_words": round(total / max(1, len(self.lengths)), 3),
            "median_words": statistics.median(self.lengths or [0]),
            "ninth_tenth_words": tenths[8],
            "empty": sum(not length for length in self.lengths),
            "vocabulary": len(self.words),
            "words": total,
            "type_token_ratio": round(len(self.words) / max(1, total), 4),
            "repeated_texts": len(self.lengths) - len(self.texts),
            "photo_openings": sum(n for opening, n in self.openings.items() if opening in _PHOTO),
        }


_PHOTO = frozenset(
    f"{article} {kind} of" for article in ("a", "an", "the") for kind in ("photo", "picture", "image", "photograph")
)


class Drift(Section):
    """See the module."""

    title = "Drift of the texts"
    order = 50

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        pairs = max(1, run.counts.written)
        self._limit = np.uint64(min(1.0, SAMPLED / pairs) * (2**64 - 1025))
        self._languages = min(1.0, LANGUAGES / pairs) * (2**64 - 1025)
        self.before, self.after = Side(), Side()

    def take(self, batch: Batch) -> None:
        """Count the texts of the sample; what stayed is taken apart once."""
        at = np.flatnonzero(batch.number <= self._limit)
        chosen = indices(at)
        both = zip(batch.original.take(chosen).to_pylist(), batch.text.take(chosen).to_pylist(), strict=True)
        for (old, new), number in zip(both, batch.number[at].tolist(), strict=True):
            first = words(old)
            last = first if new == old else words(new)
            self.before.add(old, first)
            self.after.add(new, last)
            if number <= self._languages:
                was = language(old) or _UNSURE
                self.before.languages[was] += 1
                self.after.languages[was if new == old else language(new) or _UNSURE] += 1

    def finish(self, cards: Mapping[Place, Card]) -> None:
        """Nothing is left to do."""

    def figures(self) -> Mapping[str, Json]:
        """Both sides, and what rises and falls."""
        moved = self._moved()
        return {
            "sampled": len(self.before.lengths),
            "of": self.run.counts.written,
            "before": {**self.before.told(), "languages": dict(self.before.languages.most_common())},
            "after": {**self.after.told(), "languages": dict(self.after.languages.most_common())},
            "rising": {word: list(counts) for word, *counts in moved if counts[1] > counts[0]},
            "falling": {word: list(counts) for word, *counts in moved if counts[1] < counts[0]},
        }

    def warnings(self) -> Iterator[str]:
        """A vocabulary that shrinks, an opening that takes over."""
        before, after = len(self.before.words), len(self.after.words)
        if before and after < (1 - SHRINKS) * before:
            yield f"the vocabulary shrinks by {1 - after / before:.0%}, from {before:,} to {after:,} words"
        total = max(1, len(self.after.lengths))
        for opening, number in self.after.openings.most_common(3):
            grown = number > OPENING_GROWS * max(1, self.before.openings[opening])
            if number / total >= OPENING_SHARE and grown:
                yield f'{number / total:.0%} of the texts now begin with "{opening}"'

    def lines(self) -> Iterator[str]:
        """Length, vocabulary, languages."""
        from burnish.texts import terminal

        before, after = self.before.told(), self.after.told()
        for name, label in (("mean_words", "words a text"), ("vocabulary", "different words")):
            yield f"  {label:<18}{before[name]:>12,} > {after[name]:,}"
        sure = [(name, n) for name, n in self.after.languages.most_common(6) if name != _UNSURE]
        if sure:
            total = self.after.languages.total()
            yield "  languages         " + ", ".join(f"{terminal(name, 8)} {n / total:.0%}" for name, n in sure)
        falling = [word for word, *counts in self._moved() if counts[1] < counts[0]][:8]
        if falling:
            yield "  " + terminal(f"falling: {', '.join(falling)}", 76)

    def view(self) -> Mapping[str, Any]:
        """Rows for the tables."""
        before, after = self.before.told(), self.after.told()
        moved = self._moved()
        known = self.before.languages.keys() | self.after.languages.keys()
        return {
            "rows": [(label, form, before[name], after[name]) for name, label, form in _ROWS],
            "sampled": len(self.before.lengths),
            "pairs": self.run.counts.written,
            "full": self.before.full or self.after.full,
            "rising": [row for row in moved if row[2] > row[1]][:_SHOWN],
            "falling": [row for row in moved if row[2] < row[1]][:_SHOWN],
            "openings": _both(self.before.openings, self.after.openings),
            "languages": _both(self.before.languages, self.after.languages) if len(known) > 1 else [],
            "guessed": self.before.languages.total(),
            "seed": self.run.seed,
        }

    def _moved(self) -> list[tuple[str, int, int]]:
        """Words by how much their count changed: (word, before, after)."""
        changed = (
            (word, self.before.words[word], self.after.words[word])
            for word in self.before.words.keys() | self.after.words.keys()
            if self.before.words[word] != self.after.words[word]
        )
        ranked = sorted(changed, key=lambda row: (-abs(row[2] - row[1]), row[0]))
        return [row for row in ranked if row[2] > row[1]][:_SHOWN] + [row for row in ranked if row[2] < row[1]][:_SHOWN]


_ROWS = (
    ("mean_words", "words a text, mean", "%.2f"),
    ("median_words", "words a text, median", "%g"),
    ("ninth_tenth_words", "nine tenths are no longer than", "%g"),
    ("empty", "texts without a word", ""),
    ("vocabulary", "different words", ""),
    ("type_token_ratio", "different words by all words", "%.4f"),
    ("repeated_texts", "repetitions of an earlier text", ""),
    ("photo_openings", "open with “a photo of” and its like", ""),
)


def _both(before: Counter[str], after: Counter[str]) -> list[tuple[str, int, int]]:
    ranked = sorted(before.keys() | after.keys(), key=lambda name: (-max(before[name], after[name]), name))
    return [(name, before[name], after[name]) for name in ranked[:_SHOWN]]


SECTION = Drift
