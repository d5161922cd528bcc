"""Ask once more for the captions that missed their format, with the reason; then cut what may be cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from burnish.asks import Terms
from burnish.asks.recaption import MISSED, Desk, desk
from burnish.contract import Given
from burnish.values import Caption, Draft, Record, Reply, Request


@dataclass(frozen=True, slots=True)
class RecaptionAgain:
    """Wanted by records with captions that missed their format. A request that got no usable answer is not repeated
    here: chat models ask for those again by themselves.
    """

    desk: Desk
    name: str = "recaption_again"

    def requests(self, record: Record) -> list[Request]:
        """For each of them the same request with the answer and everything that is wrong with it."""
        return [self._request(record, name, caption) for name, caption in self._missed(record)]

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The captions that keep the format now or when they are cut, the others still pending."""
        made = {
            id(caption): self._mended(record, name, caption, reply)
            for (name, caption), reply in zip(self._missed(record), replies, strict=True)
        }
        return replace(record, captions=tuple(made.get(id(caption), caption) for caption in record.captions))

    def _missed(self, record: Record) -> list[tuple[str, Caption]]:
        named = {contract.format.name: name for name, contract in self.desk.contracts.items()}
        return [(named[caption.role], caption) for caption in record.captions[1:] if caption.verdict.startswith(MISSED)]

    def _request(self, record: Record, name: str, caption: Caption) -> Request:
        contract = self.desk.contracts[name]
        flaws = contract.flaws(Draft(text=caption.text, edits=caption.edits), self.desk.given(record, contract))
        return self.desk.request(record, name, wrong="; ".join(flaw.told for flaw in flaws), last=caption.text)

    def _mended(self, record: Record, name: str, before: Caption, reply: Reply) -> Caption:
        contract = self.desk.contracts[name]
        given = self.desk.given(record, contract)
        first = Draft(text=before.text, edits=before.edits)
        if not isinstance(reply, Draft):
            return self._cut(name, [first], given) or before
        flaws = contract.flaws(reply, given)
        if not flaws:
            return self.desk.caption(name, reply, "reasked")
        missed = self.desk.pending(name, reply, f"{MISSED}{flaws[0].name}")
        return self._cut(name, [reply, first], given) or missed

    def _cut(self, name: str, drafts: Sequence[Draft], given: Given) -> Caption | None:
        """The first of the drafts that keeps the format when it is cut."""
        for draft in drafts:
            shorter = self.desk.contracts[name].trimmed(draft, given)
            if shorter is not None:
                return self.desk.caption(name, shorter, "reasked", "trimmed")
        return None


def ask(terms: Terms) -> RecaptionAgain:
    """Made by name from a recipe."""
    return RecaptionAgain(desk(terms))
