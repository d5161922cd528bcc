"""A sample that goes the whole way in memory, and what it says of the whole run: intervals, never single numbers."""

from __future__ import annotations

import math
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from burnish.answers import Purse, metered, usage
from burnish.asks import recaption
from burnish.cli import _sampling
from burnish.columns import columns
from burnish.errors import StopError
from burnish.flow import Outcome, enhance
from burnish.intervals import wilson
from burnish.plan import Plan
from burnish.protocols import Backend
from burnish.purse import Account, Own
from burnish.stores import store_of
from burnish.tools import Tools, load_tools
from burnish.usage import Usage
from burnish.values import Gap, Item, Record, Reply, Request

PAIRS = 50
SEED = 0
BATCHES = 5
_T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776}
_T90 = {2: 6.314, 3: 2.920, 4: 2.353, 5: 2.132}
"""Student's t by how many batches there are. The first batch's time is left out: it warms things up."""
_FORM_BYTES = (1.0, 2.5)
"""What our fields of one pair take on disk, in parts of their JSON: alone, or also in Parquet and the records."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Used:
    """What one batch used of a model that costs something."""

    pairs: int
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a sample showed: outcomes, seconds a pair and use of the model in each batch, what the trial `spent` of the
    model (None of one that costs nothing), whether the run's own limits `stopped` it, bytes our fields add to a pair,
    what became of new captions (none if none were asked for).
    """

    plan: Plan
    sample: _sampling.Sample
    outcomes: Sequence[Outcome]
    seconds: Sequence[float]
    used: Sequence[Used]
    spent: Usage | None
    stopped: bool
    added_bytes: float
    workers: int
    model: str
    captions: Mapping[str, Mapping[str, int]]

    @property
    def total(self) -> int:
        """Items the real run would read."""
        return min(self.plan.limit, self.sample.total) if self.plan.limit else self.sample.total

    def counts(self) -> dict[str, int]:
        """Outcomes of the sample by name."""
        names = Counter(_name(outcome) for outcome in self.outcomes)
        shown = ("kept", "rewritten", *(["recaptioned"] if self.captions else ()), "passed", "quarantined", "gaps")
        return {name: names[name] for name in shown}

    @property
    def tried_all(self) -> bool:
        """Whether the sample is all the run would read: then shares are facts."""
        return self.sample.exact and len(self.outcomes) == self.sample.total == self.total

    def share(self, hits: int) -> Interval:
        """95 % interval of a share of the whole run, from how many of the sample had it."""
        n = len(self.outcomes)
        return (hits / max(1, n), hits / max(1, n)) if self.tried_all else wilson(hits, n)

    def time_s(self) -> Interval | None:
        """95 % interval of the run's time, from how much the batches differ; loading the model not included. None if
        no batch was finished.
        """
        if not self.seconds or not self.total:
            return None if self.total else (0.0, 0.0)
        mean, spread = _spread(self.seconds, _T95)
        scale = self.total / self.workers
        return max(mean / 2, mean - spread) * scale, (mean + spread) * scale

    def tokens(self) -> tuple[Interval | None, Interval | None]:
        """90 % intervals of the run's prompt and written tokens; None where the server told none."""
        return (
            self._whole([use.usage.prompt_tokens / use.pairs for use in self.used]),
            self._whole([use.usage.written_tokens / use.pairs for use in self.used]),
        )

    def cost(self) -> Interval | None:
        """90 % interval of what the run costs at the plan's prices; None where the server told no tokens."""
        return self._whole([self.plan.cost.cost(use.usage) / use.pairs for use in self.used])

    def _whole(self, each: Sequence[float]) -> Interval | None:
        """90 % interval of the run's sum, from how much the batches differ."""
        if not each or not self.total:
            return None if self.total else (0.0, 0.0)
        if self.spent is not None and not self.spent.told:
            return None
        mean, spread = _spread(each, _T90)
        return max(0.0, mean - spread) * self.total, (mean + spread) * self.total

    def within_limit(self) -> tuple[str, int] | None:
        """The limit that would stop the run, and after about how many pairs; None if there is none that would."""
        used = sum((use.usage for use in self.used), start=Usage())
        if not used.calls:
            return (_limit(self.plan, 0), 0) if self.stopped else None
        tried = sum(use.pairs for use in self.used)
        account = Account(rules=self.plan.cost)
        lasting = [tried * limit / so_far if so_far else math.inf for limit, so_far in account.limits(used)]
        least = min(lasting, default=math.inf)
        if least >= self.total and not self.stopped:
            return None
        return _limit(self.plan, lasting.index(least)), math.floor(min(least, self.total))

    def disk_bytes(self) -> Interval:
        """What the output takes: the source's bytes and our fields."""
        share = self.total / self.sample.total if self.sample.total else 1.0
        low, high = (self.sample.source_bytes * share + f * self.added_bytes * self.total for f in _FORM_BYTES)
        return low, high


def attempt(plan: Plan) -> Trial:
    """Run the sample. Raises what the real run would refuse with, as far as that can be seen without writing."""
    from burnish import runs
    from burnish.engines.local import worker_count

    store = store_of(plan)
    purse = Own(Account(rules=plan.cost)) if plan.cost.limited else None
    with closing(load_tools(replace(plan, batch_size=PAIRS // BATCHES))) as tools:
        runs.check(plan, tools.maker)
        sample = _sampling.draw(store, min(PAIRS, plan.limit or PAIRS), SEED)
        before = usage(tools.backend)
        outcomes, seconds, used = _timed(sample.items, tools, purse)
        spent = usage(tools.backend) - before if metered(tools.backend) else None
        model = tools.maker or "none"
        captioning = tools.captioning
    added = [len(str(columns(o))) for o in outcomes if isinstance(o, Record)]
    return Trial(
        plan=plan,
        sample=sample,
        outcomes=outcomes,
        seconds=seconds,
        used=used,
        spent=spent,
        stopped=purse is not None and purse.empty,
        added_bytes=statistics.fmean(added) if added else 0.0,
        workers=max(1, min(worker_count(plan), sample.shards)),
        model=model,
        captions=_captions(outcomes) if captioning else {},
    )


def _captions(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    records = [outcome for outcome in outcomes if isinstance(outcome, Record)]
    return recaption.as_json(Counter(counted for record in records for counted in recaption.counts(record)))


class _Bounded:
    """A `Backend` that is asked no more than the run's own limits allow: a trial may not cost more than its run."""

    def __init__(self, backend: Backend, purse: Purse) -> None:
        self.identity = backend.identity
        self.side_px = backend.side_px
        self._backend = backend
        self._purse = purse

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request, in order. Raises `StopError` where the purse is empty."""
        replies: list[Reply] = []
        while len(replies) < len(requests):
            count = self._purse.reserve(len(requests) - len(replies))
            before = usage(self._backend)
            try:
                replies += self._backend.answer(requests[len(replies) : len(replies) + count])
            finally:
                self._purse.settle(count, usage(self._backend) - before)
        return replies


def _timed(items: Sequence[Item], tools: Tools, purse: Own | None) -> tuple[list[Outcome], list[float], list[Used]]:
    """Outcomes, seconds a pair and use of each batch that the purse let through."""
    paid = metered(tools.backend)
    asked = tools
    if purse is not None and paid and tools.backend is not None:
        asked = replace(tools, backend=_Bounded(tools.backend, purse))
    outcomes: list[Outcome] = []
    seconds: list[float] = []
    used: list[Used] = []
    step = tools.plan.batch_size
    for start in range(0, len(items), step):
        batch = items[start : start + step]
        before, began = usage(tools.backend), time.monotonic()
        try:
            done = list(enhance(batch, asked))
        except StopError:
            if purse is None or not purse.empty:
                raise
            break
        outcomes += done
        seconds.append((time.monotonic() - began) / len(batch))
        used.append(Used(len(batch), usage(tools.backend) - before))
    return outcomes, seconds[1:] or seconds, used if paid else []


def _spread(each: Sequence[float], t: Mapping[int, float]) -> tuple[float, float]:
    """Mean, and half the interval round it; as wide as the mean where one batch says nothing of others."""
    mean = statistics.fmean(each)
    return mean, t[len(each)] * statistics.stdev(each) / math.sqrt(len(each)) if len(each) > 1 else mean


def _limit(plan: Plan, at: int) -> str:
    """The `at`-th of the limits that are set, as it is told."""
    set_here = [f"{plan.cost.max_cost:,.2f}"] * bool(plan.cost.max_cost)
    return [*set_here, f"{plan.cost.max_tokens:,} tokens"][at]


def _name(outcome: Outcome) -> str:
    if isinstance(outcome, Record):
        return str(outcome.decision)
    return "gaps" if isinstance(outcome, Gap) else "quarantined"
