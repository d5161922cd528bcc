"""Zero-shot classification: is a picture nearest to the name of its class (CLIP, arXiv 2103.00020, section 3.1)?

A class is the mean of the vectors of its name in all templates. `acc1`, `acc5` and `mean_per_class_recall` are those of
clip_benchmark; where the scores of classes are equal a case counts as a random order would have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np

from burnish.errors import UsageError
from burnish.evals.cases import HOLE, Classes, Labelled
from burnish.evals.encoders import AT_ONCE, Encoder, Vectors, unit
from burnish.evals.exams import Mark, Sitting, Takes
from burnish.evals.figures import Floats, Reading, figure
from burnish.evals.places import drawn, hits

CUTS = (1, 5)


class Classification:
    """See the module."""

    takes: Takes = "encoder"

    def sit(self, sitting: Sitting) -> Iterator[Mark]:
        """One mark."""
        encoder = sitting.towers
        rows: list[Floats] = []
        groups: list[str] = []
        seeds: list[int] = []
        names: tuple[str, ...] = ()
        missing = 0
        for given in sitting.given(encoder.side_px):
            asked = sitting.kind().classes(given, sitting.options)
            names = asked.names
            classes = class_vectors(encoder, asked.names, asked.templates)
            for batch in _batches(asked):
                rows.append(_cases(encoder, classes, batch))
                groups += [case.group for case in batch]
                seeds += [given.seed] * len(batch)
            missing += asked.missing.count
        if not rows:
            raise UsageError(f"{sitting.scenario} has no picture with a class.")
        yield _mark(np.concatenate(rows), (tuple(groups), tuple(seeds)), len(names), missing)


def class_vectors(encoder: Encoder, names: Sequence[str], templates: Sequence[str]) -> Vectors:
    """(classes, d): of each name the mean over the templates, of length 1 again."""
    told = encoder.read([template.replace(HOLE, name) for name in names for template in templates])
    return unit(told.reshape(len(names), len(templates), -1).mean(axis=1))


def _batches(asked: Classes) -> Iterator[list[Labelled]]:
    while batch := list(islice(asked.cases, AT_ONCE)):
        yield batch


def _cases(encoder: Encoder, classes: Vectors, batch: Sequence[Labelled]) -> Floats:
    """(n, 3): hit at 1, hit at 5, number of the class."""
    scores = encoder.see([case.picture for case in batch]) @ classes.T
    labels = [case.label for case in batch]
    return np.column_stack([hits(scores, [[label] for label in labels], CUTS), labels])


def _mark(rows: Floats, of: tuple[tuple[str, ...], tuple[int, ...]], classes: int, missing: int) -> Mark:
    statistics: dict[str, Callable[[Floats], float]] = {"acc1": _first}
    if classes >= CUTS[1]:
        statistics["acc5"] = _second
    statistics["mean_per_class_recall"] = mean_per_class_recall
    figures = {
        name: figure(Reading(of=name, cases=rows, groups=of[0], seeds=of[1], statistic=statistic))
        for name, statistic in statistics.items()
    }
    there = len(np.unique(rows[:, 2]))
    exact = {name: statistic(rows) for name, statistic in statistics.items()}
    return Mark(
        of=f"{classes:,} classes, {there:,} of them in pictures",
        figures=figures,
        chance={name: drawn(classes, 1, CUTS[1] if name == "acc5" else 1) for name in statistics},
        missing=missing,
        task="zeroshot_classification",
        standard={name: exact.get(name) for name in ("acc1", "acc5", "mean_per_class_recall")},
    )


def _first(rows: Floats) -> float:
    return float(rows[:, 0].mean())


def _second(rows: Floats) -> float:
    return float(rows[:, 1].mean())


def mean_per_class_recall(rows: Floats) -> float:
    """Of (hit at 1, hit at 5, class) rows: the mean over the classes that there are of their hits at 1."""
    _, numbers = np.unique(rows[:, 2], return_inverse=True)
    return float((np.bincount(numbers, rows[:, 0]) / np.bincount(numbers)).mean())


EXAM = Classification()
