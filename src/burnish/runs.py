"""A run over an output folder: claimed by one plan, shard after shard committed, sealed at the end."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

import orjson

import burnish
from burnish import criteria, ocr, recipes
from burnish import plan as plans
from burnish.asks import blind, recaption
from burnish.card import card, source_readme
from burnish.entities import table
from burnish.errors import UsageError
from burnish.plan import Plan
from burnish.protocols import Backend, Linking
from burnish.purse import Shared
from burnish.shard_run import PARTIAL, Job, ShardDone, failed
from burnish.storage.journal import Journal, ShardRecord
from burnish.storage.layout import CARD, SEAL, SUMMARY
from burnish.storage.ledger import Counts
from burnish.storage.opening import open_files
from burnish.storage.overlap import refuse_overlap
from burnish.storage.plan_file import check_plan, read_plan
from burnish.storage.redact import redact
from burnish.storage.run import Run
from burnish.storage.sealed import DamagedError
from burnish.storage.stopping import stopping
from burnish.stores import sniffed, store_of
from burnish.summary import Summary
from burnish.tools import Tools, answers_of, load_tools
from burnish.values import Json, Shard

_LOG = logging.getLogger("burnish")
"""Events for the run's log; what the fields in ``extra`` are is said in `burnish.cli._log`."""


class OpenRun:
    """A claimed and locked output, what is left to do in it, and what has been done."""

    def __init__(  # noqa: PLR0913 - what was found out before it is there
        self,
        run: Run,
        plan: Plan,
        found: Found,
        model: Tools | str,
        done: Mapping[str, ShardRecord],
        *,
        live: bool,
        retry: bool,
    ) -> None:
        """`done`: the records that the output has. `live`: the model is an object of the caller's, which only this
        process has. `model`: as for `open_run`.
        """
        self.plan = plan
        self.live = live
        self.shards = found.shards
        self._maker = model if isinstance(model, str) else model.maker
        self.job = Job(ticket=run.ticket, form=found.form, maker=self._maker, retry=retry)
        self._run = run
        self._tools = None if isinstance(model, str) else model
        self._before = done
        tasks, stand = _tasks(found.shards, self._before, plan.limit, retry=retry)
        self.todo = [task.shard for task in tasks]
        self._tasks = {task.shard.name: task for task in tasks}
        self._finished = [done.shard.name for done in stand]
        self._whole = sum(not done.cut for done in stand)
        self.done_before = sum((done.counts for done in stand), start=Counts())
        self._reasons: Counter[str] = sum((Counter(done.reasons) for done in stand), start=Counter())
        self._blind = sum((done.blind for done in stand), start=blind.Tally())
        self._captions: recaption.Tally = sum((done.captions for done in stand), start=Counter())
        self._counts = self.done_before

    @property
    def in_this_process_only(self) -> bool:
        """Whether worker processes could not take part: a live model, a limit to count down, a store in memory."""
        memory = any(url.startswith("memory://") for url in (self.plan.source, self.plan.output))
        return self.live or memory or bool(self.plan.limit)

    def fence(self) -> None:
        """From here on the workers may outlive this process: they look before they commit (hazard 79)."""
        self.job = replace(self.job, ticket=self._run.fenced())

    def tools(self) -> Tools:
        """The tools of this process, loaded when the run was opened."""
        assert self._tools is not None
        return self._tools

    def release_tools(self) -> None:
        """Give the model's memory back: worker processes load their own."""
        if self._tools is not None:
            self._tools.close()
        self._tools = None

    def job_for(self, shard: Shard) -> Job | None:
        """What is to be done with `shard`, None if a limit left nothing of it. With a limit, or for a retry, ask in
        order, when the shards before it are finished.
        """
        limit = self._limit_of(shard)
        return replace(self.job, limit=limit) if limit is None or limit > 0 else None

    def committed(self, shard: Shard) -> ShardDone | None:
        """What became of a shard to do, if it was committed since the run was opened and nobody told."""
        with stopping("read the journal of", self._run.files.shown):
            record = Journal(self._run.files).read(shard.name)
        fresh = record is not None and record.of(shard) and record != self._before.get(shard.name)
        return ShardDone.of(shard, record) if record is not None and fresh else None

    def _limit_of(self, shard: Shard) -> int | None:
        task = self._tasks[shard.name]
        if task.again is not None:
            return task.again.counts.total if task.again.facts.get(PARTIAL) else None
        done_here = self._counts.total - self.done_before.total
        return self.plan.limit - task.before - done_here if self.plan.limit else None

    def finished(self, done: ShardDone) -> None:
        """Take one more shard into the summary."""
        facts = {"shard": done.shard.name, "counts": done.counts.as_json(), "reasons": dict(done.reasons)}
        _LOG.info("shard done", extra={"run": self.job.ticket.run_id, **facts})
        self._finished.append(done.shard.name)
        self._counts += done.counts
        self._whole += not done.cut
        self._reasons.update(done.reasons)
        self._blind += done.blind
        self._captions += done.captions

    def seal(self, elapsed_s: float) -> Summary:
        """Write the dataset card and the summary, then the seal over everything."""
        summary = Summary(
            plan=self.plan,
            counts=self._counts,
            reasons=dict(sorted(self._reasons.items())),
            shards=len(self.shards),
            shards_before=len(self.shards) - len(self.todo),
            elapsed_s=elapsed_s,
            backend=self._maker,
            limit=self.plan.limit if self._whole < len(self.shards) else 0,
            blind=self._blind.as_json(),
            captions=recaption.as_json(self._captions),
        )
        lasting = summary.lasting()
        text = card(lasting, [shard.name for shard in self.shards], source_readme(self.plan.source))
        contents = {CARD: text.encode(), SUMMARY: orjson.dumps(lasting, option=orjson.OPT_INDENT_2) + b"\n"}
        self._run.seal(contents, shards=self._finished)
        return summary


@contextmanager
def open_run(plan: Plan, backend: Backend | None = None, *, retry: bool = False) -> Iterator[OpenRun]:
    """Load the model, list the shards, claim the output. Raises `UsageError` with nothing touched."""
    found = look(plan)
    tools = load_tools(plan, backend)
    try:
        with claimed(plan, found, tools, live=backend is not None, retry=retry) as opened:
            yield opened
    finally:
        tools.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a source holds: the name of its store, and all shards."""

    form: str
    shards: Sequence[Shard]


def look(plan: Plan) -> Found:
    """List the shards of the plan's source. Raises `UsageError` if there are none."""
    form = plan.store or sniffed(plan.source)
    shards = store_of(plan, form).shards()
    if not shards:
        raise UsageError(f"{redact(plan.source)} holds no shards of the form {form!r}.\nCheck the path and --store.")
    return Found(form=form, shards=shards)


@contextmanager
def claimed(
    plan: Plan, found: Found, model: Tools | str, *, live: bool = False, retry: bool = False
) -> Iterator[OpenRun]:
    """Claim the output for `plan` with this `model`: its tools, or its identity if only others have it loaded."""
    maker = model if isinstance(model, str) else model.maker
    again = {"model": maker, **_asking(plan), **_captioning(plan), **_naming(plan)}
    claim = {**_finished_plan(plan.output), **again} if retry else _claim(plan, found.shards, maker)
    with Run.open(plan.output, claim, source=plan.source) as run:
        done = run.records()
        if retry:
            _refuse_other_source(done, plan, found.shards, claim.get("input"))
        opened = OpenRun(run, plan, found, model, done, live=live, retry=retry)
        said = "run opened: %d of %d shards to do"
        _LOG.info(said, len(opened.todo), len(found.shards), extra={"run": run.ticket.run_id})
        if opened.todo and not retry:
            run.reopen()
        store = store_of(plan, found.form)
        if isinstance(store, Linking):
            store.release({shard.name for shard in found.shards} - {shard.name for shard in opened.todo})
        if plan.cost.limited:
            Shared(answers_of(plan), plan.cost).fill()
        try:
            yield opened
        finally:
            opened.release_tools()


def plan_of(output: str, *how: Mapping[str, Any]) -> Plan:
    """The plan `output` was made by, with the limit it was finished under, and with the settings in `how`.

    Raises `UsageError` if it is no output of burnish, or if `how` says what could change it.
    """
    flat = cast("dict[str, Any]", _stored_plan(output)["plan"])
    nested: dict[str, Any] = {}
    for dotted, value in flat.items():
        *path, last = dotted.split(".")
        place = nested
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    found = plans.build(nested, {"output": output, "limit": _stored_limit(output)})
    plan = plans.build(dataclasses.asdict(found), *how)
    before, after = found.semantic(), plan.semantic()
    changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    if changed or (plan.output, plan.limit) != (found.output, found.limit):
        raise UsageError(
            f"{', '.join(changed) or 'its place or its limit'}: what {output} was made with stays as it is.\n"
            "Set only what changes no output, as --set batch_size=64 or --set backend_options.timeout_s=300."
        )
    return plan


def _claim(plan: Plan, shards: Sequence[Shard], maker: str) -> dict[str, Json]:
    """Everything that can change an output byte (hazard 60)."""
    listed = "\n".join(f"{shard.name}\t{shard.size}" for shard in shards)
    return {
        "plan": dict(plan.semantic()),
        "model": maker,
        "burnish": burnish.__version__,
        "input": {"shards": len(shards), "sha256": hashlib.sha256(listed.encode()).hexdigest()},
        **({"reader": ocr.identity()} if plan.ocr else {}),
        **_asking(plan),
        **_captioning(plan),
        **_naming(plan),
    }


def _asking(plan: Plan) -> dict[str, Json]:
    """Recipe and criteria of one's own by their digests."""
    recipe = recipes.load(plan.recipe)
    own: dict[str, Json] = {name: digest for name in recipe.criteria if (digest := criteria.own(name))}
    if ":" in plan.recipe:
        own[plan.recipe] = recipe.digest
    return {"asking": own} if own else {}


def _captioning(plan: Plan) -> dict[str, Json]:
    """Formats and tokenizer by their digests: names of one's own may come to mean something else."""
    asked = recaption.NAME in recipes.load(plan.recipe).asks
    return {"captioning": recaption.identity(plan.recaption)} if asked else {}


def _naming(plan: Plan) -> dict[str, Json]:
    """The table of names by its digest: an edited table is another plan."""
    return {"entities": {"table": table.digest(plan.entities.table)}} if plan.entities.table else {}


def _stored_plan(output: str) -> dict[str, Json]:
    files = open_files(output)
    try:
        plan = read_plan(files)
    except FileNotFoundError:
        message = f"{files.shown} is not an output of burnish.\nGive the folder that was named with -o."
        raise UsageError(message) from None
    except DamagedError as error:
        raise UsageError(f"the plan of {files.shown} is damaged: {error}.\nRun again into a new folder.") from error
    if "plan" not in plan:
        raise UsageError(f"{files.shown} was made by burnish mix: nothing in it was asked of a model.\nMix it again.")
    return plan


def _finished_plan(output: str) -> dict[str, Json]:
    """The stored plan of a finished run: until then it is not known what a retry should leave out."""
    plan = _stored_plan(output)
    files = open_files(output)
    with stopping("read", files.shown):
        try:
            files.size(SEAL)
        except FileNotFoundError:
            raise UsageError(
                f"the run into {files.shown} has not finished.\nFinish it with the same command, then retry."
            ) from None
    return plan


def _stored_limit(output: str) -> int:
    """The limit under which a run finished, 0 if it had none or there is no finished run."""
    files = open_files(output)
    with stopping("read", files.shown):
        try:
            limit = orjson.loads(files.read(SUMMARY)).get("limit", 0)
        except FileNotFoundError:
            return 0
        except (orjson.JSONDecodeError, AttributeError) as error:
            message = f"{files.shown}/{SUMMARY} is damaged.\nThe same command writes it again; then retry."
            raise UsageError(message) from error
    return limit if isinstance(limit, int) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A shard to do. `before`: items in the shards before it that stand. `again`: the record of a shard that is there
    and of which only the failures are to be done again.
    """

    shard: Shard
    before: int
    again: ShardRecord | None = None


def _tasks(
    shards: Sequence[Shard], done: Mapping[str, ShardRecord], limit: int, *, retry: bool
) -> tuple[list[_Task], list[ShardDone]]:
    """Shards still to do, and what became of those that stand. With a limit, only as many as it reaches into."""
    tasks: list[_Task] = []
    stand: list[ShardDone] = []
    before = 0
    left = limit or math.inf
    for shard in shards:
        record = done.get(shard.name)
        if record is not None and not _stands(record, shard, left):
            record = None
        again = record if retry and record is not None and _may_improve(record) else None
        if again is not None or (record is None and left > 0):
            tasks.append(_Task(shard=shard, before=before, again=again))
        elif record is not None:
            stand.append(ShardDone.of(shard, record))
            before += record.counts.total
        left -= record.counts.total if record is not None else 0
    return tasks, stand


def _stands(record: ShardRecord, shard: Shard, left: float) -> bool:
    """Whether the record is of the shard as it is now and holds as much of it as is wanted."""
    return record.of(shard) and (not record.facts.get(PARTIAL) or left <= record.counts.total)


def _may_improve(record: ShardRecord) -> bool:
    return record.counts.quarantined > 0 or any(map(failed, cast("dict[str, int]", record.facts.get("reasons", {}))))


def _refuse_other_source(done: Mapping[str, ShardRecord], plan: Plan, shards: Sequence[Shard], read: Json) -> None:
    """Raise `UsageError` unless the shards are those that were `read`, repaired at most where something had failed: a
    relative source is another one in another folder, and a retry would put its pairs in the place of those that stand.
    """
    known = {shard.name: shard for shard in shards}
    gone = [name for name in done if name not in known]
    other = [name for name, was in done.items() if name in known and not (was.of(known[name]) or _may_improve(was))]
    many = isinstance(read, dict) and read.get("shards") != len(shards)
    if gone or other or many:
        what = (
            f"{gone[0]} is not there" if gone else f"{other[0]} is another file" if other else f"{len(shards):,} shards"
        )
        where = plan.source if "://" in plan.source else os.path.abspath(plan.source)  # noqa: PTH100 -- may be a pattern
        raise UsageError(
            f"{redact(where)} is not what {plan.output} was made from: {what}.\n"
            "A retry does again what failed, from the same source, repaired at most where something failed. Run it in\n"
            "the folder where the run was started; for another source give a new folder."
        )


def check(plan: Plan, maker: str) -> None:
    """Raise the `UsageError` with which `open_run` would refuse the output, as far as looking can tell.

    `maker` is the model's identity.
    """
    shards = store_of(plan).shards()
    refuse_overlap(plan.source, plan.output)
    files = open_files(plan.output)
    with stopping("open", files.shown):
        check_plan(files, _claim(plan, shards, maker))
