"""What models are put to. One file each; a file defines ``EXAM``, whose `sit` gives `Mark`s, one for each thing asked.

An exam says whom it can take: a model that is asked (a backend), or one with two towers (an encoder). Scenario,
instruction and inferencer (the way of ChEF, arXiv 2311.02692) are the cases, the templates or wordings, and what the
model gives: vectors, probabilities of answers, hidden states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.evals import cases, scenarios
from burnish.evals.encoders import Encoder
from burnish.evals.figures import Figure
from burnish.protocols import Backend
from burnish.values import Json

KIND = "evals.exams"
Takes = Literal["backend", "encoder"]
EVERY = 1_000_000_000
"""More pictures than any source has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Figures by name of one thing asked (`of`: a direction, a way of asking, ...), and for some of them what a model
    that knows nothing would have. `plain`: names of those that are no shares. `missing`: cases that could not be shown.
    `standard`: the same in the names of clip_benchmark, where it measures the same; `task` is then its name for this
    exam.
    """

    of: str
    figures: Mapping[str, Figure]
    chance: Mapping[str, float] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    missing: int = 0
    task: str = ""
    standard: Mapping[str, float | None] = field(default_factory=dict)

    def as_json(self) -> dict[str, Json]:
        """Flat: each figure under its name."""
        told: dict[str, Json] = {name: dict(each.as_json()) for name, each in self.figures.items()}
        return {"of": self.of, **told, "chance": dict(self.chance), "missing": self.missing}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Who is examined, a `backend` or an `encoder`, and on what: `scenario` is NAME or NAME:SOURCE, `options` are its
    own. `limit`: pictures of each seed, 0: all of a source.
    """

    scenario: str
    seeds: tuple[int, ...]
    limit: int
    backend: Backend | None = None
    encoder: Encoder | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.limit and not self.scenario.partition(":")[2]:
            raise UsageError(
                "fresh scenes have no end.\nSay how many, such as --limit 100, or name a source: scenes:SRC"
            )

    @property
    def most(self) -> int:
        """The limit as a number of pictures."""
        return self.limit or EVERY

    @property
    def asked(self) -> Backend:
        """The model that is asked."""
        assert self.backend is not None
        return self.backend

    @property
    def towers(self) -> Encoder:
        """The model with two towers."""
        assert self.encoder is not None
        return self.encoder

    @property
    def source(self) -> str:
        """Of scenes alone, for exams about scenes. Raises `UsageError` for another scenario."""
        name, _, source = self.scenario.partition(":")
        if name != "scenes":
            raise UsageError(f"this is asked about scenes, not about {name}.\nExample: --scenario scenes:SRC")
        return source

    def given(self, side_px: int) -> Iterator[scenarios.Given]:
        """What cases are made from: for each seed fresh ones, but a source as a whole and once."""
        source = self.scenario.partition(":")[2]
        for seed in self.seeds[:1] if source else self.seeds:
            yield scenarios.Given(source=source, limit=self.most, side_px=side_px, seed=seed)

    def kind(self) -> cases.Kind:
        """The cases' maker."""
        return cases.load(self.scenario.partition(":")[0])


class Exam(Protocol):
    """See the module."""

    takes: Takes

    def sit(self, sitting: Sitting) -> Iterator[Mark]:
        """The marks. Raises `UsageError` for what cannot be."""
        ...


def load(name: str) -> Exam:
    """The exam called `name`; raises `UsageError` with the nearest name."""
    return cast(Exam, discovery.load(KIND, name))
