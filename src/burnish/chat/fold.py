"""What a chat model gave, as replies: a probability becomes a score with a spread, a text becomes a draft."""

from __future__ import annotations

import math

from burnish import edits, replies
from burnish.chat import Chosen, Write, Written
from burnish.chat.marking import unmarked
from burnish.criteria import SCALE
from burnish.values import AssessRequest, Draft, Failure, Reply, RewriteRequest, Score, State

MAX_OUTSIDE = 0.5
"""With more than half of the probability outside the answers, the model was not answering the question."""


def score(request: AssessRequest, chosen: Chosen | Failure) -> Reply:
    """The expectation over the scale's answers, its standard deviation as spread.

    Confidence is the mass on the answers times one minus the spread over the largest possible spread (half of the
    mass on each end of the scale): 1 for a certain model, 0 for one that is torn or talks of something else.
    """
    return chosen if isinstance(chosen, Failure) else scored(request.criterion, chosen)


def scored(criterion: str, chosen: Chosen) -> Score | Failure:
    """What probabilities over the scale's answers say by `criterion`; see `score`."""
    inside = math.fsum(chosen.shares)
    if chosen.outside > MAX_OUTSIDE or inside <= 0:
        return Failure(state=State.UNPARSABLE, detail=f"{chosen.outside:.0%} of the probability is on no answer")
    shares = [share / inside for share in chosen.shares]
    value = math.fsum(share * mark for share, mark in zip(shares, SCALE, strict=True))
    variance = math.fsum(share * (mark - value) ** 2 for share, mark in zip(shares, SCALE, strict=True))
    spread = math.sqrt(max(variance, 0.0))
    confidence = min(inside, 1.0) * (1 - spread / ((SCALE[-1] - SCALE[0]) / 2))
    return Score(
        criterion=criterion,
        value=round(value, 4),
        confidence=round(max(confidence, 0.0), 4),
        spread=round(spread, 4),
    )


def draft(request: RewriteRequest, task: Write, written: Written) -> Reply:
    """The caption in the answer as a draft, word by word explained; a failure if there is no honest answer."""
    found = replies.read_object(written.text, task.schema, cut=written.cut)
    if isinstance(found, Failure):
        return found
    text = unmarked(str(found["caption"])).strip()
    return Draft(text=text, edits=edits.diff(request.text, text, "rewritten by the model"))
