"""How the question is put. One file each: a criterion's name and an item in, a request out."""

from __future__ import annotations

from typing import Protocol, TypeAlias, cast

from burnish import discovery
from burnish.evals.trials import Item
from burnish.values import AssessRequest, JointRequest

KIND = "evals.instructions"
Question: TypeAlias = AssessRequest | JointRequest


class Instruction(Protocol):
    """See the module."""

    def __call__(self, item: Item, criterion: str) -> Question:
        """The question about one item. Raises `UsageError` for a criterion that it cannot ask for."""
        ...


def load(name: str) -> Instruction:
    """The instruction called `name`; raises `UsageError` with the nearest name."""
    return cast(Instruction, discovery.load(KIND, name))
