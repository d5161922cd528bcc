"""Shards on a Ray cluster: one actor per worker, each with its own model and decoding children (extra ``[ray]``).

The same output as locally, to the byte: what a worker does with a shard is the same, and only names and counts travel.
Images never pass through Ray. Every worker is compared with this process and with the others before it gets work.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import burnish
from burnish.engines import OnProgress, processes
from burnish.engines._ray import stub
from burnish.engines._ray.cluster import Cluster, joined
from burnish.engines._ray.crew import RayCrew
from burnish.engines._ray.options import Options
from burnish.engines._ray.post import Meeting, fingerprint, peek
from burnish.engines.running import Progress, finish, through
from burnish.errors import UsageError
from burnish.plan import Plan
from burnish.protocols import Backend
from burnish.runs import Found, OpenRun, claimed, look
from burnish.storage.overlap import refuse_overlap
from burnish.storage.places import locate
from burnish.storage.stopping import stopping
from burnish.summary import Summary
from burnish.tools import answers_of


def run(
    plan: Plan, *, on_progress: OnProgress | None = None, backend: Backend | None = None, retry: bool = False
) -> Summary:
    """As `burnish.engines.run`. `plan.workers` are those of the whole cluster, 0: as many as there is room for."""
    started = time.monotonic()
    options = Options.of(plan)
    _refuse_what_stays_here(plan, backend)
    found = look(plan)
    refuse_overlap(plan.source, plan.output)
    charge = _charge(plan, found)
    try:
        with joined(options, plan.workers) as cluster, processes.interruptible():
            crew = RayCrew(cluster, charge, _wanted(plan, cluster, len(found.shards)))
            try:
                facts = crew.assemble()
                with _met(plan, found, facts, crew, retry=retry) as opened:
                    return finish(opened, through(crew, Progress(opened.done_before, on_progress)), started)
            finally:
                crew.end()
    except KeyboardInterrupt:
        raise processes.interrupted() from None


ENGINE = run


def _refuse_what_stays_here(plan: Plan, backend: Backend | None) -> None:
    if backend is not None:
        raise UsageError(
            "the engine ray cannot send a live model to other machines.\n"
            "Name it as module:object that every node can import: backend='my_models:judge'"
        )
    for url in (plan.source, plan.output):
        if url.startswith("memory://"):
            raise UsageError(f"{url} is in the memory of this process.\nUse a folder or URL that every node sees.")


def _charge(plan: Plan, found: Found) -> dict[str, Any]:
    """What workers are told, in plain values: they may have another burnish, and must be able to say so."""
    ends = {shard.name: shard for shard in (found.shards[0], found.shards[-1])}
    with stopping("read", plan.source):
        peeks = [(dataclasses.asdict(shard), peek(plan, found.form, shard)) for shard in ends.values()]
    return {
        "python": stub.python_version(),
        "burnish": burnish.__version__,
        "code": stub.code_digest(burnish.__file__),
        "plan": dataclasses.asdict(plan),
        "fingerprint": fingerprint(plan),
        "form": found.form,
        "peeks": peeks,
        "cwd": str(Path.cwd()),
    }


def _wanted(plan: Plan, cluster: Cluster, shards: int) -> int:
    """How many workers to hire."""
    room = cluster.capacity()
    wanted = 1 if plan.limit else min(plan.workers or room, shards)
    if not wanted:
        needs = " and ".join(f"{size:g} {name}" for name, size in cluster.options.needs.items())
        raise UsageError(
            f"no node has room for a worker, which needs {needs}: there are {cluster.offers()}.\n"
            "Ask for less (engine_options.num_cpus, num_gpus), or say --workers N if nodes come when they are wanted."
        )
    return wanted


@contextmanager
def _met(
    plan: Plan, found: Found, facts: Sequence[Mapping[str, Any]], crew: RayCrew, *, retry: bool
) -> Iterator[OpenRun]:
    """The claimed output, seen by every worker."""
    apart = _answers_apart(plan, facts)
    with claimed(plan, found, str(facts[0]["maker"]), retry=retry) as opened:
        opened.fence()
        ticket = opened.job.ticket
        beacon = apart / f"{ticket.run_id}.here" if apart else None
        if beacon is not None:
            with stopping("write", str(apart)):
                beacon.parent.mkdir(parents=True, exist_ok=True)
                beacon.touch()
        try:
            meeting = Meeting(out=ticket.out, run_id=ticket.run_id, note=ticket.note, beacon=str(beacon or ""))
            crew.begin(opened, meeting)
            yield opened
        finally:
            if beacon is not None:
                beacon.unlink(missing_ok=True)


def _answers_apart(plan: Plan, facts: Sequence[Mapping[str, Any]]) -> Path | None:
    """The folder of answers if it is not inside the output; then workers must see it too."""
    if not facts[0]["metered"]:
        return None
    local = locate(plan.output).fs is None
    machines = {fact["machine"] for fact in facts}
    if not plan.answers and not local and len(machines) > 1:
        raise UsageError(
            f"{plan.output} is no folder, so each machine would keep the model's answers, and the budget, for itself.\n"
            "Name a folder that all of them see: --set answers=/shared/answers"
        )
    return None if local and not plan.answers else Path(os.path.abspath(answers_of(plan)))  # noqa: PTH100 -- no links followed
