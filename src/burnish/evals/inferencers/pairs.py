"""Ranked two by two: which of a text and the good text that it was made from is the better caption?

Each two are asked about in both orders and the probabilities averaged, so that a liking for the first place cancels.
An item's value is the mean probability with which it wins, on the common scale; what has nothing to be compared with is
not asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from burnish import criteria
from burnish.chat import Choose, Chosen, Prompt, render
from burnish.chat.fold import MAX_OUTSIDE
from burnish.chat.marking import marked
from burnish.criteria import SCALE
from burnish.evals.inferencers import Asked, assessments, chat_model
from burnish.evals.trials import Answer
from burnish.protocols import Backend
from burnish.values import AssessRequest, Failure, State

ANSWERS = ("A", "B")
TOGETHER = True
"""A text is compared with others beside its picture."""


def pairs(backend: Backend, asked: Sequence[Asked]) -> list[Answer]:
    """One call for all. The two of a pair have to be asked for together."""
    model = chat_model("pairs", backend)
    assessments("pairs", asked)
    place = {each.item.key: at for at, each in enumerate(asked)}
    both = [(place[each.item.base], at) for at, each in enumerate(asked) if each.item.base in place]
    found = model.choose([_question(asked[one], asked[other]) for two in both for one, other in (two, two[::-1])])
    wins: list[list[float]] = [[] for _ in asked]
    states: list[State] = [State.NOT_ASKED] * len(asked)
    for (good, made), forward, backward in zip(both, found[::2], found[1::2], strict=True):
        won = _won(forward, backward)
        if isinstance(won, State):
            states[good] = states[made] = won
            continue
        wins[good].append(won)
        wins[made].append(1 - won)
    return [_answer(shares, state) for shares, state in zip(wins, states, strict=True)]


def _question(one: Asked, other: Asked) -> Choose:
    criterion = criteria.load(one.criterion)
    task = f"{criterion.question}\nTwo captions of the same image are given, A and B. Which is better in this?"
    hidden = isinstance(one.question, AssessRequest) and one.question.blind
    seen = () if hidden else (one.item.picture,)
    texts = (f"CAPTION A {marked(one.item.text)}", f"CAPTION B {marked(other.item.text)}")
    user = (*seen, *texts, f"{task}\nAnswer with A or B and nothing else.")
    return Choose(prompt=Prompt(system=render.SYSTEM, user=user), answers=ANSWERS)


def _won(forward: Chosen | Failure, backward: Chosen | Failure) -> float | State:
    """How likely the first of the two wins, over both orders; the state of whichever has no answer."""
    shares = []
    for found, first in ((forward, 0), (backward, 1)):
        if isinstance(found, Failure):
            return found.state
        if found.outside > MAX_OUTSIDE or sum(found.shares) <= 0:
            return State.UNPARSABLE
        shares.append(found.shares[first] / sum(found.shares))
    return sum(shares) / 2


def _answer(shares: Sequence[float], state: State) -> Answer:
    if not shares:
        return Answer(value=None, state=state)
    return Answer(value=round(SCALE[0] + (SCALE[-1] - SCALE[0]) * sum(shares) / len(shares), 4))


INFERENCER = pairs
