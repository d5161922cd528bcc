"""The workers of a run on a Ray cluster: hired, compared, given groups of shards, replaced when they die.

Only names and counts travel: which shards, what became of them. A worker has at most two tasks, so that it never waits
and the cluster never holds more of the run than it needs. Ray starts nothing twice by itself here: who redoes what is
decided in one place, by the journal.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from burnish.engines._ray import stub
from burnish.engines._ray.cluster import Cluster
from burnish.engines._ray.groups import Groups
from burnish.engines._ray.post import Meeting, Refusal, Report
from burnish.errors import StopError, UsageError
from burnish.runs import OpenRun
from burnish.shard_run import ShardDone
from burnish.storage.ledger import Counts
from burnish.values import Shard

DEADLY = 2
"""A shard at which so many workers died, their nodes living on, is not tried on a third."""

_STARTS = 3
"""So many workers in a row that die before they are ready end the run."""

_AHEAD = 2
_LOOK_S = 2.0
_TELL_S = 30.0
_CLOSE_S = 5.0
_ASIDE = "aside"

_LOG = logging.getLogger("burnish")


@dataclass(slots=True)
class _Task:
    ref: Any
    shards: tuple[Shard, ...]


@dataclass(slots=True, eq=False)
class _Member:
    """A worker. `arriving`: its answer to `hello` or `reach`, while that is awaited; `facts` from the first on.
    `lost_before`: nodes the cluster had lost when it was hired.
    """

    handle: Any
    arriving: Any
    lost_before: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    met: bool = False
    tasks: deque[_Task] = field(default_factory=deque)
    look: Any = None
    looked_s: float = 0.0

    def aside(self, method: str) -> Any:
        """Call a method of `stub.BESIDE`."""
        return getattr(self.handle, method).remote()


class RayCrew:
    """A `Crew` of actors. First `assemble`, then `begin`, then as any crew."""

    def __init__(self, cluster: Cluster, charge: Mapping[str, Any], number: int) -> None:
        """`charge`: what each worker is told (`Post`); `number` of workers wanted. Nothing is started yet."""
        self._ray = cluster.ray
        self._cluster = cluster
        self._charge = dict(charge)
        self._number = number
        self._members: list[_Member] = []
        self._model: Mapping[str, Any] | None = None  # the facts of the first worker: all others must have the same
        self._opened: OpenRun | None = None
        self._meeting: Meeting | None = None
        self._groups = Groups((), 0.0, 1)
        self._ready: list[ShardDone] = []
        self._ticks: dict[str, Counts] = {}
        self._deaths: Counter[str] = Counter()
        self._failed_starts = 0
        self._closing = False
        self._idle_since = time.monotonic()

    # --- arriving ----------------------------------------------------------------------------------------------

    def assemble(self) -> list[Mapping[str, Any]]:
        """Hire all, wait until as many as there is room for have come and been found alike; their facts.

        Raises `UsageError` naming the node that differs, `StopError` if too few come.
        """
        self._ray.cloudpickle.register_pickle_by_value(stub)
        for method in stub.BESIDE:  # said of the method: a call over ray:// cannot say it
            self._ray.method(concurrency_group=_ASIDE)(getattr(stub.Stub, method))
        self._actor = self._ray.remote(concurrency_groups={_ASIDE: 1})(stub.Stub)
        for _ in range(self._number):
            self._hire()
        started = told = time.monotonic()
        # Room is looked for again and again: nodes come and die, and one that has just died still counts for seconds.
        while (here := sum(bool(member.facts) for member in self._members)) < (enough := self._enough()):
            self._attend(0.5)
            now = time.monotonic()
            if now - started > self._cluster.options.wait_s:
                raise StopError(self._nobody(f"only {here} of {enough} workers came"))
            if now - told > _TELL_S:
                told = now
                _LOG.warning("waiting for workers: %d of %d are ready", here, enough)
        return [member.facts for member in self._members if member.facts]

    def _enough(self) -> int:
        return max(1, min(self._number, self._cluster.capacity()))

    def begin(self, opened: OpenRun, meeting: Meeting) -> None:
        """Have every worker that is there find the output. Raises `UsageError` naming the node that does not."""
        for member in self._members:
            if member.facts:
                member.arriving = member.handle.reach.remote(meeting)
        self._meeting = meeting
        while any(member.arriving is not None and member.facts for member in self._members):
            self._attend(0.5)
        self._opened = opened
        self._groups = Groups(opened.todo, 0.0 if opened.plan.limit else self._cluster.options.task_s, self._number)

    def _hire(self) -> None:
        needs = self._cluster.options.needs
        handle = self._actor.options(
            num_cpus=needs.get("CPU", 0),
            num_gpus=needs.get("GPU", 0),
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy="SPREAD",
        ).remote()
        self._members.append(_Member(handle, handle.hello.remote(self._charge), lost_before=self._cluster.lost()))

    def _arrived(self, member: _Member, answer: Any) -> None:
        member.arriving = None
        if not member.facts:
            member.facts = answer
            self._refuse(member, answer.get("refused") or self._odd(answer))
            self._model = self._model or answer
            if self._meeting is not None:
                member.arriving = member.handle.reach.remote(self._meeting)
        else:
            self._refuse(member, answer)
            member.met = True
            self._failed_starts = 0

    def _odd(self, facts: Mapping[str, Any]) -> Refusal | None:
        """How a worker differs from the first one."""
        if self._model is None:
            return None
        first = self._name(self._model)
        if facts["maker"] != self._model["maker"]:
            here, there = facts["maker"] or "none", self._model["maker"] or "none"
            return True, f"its model is {here}\nThat of {first} is {there}\nScores of two models do not compare."
        here, there = facts["versions"], self._model["versions"]
        for package in sorted(here.keys() & there.keys()):
            if here[package] != there[package]:
                return True, (
                    f"it has {package} {here[package]}, {first} has {there[package]}.\n"
                    "Other versions may give other bytes: install the same on every node."
                )
        return None

    def _refuse(self, member: _Member, refusal: Refusal | None) -> None:
        if refusal is None:
            return
        usage, why = refusal
        # When work has begun it is no longer true that nothing was touched.
        kind = UsageError if usage and self._opened is None else StopError
        raise kind(f"a worker on {self._name(member.facts)} cannot take part: {why}")

    def _name(self, facts: Mapping[str, Any]) -> str:
        return self._cluster.name(facts["node"], facts["host"])

    def _nobody(self, what: str) -> str:
        needs = " and ".join(f"{size:g} {name}" for name, size in self._cluster.options.needs.items())
        return f"{what}. Each needs {needs}; the cluster has {self._cluster.offers()}.\nThe same command goes on."

    # --- working -----------------------------------------------------------------------------------------------

    def feed(self) -> bool:
        assert self._opened is not None
        limited = bool(self._opened.plan.limit)
        for member in sorted(self._members, key=lambda member: len(member.tasks)):
            while member.met and len(member.tasks) < (1 if limited else _AHEAD) and self._groups:
                self._give(member)
            if limited and member.met:
                break  # how much of a shard is wanted is known when those before it are done
        return bool(self._groups or self._ready or any(member.tasks for member in self._members))

    def collect(self, timeout_s: float) -> list[ShardDone]:
        self._attend(timeout_s)
        self._ask_how_far()
        if any(member.met for member in self._members):
            self._idle_since = time.monotonic()
        elif time.monotonic() - self._idle_since > self._cluster.options.wait_s:
            raise StopError(self._nobody("no worker is left, and none came"))
        ready, self._ready = self._ready, []
        return ready

    def ticks(self) -> Iterable[tuple[str, Counts]]:
        ticks, self._ticks = self._ticks, {}
        return ticks.items()

    def drain(self, timeout_s: float) -> list[ShardDone]:
        self._closing = True
        for member in self._members:
            if member.tasks:
                member.aside("finish_soon")
        deadline = time.monotonic() + timeout_s
        while any(member.tasks for member in self._members) and time.monotonic() < deadline:
            self._attend(0.2)
        return self._ready

    def end(self) -> None:
        # Who is at work is killed as he stands; the others first end their children, which may hold a GPU.
        leaving = [member.aside("close") for member in self._members if member.met and not member.tasks]
        if leaving:
            self._ray.wait(leaving, num_returns=len(leaving), timeout=_CLOSE_S)
        for member in self._members:
            self._ray.kill(member.handle)
        self._members = []

    def _give(self, member: _Member) -> None:
        assert self._opened is not None
        shards = self._groups.next()
        jobs = [(job, shard) for shard in shards if (job := self._opened.job_for(shard)) is not None]
        if jobs:
            member.tasks.append(_Task(member.handle.work.remote(jobs), tuple(shard for _, shard in jobs)))

    def _attend(self, timeout_s: float) -> None:
        """Take in what workers have answered, waiting for the first answer at most so long."""
        refs = {ref: member for member in self._members for ref in _awaited(member)}
        ready, rest = self._ray.wait(list(refs), timeout=timeout_s) if refs else ([], [])
        if ready and rest:
            ready += self._ray.wait(rest, num_returns=len(rest), timeout=0)[0]
        if not ready:
            time.sleep(0 if refs else timeout_s)
        for ref in ready:
            if refs[ref] in self._members:
                self._take(refs[ref], ref)

    def _take(self, member: _Member, ref: Any) -> None:
        try:
            answer = self._ray.get(ref)
        except self._ray.exceptions.RayTaskError as error:
            raise (error.cause if isinstance(error.cause, Exception) else error) from error
        except self._ray.exceptions.RayError as error:
            self._lose(member, error)
            return
        if ref is member.arriving or ref == member.arriving:
            self._arrived(member, answer)
        elif ref == member.look:
            member.look = None
            self._ticks.update(answer)
        else:
            self._done(member, answer)

    def _done(self, member: _Member, report: Report) -> None:
        task = member.tasks.popleft()
        self._ready.extend(report.done)
        self._groups.took((done.shard for done in report.done), report.seconds)
        if report.refused is not None:
            raise StopError(f"on {self._name(member.facts)}: {report.refused[1]}")
        done = {shard.shard.name for shard in report.done}
        self._groups.put_back(shard for shard in task.shards if shard.name not in done)

    def _ask_how_far(self) -> None:
        now = time.monotonic()
        each_s = max(_LOOK_S, len(self._members) / 50)  # a thousand workers are not asked every second
        for member in self._members:
            if member.tasks and member.look is None and now - member.looked_s > each_s:
                member.looked_s = now
                member.look = member.aside("look")

    # --- dying -------------------------------------------------------------------------------------------------

    def _lose(self, member: _Member, error: Exception) -> None:
        """A worker is gone, or cannot be reached and is given up: its shards go to others, another one is hired."""
        self._members.remove(member)
        with suppress(self._ray.exceptions.RayError):
            self._ray.kill(member.handle)
        why = _reason(error)
        if not member.met and self._died(error) and self._cluster.lost() <= member.lost_before:
            self._failed_starts += 1
            if self._failed_starts >= _STARTS:
                raise StopError(f"{_STARTS} workers died before they were ready, the last one so: {why}\n{_MEMORY}")
        _LOG.warning("a worker died: %s", why)
        left = list(self._undone(member))
        if left:
            self._blame(left[0], member, error)
        self._groups.put_back(left)
        if not self._closing:
            self._hire()

    def _undone(self, member: _Member) -> Iterator[Shard]:
        """What it had been given and has not committed; what it has, without telling, is done."""
        assert self._opened is not None or not member.tasks
        for shard in (shard for task in member.tasks for shard in task.shards):
            done = self._opened.committed(shard) if self._opened else None
            if done is None:
                yield shard
            else:
                self._ready.append(done)

    def _died(self, error: Exception) -> bool:
        """Whether the worker itself is known to have died. One that cannot be reached may have lost its node, which the
        cluster notices seconds later.
        """
        return not isinstance(error, self._ray.exceptions.ActorUnavailableError)

    def _blame(self, shard: Shard, member: _Member, error: Exception) -> None:
        if not self._died(error) or not self._cluster.is_alive(member.facts["node"]):
            return
        self._deaths[shard.name] += 1
        if (deaths := self._deaths[shard.name]) >= DEADLY:
            raise StopError(
                f"{deaths} workers died at {shard.name}, the last one so: {_reason(error)}\n{_MEMORY}\n"
                "All other finished shards are safe; the same command tries again."
            )


_MEMORY = "Often it is memory: fewer workers a node need less of it (a larger engine_options.num_cpus, or num_gpus)."


def _awaited(member: _Member) -> Iterator[Any]:
    yield from (ref for ref in (member.arriving, member.look) if ref is not None)
    yield from (task.ref for task in list(member.tasks)[:1])


def _reason(error: Exception) -> str:
    """Ray's words for a death in one line: the last of them says what happened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
