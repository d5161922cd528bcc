"""What goes through an evaluation of judges: items with their truth, answers, and what a metric is shown of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from burnish.values import Picture, State

BAD = "bad"
"""The kind of an item that somebody calls bad without saying why."""

ABSTENTIONS = frozenset({State.ABSTAINED, State.NOT_ASKED})
"""No answer, as it should be where a judge has no evidence; any other state without a value is a failure."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """A text beside a picture, and what is known of it. `kind` says what is wrong with it, "" of a good one.

    `group` is the picture's name, the same for all texts beside it and in every seed. `base` is the key of the good
    item that it was made from, "" if of none. `truth`: how good it is on the common scale, by criterion, where that is
    known.
    """

    key: str
    picture: Picture
    text: str
    kind: str
    group: str
    base: str = ""
    truth: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How one item was judged: `value` on the common scale, None with the state that says why."""

    value: float | None
    state: State = State.OK


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """All items of all seeds, with `answers` in their order. `blind`: the same asked without the picture, () if that
    was not asked. `changed`: the same asked in another way that should not matter, by its name.
    """

    criterion: str
    items: Sequence[Item]
    seeds: Sequence[int]
    answers: Sequence[Answer]
    blind: Sequence[Answer] = ()
    changed: Mapping[str, Sequence[Answer]] = field(default_factory=lambda: MappingProxyType({}))
