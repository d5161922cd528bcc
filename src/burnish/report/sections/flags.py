"""What was noticed about images and texts; orders in captions first, with the words that give them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from burnish.injection import orders
from burnish.report.cards import Card
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.report.reading import Batch
from burnish.report.sections import Section
from burnish.report.visible import MAX_CHARS, visible
from burnish.values import Json

EXAMPLES = 3
OF_ORDERS = 8
MAX_FLAGS = 400
"""Different flags that are told apart; formats of one's own may bring more."""
_ORDERS = "injection"


class Flags(Section):
    """See the module."""

    title = "Flags and orders in captions"
    order = 70

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        self._counts: Counter[str] = Counter()
        self._places: dict[str, list[Place]] = {}
        self._cards: Mapping[Place, Card] = {}

    def take(self, batch: Batch) -> None:
        """Count flags; the first pairs of each are its examples."""
        for row, flag in zip(*batch.flags, strict=True):
            if flag not in self._counts and len(self._counts) >= MAX_FLAGS:
                continue
            self._counts[flag] += 1
            examples = self._places.setdefault(flag, [])
            if len(examples) < (OF_ORDERS if flag.startswith(_ORDERS) else EXAMPLES):
                examples.append((batch.file, batch.first + int(row)))

    def wants(self) -> Iterable[Place]:
        """The examples of the flags shown."""
        return [place for flag in self._ranked() for place in self._places[flag]]

    def finish(self, cards: Mapping[Place, Card]) -> None:
        """Keep the examples."""
        self._cards = cards

    def figures(self) -> Mapping[str, Json]:
        """Counts by flag."""
        return dict(self._counts.most_common())

    def lines(self) -> Iterator[str]:
        """The largest."""
        from burnish.texts import terminal

        ranked = ", ".join(f"{terminal(flag, 30)} {self._counts[flag]:,}" for flag in self._ranked()[:6])
        if ranked:
            yield "  " + terminal(f"flags: {ranked}", 76)

    def view(self) -> Mapping[str, Any]:
        """Flags with their examples; of orders, what the detector saw."""
        rows = [
            {
                "flag": flag,
                "count": self._counts[flag],
                "orders": flag.startswith(_ORDERS),
                "examples": [(card, _seen(card, flag)) for card in self._of(flag)],
            }
            for flag in self._ranked()
        ]
        return {"rows": rows} if rows else {}

    def _of(self, flag: str) -> list[Card]:
        return [self._cards[place] for place in self._places[flag] if place in self._cards]

    def _ranked(self) -> list[str]:
        """Orders first, then by how many pairs have the flag."""
        return sorted(self._counts, key=lambda f: (not f.startswith(_ORDERS), -self._counts[f], f))[:40]


def _seen(card: Card, flag: str) -> Markup:
    """The text with the orders in it marked, or the writing in the picture; just the text for other flags."""
    if flag == "injection_in_image":
        return visible("\n".join(card.row.get("evidence") or ()))
    spans = orders(card.before) if flag.startswith(_ORDERS) else ()
    parts, at = [], 0
    for span in spans:
        parts += [
            visible(card.before[at : span.start]),
            Markup("<mark>{}</mark>").format(visible(card.before[span.start : span.stop])),
        ]
        at = span.stop
        if at > MAX_CHARS:
            break
    return Markup().join([*parts, visible(card.before[at:], 200 if spans else MAX_CHARS)])


SECTION = Flags
