"""What runs in a worker process: a model, the tools of each route, and batches of pairs through the flow of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from burnish import backends, recipes
from burnish.answers import Answered, metered, usage
from burnish.asks import recaption
from burnish.columns import columns
from burnish.engines import processes
from burnish.errors import BurnishError, StopError, UsageError
from burnish.flow import Outcome, enhance
from burnish.plan import Plan
from burnish.protocols import Backend
from burnish.purse import Shared, Unlimited
from burnish.storage.answers import AnswerFile
from burnish.storage.redact import redact
from burnish.texts import storable
from burnish.tools import Tools, load_tools
from burnish.values import Fault, Gap, Json, Pair, Record

ROUTES: Mapping[str, str] = {"assess": "assess_only", "enhance": "", "recaption": recaption.NAME}
"""Recipe of each route; "": the plan's own."""
DETAIL_CHARS = 500
QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one pair: its fate in the ledger's words, why, and the answer's JSON."""

    fate: str
    reason: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch's answers in order, and the tokens they cost."""

    done: list[Done]
    used: Mapping[str, int]


@dataclass(slots=True)
class Desk:
    """One worker's model and, by route, its tools; made when they are first needed, which is where a model that cannot
    do what a route wants is refused.
    """

    plan: Plan
    backend: Backend | None
    paid: Backend | None
    tools: dict[str, Tools] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Desk:
        """Raises `UsageError` and `MissingExtra` as loading a run's tools does."""
        wanted = any(recipes.load(recipe or plan.recipe).asks for recipe in ROUTES.values())
        backend = backends.load(plan.backend, plan.backend_options) if wanted else None
        return cls(plan=plan, backend=backend, paid=_paid(plan, backend))

    def for_route(self, route: str) -> Tools:
        """The tools of a route. Raises `UsageError` if the model cannot do what it wants."""
        if route not in self.tools:
            plan = replace(self.plan, recipe=ROUTES[route] or self.plan.recipe)
            tools = load_tools(_fitting(plan), backend=self.backend)
            self.tools[route] = replace(tools, backend=self.paid) if tools.asks else tools
        return self.tools[route]


def _fitting(plan: Plan) -> Plan:
    """`plan` without what only rewriting needs, where nothing is rewritten: as the command of that name takes it."""
    if plan.recipe in {ROUTES["assess"], ROUTES["recaption"]}:
        return replace(plan, rewrite=replace(plan.rewrite, fuse=False, claims=False, claims_all=False))
    return plan


def _paid(plan: Plan, backend: Backend | None) -> Backend | None:
    """`backend`, its answers journalled and counted against the plan's limits if it costs something."""
    if backend is None or not metered(backend) or not plan.answers:
        return backend
    folder = Path(plan.answers)
    purse = Shared(folder, plan.cost) if plan.cost.limited else Unlimited()
    return Answered(backend, AnswerFile(_own_file(folder)), purse)


def _own_file(folder: Path) -> Path:
    """The first file of answers that no other process writes to; it stays this one's while it lives."""
    for number in range(1_000):
        lock = FileLock(folder / f"serve-{number}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        _here.lock = lock
        return folder / f"serve-{number}.jsonl"
    raise UsageError(f"a thousand servers keep their answers in {folder}.\nGive this one another: --set answers=DIR")


# --- the process -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Process:
    """What this process has: a desk or why there is none, and the lock on its file of answers."""

    desk: Desk | BurnishError | None = None
    lock: FileLock | None = None


_here = _Process()


def start(plan: Plan, environment: Mapping[str, str]) -> None:
    """The first thing a worker does. What goes wrong is told with the first question: here it would break the pool."""
    processes.settle(environment)
    try:
        _here.desk = Desk.of(plan)
    except BurnishError as error:
        _here.desk = error


def look(route: str) -> tuple[str, str]:
    """The model's identity, and why it cannot serve `route` ("" if it can). Raises what loading it raised."""
    desk = _ready()
    try:
        tools = desk.for_route(route)
    except UsageError as error:
        return _identity(desk), str(error)
    return tools.maker or _identity(desk), ""


def answer(route: str, pairs: Sequence[Pair]) -> Batch:
    """One answer per pair, in order; their ordinals are 0, 1, 2, ... Raises `StopError` if the environment fails."""
    desk = _ready()
    before = usage(desk.backend)
    done = [told(outcome) for outcome in enhance(pairs, desk.for_route(route))]
    if len(done) != len(pairs):
        raise AssertionError(f"{len(done)} answers to {len(pairs)} pairs")
    return Batch(done, (usage(desk.backend) - before).as_json())


def _ready() -> Desk:
    desk = _here.desk
    if isinstance(desk, UsageError):
        raise desk
    if isinstance(desk, BurnishError):
        raise StopError(f"a worker cannot load the model: {desk}") from desk
    assert desk is not None
    return desk


def _identity(desk: Desk) -> str:
    return desk.backend.identity if desk.backend else ""


def told(outcome: Outcome) -> Done:
    """An outcome as an answer: a record's columns as a run writes them, a fault as it stands in quarantine."""
    if not isinstance(outcome, Record):
        return refused(outcome)
    content: dict[str, Json] = {
        "key": storable(outcome.pair.key)[0],
        "fate": str(outcome.decision),
        "reason": outcome.reason,
        "text": storable(outcome.caption.text)[0],
        "columns": columns(outcome),
    }
    return Done(str(outcome.decision), outcome.reason, orjson.dumps(content))


def refused(item: Fault | Gap) -> Done:
    """What cannot be a pair."""
    content: dict[str, Json] = {
        "key": storable(item.key)[0] if isinstance(item, Fault) else "",
        "fate": QUARANTINED,
        "reason": str(item.reason),
        "detail": redact(storable(item.detail)[0])[:DETAIL_CHARS],
        "stage": item.stage if isinstance(item, Fault) else "read",
    }
    return Done(QUARANTINED, str(item.reason), orjson.dumps(content))
