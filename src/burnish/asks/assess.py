"""Score the original caption by every criterion of the recipe.

A text that gives orders to its reader is looked at twice, whole and without the orders, and the lower score counts:
an order can cost a pair, never help it (hazards 34-39). Where an order only made the whole text unjudgeable, the text
without it is judged alone: a bad caption is not kept from its rewrite by adding an order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from burnish.asks import Terms
from burnish.injection import orders, without
from burnish.values import AssessRequest, Draft, Failure, Picture, Record, Reply, Request, Score, State

INJECTION = "injection"
"""Flag of a pair whose text gives orders to its reader."""

SEPARATORS = " .,;:|-。，；："
"""What ends a text whose order was taken off. A judge may like a title with a full stop better: no gain by that."""


@dataclass(frozen=True, slots=True)
class Assess:
    """Every record wants it; one request per criterion."""

    criteria: tuple[str, ...]
    name: str = "assess"

    def requests(self, record: Record) -> list[Request]:
        """One `AssessRequest` per criterion about the text a model may see, and again without orders in it."""
        return assess_requests(record.picture, record.view, self.criteria)

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The original caption with its scores; flagged "injection" if it gives orders."""
        original = replace(record.captions[0], scores=scores_of(self.criteria, replies))
        flags = record.flags if len(replies) == len(self.criteria) else (*record.flags, INJECTION)
        return replace(record, captions=(original, *record.captions[1:]), flags=flags)


def ask(terms: Terms) -> Assess:
    """Made by name from a recipe."""
    return Assess(terms.recipe.criteria)


def assess_requests(picture: Picture, text: str, criteria: Sequence[str], *, again: bool = False) -> list[Request]:
    """One request per criterion, in the criteria's order, for each view of the text; `again`: it is a rewrite."""
    return [
        AssessRequest(picture=picture, text=view, criterion=name, again=again)
        for view in views(text)
        for name in criteria
    ]


def views(text: str) -> tuple[str, ...]:
    """`text`, and without the orders in it if it gives any: then also without the stop that parted the two."""
    spans = orders(text)
    return (text, without(text, spans).rstrip(SEPARATORS)) if spans else (text,)


def scores_of(criteria: Sequence[str], replies: Sequence[Reply]) -> tuple[Score, ...]:
    """Replies to `assess_requests` as scores, in the criteria's order; of two views the lower counts. A failure
    becomes a score without a value, never a low one.
    """
    seen = [_score(name, reply) for name, reply in zip(cycle(criteria), replies, strict=False)]
    whole, bare = seen[: len(criteria)], seen[len(criteria) :]
    return tuple(map(_of_both, whole, bare)) if bare else tuple(whole)


def _of_both(whole: Score, bare: Score) -> Score:
    """What counts of two views. The pair stands as it would without its order, or lower: an abstention from the bare
    text stays one, an abstention from the whole text says nothing. After a failure of either nothing is known.
    """
    return bare if whole.state is State.ABSTAINED else min(whole, bare, key=_height)


def _height(score: Score) -> float:
    """What has no value counts as lowest: a view that could not be judged must not vouch for the other."""
    return -math.inf if score.value is None else score.value


def _score(name: str, reply: Reply) -> Score:
    if isinstance(reply, Score):
        return reply
    if isinstance(reply, Failure):
        return Score(criterion=name, value=None, confidence=0.0, state=reply.state, reason=reply.detail)
    assert isinstance(reply, Draft)
    return Score(criterion=name, value=None, confidence=0.0, state=State.UNPARSABLE, reason="a text instead of a score")
