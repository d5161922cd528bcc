"""How good a judge is where the truth is known: scenario x instruction x inferencer x metric (ChEF's four parts, arXiv
2311.02692), each a folder of plug-ins, put together here.

Every combination is asked once a seed, once more without the picture, and once more for each change that should not
matter; then all metrics read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, product
from pathlib import PurePath
from typing import TypeAlias

import numpy as np

from burnish import backends, criteria, discovery
from burnish.engines.jobs import spread
from burnish.errors import UsageError
from burnish.evals import inferencers, instructions, metrics, scenarios
from burnish.evals.figures import Figure, figure
from burnish.evals.inferencers import Asked
from burnish.evals.trials import Answer, Item, Outcome
from burnish.protocols import Backend
from burnish.values import AssessRequest, Json, Picture

AT_ONCE = 64
"""Items asked about together, more where those of one picture are."""
CHANGES = ("order", "alone", "process")
DEFAULT_CHANGES = ("order", "alone")
PROCESSES = 2

Tell: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A backend as it is loaded, in this process or another."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)

    def load(self) -> Backend:
        """The backend. Raises `UsageError` for one that does not exist."""
        return backends.load(self.name, self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is measured. `scenarios` are NAME or NAME:SOURCE; `limit`: pictures of each, for each of `seeds`.

    `changes`: of `CHANGES` ("order": the questions backwards; "alone": one at a time; "process": by two other
    processes), or KEY=VALUE, another option of the backend (seed=1). `blind`: whether it is asked without the picture
    too, where the criterion needs one.
    """

    scenarios: tuple[str, ...]
    criteria: tuple[str, ...] = ("overall",)
    instructions: tuple[str, ...] = ("plain",)
    inferencers: tuple[str, ...] = ("expectation",)
    changes: tuple[str, ...] = DEFAULT_CHANGES
    seeds: tuple[int, ...] = (0, 1, 2)
    limit: int = 100
    labels: str = ""
    blind: bool = True

    def __post_init__(self) -> None:
        for change in self.changes:
            if change not in CHANGES and "=" not in change:
                raise UsageError(f"no change {change!r}.\nChoose from: {', '.join(CHANGES)}, or KEY=VALUE of a backend")
        if not self.scenarios:
            raise UsageError("judges are measured on something.\nExample: --scenario scenes")
        for name in self.criteria:
            criteria.load(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure and what it is of. Of a scenario's source the last part of its path is told."""

    judge: str
    scenario: str
    criterion: str
    instruction: str
    inferencer: str
    metric: str
    figure: Figure

    def as_json(self) -> dict[str, Json]:
        """Flat."""
        names = ("judge", "scenario", "criterion", "instruction", "inferencer", "metric")
        return {**{name: getattr(self, name) for name in names}, **self.figure.as_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    """One way to ask."""

    criterion: str
    instruction: str
    inferencer: str


_GONE = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="", mode="RGB")
"""In place of the picture of an item that has been asked about."""


def measure(judges: Sequence[Judge], wanted: Wanted, tell: Tell = lambda _: None) -> Iterator[Row]:
    """All figures, in the order of what is wanted. Raises `UsageError` for what cannot be."""
    for judge in judges:
        backend = judge.load()
        for scenario in wanted.scenarios:
            for recipe, outcome in _outcomes(judge, backend, scenario, wanted, tell).items():
                for name in discovery.names(metrics.KIND):
                    for reading in metrics.load(name)(outcome):
                        yield _row(judge, scenario, recipe, (name, figure(reading)))


def _row(judge: Judge, scenario: str, recipe: _Recipe, found: tuple[str, Figure]) -> Row:
    name, _, source = scenario.partition(":")
    return Row(
        judge=judge.name,
        scenario=f"{name}:{PurePath(source).name}" if source else name,
        criterion=recipe.criterion,
        instruction=recipe.instruction,
        inferencer=recipe.inferencer,
        metric=found[0],
        figure=found[1],
    )


def _outcomes(judge: Judge, backend: Backend, scenario: str, wanted: Wanted, tell: Tell) -> dict[_Recipe, Outcome]:
    """Seed by seed, so that the pictures of one seed only are there at a time. A seed that no picture falls to is left
    out; raises `UsageError` if all are.
    """
    name, _, source = scenario.partition(":")
    ways = product(wanted.criteria, wanted.instructions, wanted.inferencers)
    recipes = [_Recipe(criterion=c, instruction=i, inferencer=r) for c, i, r in ways]
    found: dict[_Recipe, Outcome] = {}
    empty: UsageError | None = None
    for part, seed in enumerate(wanted.seeds):
        given = scenarios.Given(
            source=source,
            labels=wanted.labels,
            limit=wanted.limit,
            side_px=backend.side_px,
            seed=seed,
            part=part,
            parts=len(wanted.seeds),
        )
        try:
            items = list(scenarios.load(name)(given))
        except scenarios.NothingThereError as error:
            empty = error
            tell(f"{judge.name}, {scenario}, seed {seed}: left out, no picture falls to it; --seeds 0 takes all")
            continue
        for recipe in recipes:
            tell(f"{judge.name}, {scenario}, seed {seed}: {len(items)} items by {recipe.criterion}")
            one = _outcome(_Asker(judge=judge, backend=backend, recipe=recipe), items, seed, wanted)
            found[recipe] = _joined(found[recipe], one) if recipe in found else one
    if not found and empty is not None:
        raise empty
    return found


def _outcome(asker: _Asker, items: Sequence[Item], seed: int, wanted: Wanted) -> Outcome:
    recipe = asker.recipe
    blind = wanted.blind and criteria.load(recipe.criterion).needs_image and recipe.instruction != "joint"
    return Outcome(
        criterion=recipe.criterion,
        items=[replace(item, picture=_GONE) for item in items],
        seeds=[seed] * len(items),
        answers=asker.answers(items),
        blind=asker.answers(items, blind=True) if blind else (),
        changed={change: asker.changed(change, items) for change in wanted.changes},
    )


def _joined(one: Outcome, other: Outcome) -> Outcome:
    return Outcome(
        criterion=one.criterion,
        items=[*one.items, *other.items],
        seeds=[*one.seeds, *other.seeds],
        answers=[*one.answers, *other.answers],
        blind=[*one.blind, *other.blind],
        changed={change: [*answers, *other.changed[change]] for change, answers in one.changed.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """A judge asked in one way."""

    judge: Judge
    backend: Backend
    recipe: _Recipe

    def answers(self, items: Sequence[Item], at_once: int = AT_ONCE, *, blind: bool = False) -> list[Answer]:
        """One answer an item, in order."""
        recipe = self.recipe
        ask, read = instructions.load(recipe.instruction), inferencers.load(recipe.inferencer)
        found: list[Answer] = []
        for batch in _batches(items, at_once, together=inferencers.together(recipe.inferencer)):
            asked = [Asked(item=one, criterion=recipe.criterion, question=ask(one, recipe.criterion)) for one in batch]
            found += read(self.backend, [_blind(each) for each in asked] if blind else asked)
        return found

    def changed(self, change: str, items: Sequence[Item]) -> list[Answer]:
        """The same asked in another way."""
        match change:
            case "order":
                return self.answers(items[::-1])[::-1]
            case "alone":
                return self.answers(items, at_once=1)
            case "process":
                jobs = list(enumerate(_batches(items, AT_ONCE, together=True)))
                found = dict(spread(jobs, PROCESSES, _worker, self.judge, self.recipe))
                return [answer for at, _ in jobs for answer in found[at]]
        key, _, value = change.partition("=")
        other = replace(self.judge, options={**self.judge.options, key: value})
        return replace(self, judge=other, backend=other.load()).answers(items)


def _worker(judge: Judge, recipe: _Recipe) -> Callable[[tuple[int, list[Item]]], tuple[int, list[Answer]]]:
    asker = _Asker(judge=judge, backend=judge.load(), recipe=recipe)
    return lambda job: (job[0], asker.answers(job[1]))


def _blind(asked: Asked) -> Asked:
    assert isinstance(asked.question, AssessRequest)
    return replace(asked, question=replace(asked.question, blind=True))


def _batches(items: Sequence[Item], at_once: int, *, together: bool) -> Iterator[list[Item]]:
    """The items in order; those of one picture `together`, however many they are, unless they may be parted."""
    batch: list[Item] = []
    for _, members in groupby(items, key=lambda item: item.group if together or at_once > 1 else item.key):
        batch += members
        if len(batch) >= at_once:
            yield batch
            batch = []
    if batch:
        yield batch
