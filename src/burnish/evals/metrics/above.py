"""Right above wrong, by corruption: how often the good text scores above what was made of it, beside the same picture.

Ties count half. Where AUC asks for one scale for all pictures, this asks for none.
"""

from __future__ import annotations

from collections.abc import Iterator

from burnish.evals.figures import Floats, Reading
from burnish.evals.metrics import bases, kinds, reading
from burnish.evals.trials import Outcome


def above(outcome: Outcome) -> Iterator[Reading]:
    """One reading of everything together, one a kind; none where nothing was made of anything."""
    known = bases(outcome)
    won: dict[str, list[tuple[int, tuple[float]]]] = {}
    for at, item in enumerate(outcome.items):
        base = known.get((outcome.seeds[at], item.base))
        if base is None:
            continue
        good, made = outcome.answers[base].value, outcome.answers[at].value
        if good is not None and made is not None:
            case = (at, (float(good > made) + (good == made) / 2,))
            won.setdefault("", []).append(case)
            won.setdefault(item.kind, []).append(case)
    for kind in ("", *kinds(outcome)):
        if kind in won:
            yield reading(outcome, kind, won[kind], _mean)


def _mean(cases: Floats) -> float:
    return float(cases.mean())


METRIC = above
