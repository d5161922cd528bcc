"""One training: a proxy on one arm's samples, and how it did in the exams. Any process can do it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from burnish.arms import lessons
from burnish.arms.exam import Exam
from burnish.arms.gallery import Gallery
from burnish.evals import retrieval
from burnish.mixing.mixture import Mixture
from burnish.proxy import Epoch, Proxy

BASE = "raw"
"""The arm that all others are held against; it always takes part."""
AGAIN, CONTROL = "raw again", "shuffled"
"""The base with other weights and order, which is the noise, and the base with texts on pictures drawn for them, which
is chance: no arms, but always trained.
"""
AGAIN_SEED = 10_007
"""Added to the seed of the weights and of the order, not to that of the samples, where an arm is trained once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`mixture`: what is trained on, drawn anew in each of `epochs` epochs; `seed`: of weights and order. `control`:
    with every text on a picture drawn for it.
    """

    size: int
    seed: int
    mixture: Mixture
    epochs: int
    control: bool = False
    again: bool = False

    def digest(self, *rest: str) -> str:
        """The name of its outcome: of everything that can change it. `rest`: source, exams and proxy."""
        told: dict[str, Any] = {
            "mixture": self.mixture.as_json(),
            "seed": self.seed,
            "size": self.size,
            "epochs": self.epochs,
            "control": self.control,
            "again": self.again,
            "rest": list(rest),
        }
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What came of a job. `ranks`: the places of what is right, by exam. `samples`: of the first epoch, `pictures`: the
    different ones among them, `texts`: the different texts of all epochs.
    """

    samples: int
    pictures: int
    texts: int
    ranks: Mapping[str, retrieval.Ranks]

    def as_json(self) -> dict[str, Any]:
        """Everything, places in full."""
        places = {
            name: {"image_to_text": found.image_to_text.tolist(), "text_to_image": found.text_to_image.tolist()}
            for name, found in self.ranks.items()
        }
        return {"samples": self.samples, "pictures": self.pictures, "texts": self.texts, "ranks": places}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Outcome:
        """The inverse of `as_json`."""
        ranks = {
            name: retrieval.Ranks(**{way: np.array(places, np.float64) for way, places in ways.items()})
            for name, ways in row["ranks"].items()
        }
        return cls(samples=row["samples"], pictures=row["pictures"], texts=row["texts"], ranks=ranks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """All trainings of one proxy: by pool and arm one outcome for each seed."""

    identity: str
    outcomes: Mapping[int, Mapping[str, Sequence[Outcome]]]


def trainer(proxy: Proxy, gallery: Gallery, exams: Sequence[Exam]) -> Callable[[Job], tuple[Job, Outcome]]:
    """What each worker does with its jobs; of a pool it reads the texts once."""
    read: dict[str, lessons.Reading] = {}
    last: list[tuple[Mixture, int, tuple[Epoch, ...]]] = []

    def drawn(mixture: Mixture, epochs: int) -> tuple[Epoch, ...]:
        """Jobs of one mixture come one behind the other; it is drawn once for them."""
        if not last or last[0][:2] != (mixture, epochs):
            where = str([(rule.path, rule.keep) for _, _, rule in mixture.entries()])
            if where not in read:
                read[where] = lessons.read(mixture)
            last[:] = [(mixture, epochs, lessons.epochs(mixture, read[where], gallery.rows, epochs))]
        return last[0][2]

    def work(job: Job) -> tuple[Job, Outcome]:
        given = drawn(job.mixture, job.epochs)
        if job.control:
            given = lessons.shuffled(given, job.seed)
        student = proxy.train(gallery.seen, given, job.seed + AGAIN_SEED * job.again)
        outcome = Outcome(
            samples=len(given[0].texts),
            pictures=len(np.unique(given[0].pictures)),
            texts=len({text for epoch in given for text in epoch.texts}),
            ranks={exam.name: exam.sit(student, gallery.seen) for exam in exams},
        )
        return job, outcome

    return work
