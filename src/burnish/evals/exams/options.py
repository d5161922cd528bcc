"""Questions with lettered options, in every order of them: `burnish.evals.options`.

`fixed`: right in the first order, which is drawn for each question; `permuted`: right, over all orders; `every`: right
in each of them; `same`: one and the same option in each of them; `at_A`...: how often the option at that place is
chosen, over all orders, where every option stands once at every place. What is no answer is counted in `unanswered`,
and a question with one is neither `every` nor `same`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from burnish.errors import UsageError
from burnish.evals import options, scenarios
from burnish.evals.exams import Mark, Sitting, Takes
from burnish.evals.figures import Figure, Floats, Reading, figure
from burnish.evals.options import LETTERS, Asked, Said
from burnish.evals.scenarios.scenes import pictured

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A question, what was said in its turns, and which turn comes first."""

    asked: Asked
    said: tuple[Said, ...]
    group: str
    seed: int
    first: int


class Options:
    """See the module."""

    takes: Takes = "backend"

    def sit(self, sitting: Sitting) -> Iterator[Mark]:
        """A mark for all questions, and one for each kind."""
        rows = [row for part in range(len(sitting.seeds)) for row in _rows(sitting, part)]
        if not rows:
            raise UsageError("there is no scene to ask about.\nMake some with: burnish scenes -o OUT")
        yield _mark(ALL, rows)
        for kind in options.KINDS:
            if of_kind := [row for row in rows if row.asked.kind == kind]:
                yield _mark(kind, of_kind)


def _rows(sitting: Sitting, part: int) -> Iterator[_Row]:
    seed = sitting.seeds[part]
    given = scenarios.Given(
        source=sitting.source,
        limit=sitting.most,
        side_px=sitting.asked.side_px,
        seed=seed,
        part=part,
        parts=len(sitting.seeds),
    )
    for group, picture, scene in pictured(given):
        asked = list(options.questions(scene, seed))
        found = options.answers(sitting.asked, [(picture, each) for each in asked])
        for at, (each, said) in enumerate(zip(asked, found, strict=True)):
            first = scenarios.drawn(f"{seed} {group} {at}") % len(said)
            yield _Row(asked=each, said=said, group=group, seed=seed, first=first)


def _mark(of: str, rows: Sequence[_Row]) -> Mark:
    chances = [1 / len(row.asked.options) for row in rows]
    chance = sum(chances) / len(chances)
    figures = {"fixed": _share("fixed", rows, [[row.said[row.first]] for row in rows])}
    turned = [row for row in rows if len(row.said) > 1]
    known = {"fixed": chance}
    if turned:
        figures |= _over_orders(turned)
        known["permuted"] = chance
        sizes = {len(row.asked.options) for row in turned}
        known |= {f"at_{letter}": 1 / max(sizes) for letter in LETTERS[: max(sizes)] if len(sizes) == 1}
    figures["unanswered"] = _unanswered(rows)
    return Mark(of=of, figures=figures, chance=known)


def _over_orders(rows: Sequence[_Row]) -> dict[str, Figure]:
    found = {"permuted": _share("permuted", rows, [row.said for row in rows])}
    tests = {
        "every": [all(each.option == 0 for each in row.said) for row in rows],
        "same": [len({each.option for each in row.said}) == 1 and row.said[0].option is not None for row in rows],
    }
    for name, passed in tests.items():
        found[name] = figure(_reading(name, rows, [[float(one)] for one in passed]))
    sizes = {len(row.asked.options) for row in rows}
    for place, letter in enumerate(LETTERS[: max(sizes)] if len(sizes) == 1 else ""):
        cases = [(float(each.place == place), row) for row in rows for each in row.said if each.place is not None]
        name = f"at_{letter}"
        found[name] = figure(_reading(name, [row for _, row in cases], [[at] for at, _ in cases], mean=True))
    return found


def _share(of: str, rows: Sequence[_Row], said: Sequence[Sequence[Said]]) -> Figure:
    """How many of the answers that are some are right."""
    cases = [
        (float(each.option == 0), row)
        for row, several in zip(rows, said, strict=True)
        for each in several
        if each.option is not None
    ]
    return figure(_reading(of, [row for _, row in cases], [[right] for right, _ in cases], mean=True))


def _unanswered(rows: Sequence[_Row]) -> Figure:
    cases = [(float(each.option is None), row) for row in rows for each in row.said]
    return figure(_reading("unanswered", [row for _, row in cases], [[none] for none, _ in cases], mean=True))


def _reading(of: str, rows: Sequence[_Row], cases: Sequence[Sequence[float]], *, mean: bool = False) -> Reading:
    """`mean`: several cases of one question, which stand or fall together."""
    return Reading(
        of=of,
        cases=np.array(cases, np.float64).reshape(len(rows), 1),
        groups=tuple(row.group for row in rows),
        seeds=tuple(row.seed for row in rows),
        statistic=_mean if mean else None,
    )


def _mean(cases: Floats) -> float:
    return float(cases.mean()) if len(cases) else float("nan")


EXAM = Options()
