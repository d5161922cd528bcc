"""The criterion as recipes ask for it: its question, its anchors, its examples."""

from __future__ import annotations

from burnish.evals.trials import Item
from burnish.values import AssessRequest


def plain(item: Item, criterion: str) -> AssessRequest:
    """As `burnish assess` asks."""
    return AssessRequest(picture=item.picture, text=item.text, criterion=criterion)


INSTRUCTION = plain
