"""Zero-shot retrieval: is one of a picture's texts among the k nearest of all texts, and a text's picture among the k
nearest of all pictures?

`image_retrieval_recall@k` (a text is asked for its picture) and `text_retrieval_recall@k` are those of clip_benchmark:
a row counts once, however many right ones it finds. Two things differ where they matter: the same text beside two
pictures is right for both, and among equal scores any order is as likely. With fresh scenes each seed is searched by
itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from burnish.errors import UsageError
from burnish.evals.cases import Told
from burnish.evals.encoders import AT_ONCE, Encoder, Vectors
from burnish.evals.exams import Mark, Sitting, Takes
from burnish.evals.figures import Floats, Reading, figure
from burnish.evals.places import chance, ranked

CUTS = (1, 5, 10)
DIRECTIONS = ("image", "text")


@dataclass(slots=True)
class _Side:
    """Rows of one direction over all seeds, with the picture that each belongs to."""

    rows: list[Floats] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)
    chances: list[Floats] = field(default_factory=list)


class Retrieval:
    """See the module."""

    takes: Takes = "encoder"

    def sit(self, sitting: Sitting) -> Iterator[Mark]:
        """One mark a direction: "image" for a text's picture, "text" for a picture's text."""
        sides = {direction: _Side() for direction in DIRECTIONS}
        missing = 0
        for given in sitting.given(sitting.towers.side_px):
            asked = sitting.kind().texts(given, sitting.options)
            keys, seen, told = _looked(sitting.towers, asked.cases)
            missing += asked.missing.count
            if len(keys) < 2:
                raise UsageError(
                    f"{sitting.scenario} has {len(keys)} pictures with a text: a search needs two or more."
                )
            texts, of_pictures, of_texts = matches(told)
            read = sitting.towers.read(texts)
            _add(sides["text"], ranked(seen, read, of_pictures, CUTS), (len(texts), of_pictures), (keys, given.seed))
            owners = [keys[own[0]] for own in of_texts]
            _add(sides["image"], ranked(read, seen, of_texts, CUTS), (len(keys), of_texts), (owners, given.seed))
        for direction, side in sides.items():
            yield _mark(direction, side, missing)


def _looked(encoder: Encoder, cases: Iterator[Told]) -> tuple[list[str], Vectors, list[tuple[str, ...]]]:
    keys: list[str] = []
    told: list[tuple[str, ...]] = []
    rows: list[Vectors] = []
    while batch := list(islice(cases, AT_ONCE)):
        rows.append(encoder.see([case.picture for case in batch]))
        keys += [case.key for case in batch]
        told += [case.texts for case in batch]
    return keys, np.concatenate(rows) if rows else np.zeros((0, 0), np.float32), told


def matches(told: Sequence[Sequence[str]]) -> tuple[list[str], list[list[int]], list[list[int]]]:
    """The different texts in order, for each picture the numbers of its texts, for each text those of its pictures."""
    numbers: dict[str, int] = {}
    of_pictures: list[list[int]] = []
    of_texts: list[list[int]] = []
    for picture, texts in enumerate(told):
        own = dict.fromkeys(numbers.setdefault(text, len(numbers)) for text in texts)
        of_texts.extend([] for _ in range(len(numbers) - len(of_texts)))
        for text in own:
            of_texts[text].append(picture)
        of_pictures.append(list(own))
    return list(numbers), of_pictures, of_texts


def _add(side: _Side, rows: Floats, right: tuple[int, Sequence[Sequence[int]]], of: tuple[Sequence[str], int]) -> None:
    columns, own = right
    keys, seed = of
    side.rows.append(rows)
    side.groups += [f"{seed}/{key}" for key in keys]
    side.seeds += [seed] * len(rows)
    side.chances.append(np.array([chance(columns, own, cut) * len(rows) for cut in CUTS]))


def _mark(direction: str, side: _Side, missing: int) -> Mark:
    rows = np.concatenate(side.rows)
    names = [f"{direction}_retrieval_recall@{cut}" for cut in CUTS]
    chances = np.sum(side.chances, axis=0) / len(rows)
    groups, seeds = tuple(side.groups), tuple(side.seeds)
    return Mark(
        of=f"{direction}s",
        figures={
            name: figure(Reading(of=name, cases=rows[:, [at]], groups=groups, seeds=seeds, statistic=_mean))
            for at, name in enumerate(names)
        },
        chance={name: float(value) for name, value in zip(names, chances, strict=True)},
        missing=missing,
        task="zeroshot_retrieval",
        standard={name: float(rows[:, at].mean()) for at, name in enumerate(names)},
    )


def _mean(rows: Floats) -> float:
    return float(rows.mean())


EXAM = Retrieval()
