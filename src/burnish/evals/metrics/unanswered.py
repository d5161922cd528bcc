"""Items without a value: abstentions, and failures by what went wrong (unparsable, refused, truncated, ...).

A failure is a class of its own, never a low score, and no item is dropped: the shares are of all items.
"""

from __future__ import annotations

from collections.abc import Iterator

from burnish.evals.figures import Reading
from burnish.evals.metrics import reading
from burnish.evals.trials import ABSTENTIONS, Outcome

ABSTAINED = "abstained"
FAILED = "failed"


def unanswered(outcome: Outcome) -> Iterator[Reading]:
    """Shares of abstentions and of failures, then of each way to fail that turns up."""
    states = [
        "" if a.value is not None else ABSTAINED if a.state in ABSTENTIONS else str(a.state) for a in outcome.answers
    ]
    yield reading(outcome, ABSTAINED, [(at, (state == ABSTAINED,)) for at, state in enumerate(states)])
    yield reading(outcome, FAILED, [(at, (state not in {"", ABSTAINED},)) for at, state in enumerate(states)])
    for kind in sorted(set(states) - {"", ABSTAINED}):
        yield reading(outcome, kind, [(at, (state == kind,)) for at, state in enumerate(states)])


METRIC = unanswered
