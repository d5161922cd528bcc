"""An output as its report sees it: what the run was, what it counted, where its records lie. Nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from burnish import discovery, recipes, records
from burnish.errors import UsageError
from burnish.plan import CostRules, RewriteRules
from burnish.report.spending import Spending, spending
from burnish.storage.files import Files
from burnish.storage.journal import Journal
from burnish.storage.layout import PLAN, SEAL
from burnish.storage.ledger import Counts
from burnish.storage.opening import open_files
from burnish.storage.plan_file import read_plan
from burnish.storage.redact import redact
from burnish.storage.sealed import DamagedError
from burnish.storage.stopping import stopping
from burnish.values import Json

OVERALL = {"overall": 1.0}


@dataclass(frozen=True, kw_only=True)
class Run:
    """An output and its run. `asked`: the plan's keys, flat and dotted; `weights`: what decides how a caption stands;
    `below`: the threshold of rewrites; `finished`: whether it is sealed; `reasons`: pairs by reason, over passed and
    quarantined ones; `prices`: what tokens cost, 0 where
    nobody said; `estimate`: what a dry run expected, as ``--dry-run --json`` prints it; `seed` decides what is drawn.
    """

    path: str
    files: Files
    stored: Mapping[str, Json]
    asked: Mapping[str, Json]
    counts: Counts
    reasons: Mapping[str, int]
    records: Sequence[str]
    shards: int
    finished: bool
    weights: Mapping[str, float]
    below: float
    prices: CostRules = field(default_factory=CostRules)
    estimate: Mapping[str, Json] = field(default_factory=dict)
    seed: int = 0

    @property
    def model(self) -> str:
        """The model's identity."""
        return str(self.stored.get("model") or "none")

    @cached_property
    def spending(self) -> Spending:
        """What the model was used for, by the answers that lie beside the output when this is first asked."""
        return spending(self.path)

    @property
    def shown(self) -> str:
        """The output's place as it may be told: credentials cut."""
        return redact(self.path)


def open_run(
    path: str, prices: CostRules | None = None, estimate: Mapping[str, Json] | None = None, seed: int = 0
) -> Run:
    """The run that wrote the output `path`. Raises `UsageError` if there is none, or nothing of it is committed yet."""
    files = open_files(path)
    with stopping("read", files.shown):
        stored = _stored(files)
        asked = stored.get("plan")
        done = Journal(files).records()
        sizes = files.sizes()
    if not isinstance(asked, dict):
        raise UsageError(f"{files.shown} was made by another command: it has no decisions to report.")
    if not done:
        raise UsageError(f"nothing is committed in {files.shown} yet.\nRun its command again, then report.")
    counts = sum((record.counts for record in done.values()), start=Counts())
    reasons: dict[str, int] = {}
    for record in done.values():
        told = record.facts.get("reasons")
        for reason, number in told.items() if isinstance(told, dict) else ():
            reasons[reason] = reasons.get(reason, 0) + (number if isinstance(number, int) else 0)
    below = asked.get("rewrite.below")
    return Run(
        path=path,
        files=files,
        stored=stored,
        asked=asked,
        counts=counts,
        reasons=dict(sorted(reasons.items())),
        records=records.names(files),
        shards=len(done),
        finished=SEAL in sizes,
        weights=_weights(asked),
        below=float(below) if isinstance(below, int | float) else RewriteRules().below,
        prices=prices or CostRules(),
        estimate=estimate or {},
        seed=seed,
    )


def _stored(files: Files) -> Mapping[str, Json]:
    try:
        return read_plan(files)
    except FileNotFoundError:
        message = (
            f"{files.shown} is not an output of burnish: it has no {PLAN}.\nGive the folder that was named with -o."
        )
        raise UsageError(message) from None
    except DamagedError as error:
        raise UsageError(
            f"the plan of {files.shown} is damaged: {error}.\nSee: burnish verify {files.shown}"
        ) from error


def _weights(asked: Mapping[str, Json]) -> Mapping[str, float]:
    """The plan's weights, else its recipe's. A recipe of the user's own is code: it is not loaded to draw a page."""
    given = asked.get("rewrite.weights") or {
        name.removeprefix("rewrite.weights."): value
        for name, value in asked.items()
        if name.startswith("rewrite.weights.")
    }
    if isinstance(given, dict) and given:
        return {name: float(cast(float, value)) for name, value in given.items()}
    recipe = str(asked.get("recipe"))
    return recipes.load(recipe).decides if recipe in discovery.names("recipes") else OVERALL
