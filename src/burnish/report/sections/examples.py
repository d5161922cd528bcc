"""Pairs to look at: the worst and best of the output, those near the threshold, the most changed ones, and any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from burnish.edits import changed_share
from burnish.report.cards import Card
from burnish.report.measures import Place, Smallest
from burnish.report.opened import Run
from burnish.report.reading import Batch, indices
from burnish.report.sections import Section
from burnish.values import Json

EACH = 50
COMPARED = 50_000
"""Changed pairs whose words are compared, some 15 us each; of more, a sample."""


class Examples(Section):
    """See the module."""

    title = "Before and after"
    order = 30

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        names = ("change", "worst", "best", "borderline", "random")
        self._lists = {name: Smallest(EACH, different=name != "random") for name in names}
        self._found: dict[str, list[Card]] = {}
        changed = run.counts.rewritten + run.counts.recaptioned
        self._share = min(1.0, COMPARED / changed) if changed else 1.0

    def take(self, batch: Batch) -> None:
        """Keep what is smallest in each sense."""
        before, after = batch.stands
        self._lists["worst"].add(batch, after)
        self._lists["best"].add(batch, -after)
        self._lists["borderline"].add(batch, np.abs(before - self.run.below))
        self._lists["random"].add(batch, batch.number.astype(np.float64))
        self._lists["change"].add(batch, -self._change(batch))

    def _change(self, batch: Batch) -> np.ndarray[Any, Any]:
        """Share of words changed; NaN for pairs that stay or are not in the sample."""
        found = np.full(batch.size, np.nan)
        sampled = batch.changed & (batch.number <= np.uint64(self._share * (2**64 - 1025)))
        at = np.flatnonzero(sampled)
        if len(at):
            both = (batch.original.take(indices(at)).to_pylist(), batch.text.take(indices(at)).to_pylist())
            found[at] = [changed_share(old, new) for old, new in zip(*both, strict=True)]
        return found

    def wants(self) -> Iterable[Place]:
        """All of them."""
        for each in self._lists.values():
            yield from each.places()

    def finish(self, cards: Mapping[Place, Card]) -> None:
        """Take them."""
        self._found = {name: [cards[place] for place in each.places()] for name, each in self._lists.items()}

    def figures(self) -> Mapping[str, Json]:
        """Keys and places of the pairs in each list."""
        told: dict[str, Json] = {"seed": self.run.seed}
        for name, found in self._found.items():
            told[name] = [
                {
                    "shard": card.row["shard"],
                    "row": card.place[1],
                    "key": card.row["key"],
                    "stands": list(card.stands),
                    "changed": round(card.changed, 4),
                }
                for card in found
            ]
        return told

    def lines(self) -> Iterator[str]:
        """The five most changed ones."""
        from burnish.texts import terminal

        shown = self._found.get("change", [])[:5]
        if shown:
            yield "  most changed:"
        for card in shown:
            yield f"    {terminal(card.before, 34)}  >  {terminal(card.after, 34)}"

    def view(self) -> Mapping[str, Any]:
        """The lists with what each is."""
        below = f"{self.run.below:g}"
        sampled = "" if self._share >= 1 else f", of a sample of {self._share:.1%}"
        told = {
            "change": ("Most changed", f"largest share of words changed{sampled}, equal ones once"),
            "worst": ("Worst", "lowest score of what is in the output now, equal texts once"),
            "best": ("Best", "highest score of what is in the output now, equal texts once"),
            "borderline": ("Borderline", f"originals nearest to the threshold of {below}"),
            "random": ("Random", f"drawn by a hash of shard and row, seed {self.run.seed}"),
        }
        lists = [
            {"name": name, "title": told[name][0], "what": told[name][1], "cards": cards}
            for name, cards in self._found.items()
            if cards
        ]
        return {"lists": lists} if lists else {}


SECTION = Examples
