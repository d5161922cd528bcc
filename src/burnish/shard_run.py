"""One shard from source to commit: the unit of work. An engine only decides where `run_shard` runs."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from burnish import records
from burnish.asks import blind, recaption
from burnish.errors import StopError
from burnish.flow import NOTHING, Known, Outcome, enhance
from burnish.protocols import Linking, Store, Writer
from burnish.records import Finished, RecordsWriter
from burnish.storage.commit import Commit
from burnish.storage.journal import Journal, ShardRecord
from burnish.storage.layout import records_name
from burnish.storage.ledger import Counts, LedgerError
from burnish.storage.opening import open_files
from burnish.storage.quarantine import Quarantine
from burnish.storage.run import Ticket
from burnish.stores import store_of
from burnish.tools import Tools
from burnish.values import Decision, Fault, Gap, Item, Json, Reason, Record, Shard

Tick = Callable[[Counts], None]

PARTIAL = "partial"
"""Fact in the journal of a shard that a ``--limit`` cut off: it is redone by a run that may read more of it."""

CAPTIONS = "captions"
"""Fact in the journal of a shard in which new captions were asked for: what became of them, by format."""

BLIND = "blind"
"""Fact in the journal of a shard whose scores were compared with what they are without the picture."""

TICK_EVERY = 16
"""Items between two reports of progress: each goes through a pipe from a worker process."""

SUSPICIOUS = frozenset({Reason.MISSING_FILE, Reason.DECODER_CRASH, Reason.DECODE_TIMEOUT, Reason.PATH_ESCAPE})
"""Reasons that, many times in a row, mean a lost mount or a sick machine and not bad pairs (hazard rule 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs to know beside the plan's tools; plain, so it pickles. `form` is the store's name, found once
    for all shards: looking costs a listing of the whole source. `maker`: the model the output was claimed for, by its
    identity. `limit`: at most so many items. `retry`: finished records of the shard's last commit stand, only failures
    are asked again.
    """

    ticket: Ticket
    form: str
    maker: str
    limit: int | None = None
    retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardDone:
    """What became of one shard: counts, and how many pairs were passed or quarantined for which reason. `cut`: a limit
    left some of it out. `blind`: scores compared with what they are without the picture. `captions`:
    what became of new captions.
    """

    shard: Shard
    counts: Counts
    reasons: Mapping[str, int]
    cut: bool = False
    blind: blind.Tally = field(default_factory=blind.Tally)
    captions: recaption.Tally = field(default_factory=Counter)

    @classmethod
    def of(cls, shard: Shard, record: ShardRecord) -> ShardDone:
        """What the journal says became of `shard`."""
        facts = cast("dict[str, Any]", record.facts)
        return cls(
            shard=shard,
            counts=record.counts,
            reasons=facts.get("reasons", {}),
            cut=bool(facts.get(PARTIAL)),
            blind=blind.tally_from(facts.get(BLIND, {})),
            captions=recaption.tally_from(facts.get(CAPTIONS, {})),
        )


def run_shard(job: Job, shard: Shard, tools: Tools, tick: Tick) -> ShardDone:
    """Read, enhance, write and commit one shard. `tick` gets the counts so far every `TICK_EVERY` items.

    Nothing is visible before the commit; an exception abandons it. Raises `StopError` if the environment fails, also
    if another model than the job's is at work: a server may have changed it since the run was opened.
    """
    if tools.maker != job.maker:
        raise StopError(
            f"the model is another one now: {tools.maker or 'none'}\nThis run began with: {job.maker or 'none'}\n"
            "Scores of two models do not compare. Bring the first one back and run the same command again."
        )
    store = store_of(tools.plan, job.form)
    tools = tools.for_shard(shard)
    known = _finished(job, shard) if job.retry else NOTHING
    tally = _Tally(breaker=tools.plan.breaker, captioning=tools.captioning)
    with job.ticket.commit(shard) as commit:
        sinks = _Sinks.open(store, shard, commit)
        source = _Limited(store.read(shard), job.limit)
        for outcome in enhance(source, tools, known):
            sinks.put(outcome)
            tally.add(outcome)
            if tally.by_fate["total"] % TICK_EVERY == 0:
                tick(tally.counts())
        sinks.finish()
        facts: dict[str, Json] = {"reasons": dict(sorted(tally.reasons.items())), PARTIAL: source.cut}
        record = commit.publish(tally.counts(), facts | tally.beside(tools))
    if isinstance(store, Linking):
        store.release([shard.name])
    return ShardDone.of(shard, record)


@dataclass(slots=True)
class _Sinks:
    """Where the outcomes of one shard go: pairs to the store's writer and the records, the rest to quarantine."""

    writer: Writer
    records: RecordsWriter
    quarantine: Quarantine

    @classmethod
    def open(cls, store: Store, shard: Shard, commit: Commit) -> _Sinks:
        return cls(
            writer=store.writer(shard, commit),
            records=RecordsWriter(commit.create_records()),
            quarantine=commit.quarantine(),
        )

    def put(self, outcome: Outcome) -> None:
        if isinstance(outcome, Record):
            self.writer.put(outcome)
            self.records.put(outcome)
        else:
            self.quarantine.put(outcome)

    def finish(self) -> None:
        self.writer.finish()
        self.records.finish()


class _Limited:
    """At most `limit` items of a stream; `cut` tells afterwards whether there were more."""

    def __init__(self, items: Iterable[Item], limit: int | None) -> None:
        self._items = iter(items)
        self._limit = limit
        self.cut = False

    def __iter__(self) -> Iterator[Item]:
        yield from islice(self._items, self._limit)
        self.cut = self._limit is not None and next(self._items, None) is not None


@dataclass(slots=True)
class _Tally:
    breaker: int
    by_fate: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    blind: blind.Tally = field(default_factory=blind.Tally)
    captioning: bool = False
    captions: recaption.Tally = field(default_factory=Counter)
    _suspicious_in_a_row: int = 0

    def add(self, outcome: Outcome) -> None:
        _check_order(outcome, self.by_fate["total"])
        self.by_fate["total"] += 1
        self._watch(outcome)
        if isinstance(outcome, Record):
            self.by_fate[str(outcome.decision)] += 1
            self.blind.add(outcome)
            if outcome.decision is Decision.PASSED or failed(outcome.reason):
                self.reasons[outcome.reason] += 1
            self.captions.update(recaption.counts(outcome) if self.captioning else ())
            return
        self.by_fate["gaps" if isinstance(outcome, Gap) else "quarantined"] += 1
        self.reasons[str(outcome.reason)] += 1

    def beside(self, tools: Tools) -> dict[str, Any]:
        """Facts of what only some runs ask."""
        found: dict[str, Any] = {BLIND: self.blind.as_json()} if tools.plan.blind else {}
        return found | ({CAPTIONS: recaption.as_json(self.captions)} if tools.captioning else {})

    def counts(self) -> Counts:
        return Counts(**self.by_fate)

    def _watch(self, outcome: Outcome) -> None:
        suspicious = isinstance(outcome, Fault) and outcome.reason in SUSPICIOUS
        self._suspicious_in_a_row = self._suspicious_in_a_row + 1 if suspicious else 0
        if self.breaker and self._suspicious_in_a_row >= self.breaker and isinstance(outcome, Fault):
            raise StopError(
                f"{self.breaker} pairs in a row failed with {outcome.reason} in {outcome.origin.shard}, "
                f"the last one {outcome.key!r}: {outcome.detail}\n"
                "This looks like the machine or a lost mount, so no more pairs are blamed. Mend it and run the same\n"
                "command again; if the data really is like that: --set breaker=0"
            )


def _check_order(outcome: Outcome, ordinal: int) -> None:
    """Whether this is the item that comes next: counts alone would not tell that a reader left one out."""
    origin = outcome.pair.origin if isinstance(outcome, Record) else outcome.origin
    if origin.ordinal != ordinal:
        raise LedgerError(
            f"item {ordinal:,} of {origin.shard} was to come, but it was {origin.ordinal:,}.\n"
            "The reader of this form left items out or gave them twice; nothing is committed. Please report this bug."
        )


def _finished(job: Job, shard: Shard) -> Known:
    """Records of the last commit that need no second try; none if there was no sound commit, or the file of its
    records is not as committed: then the shard is done anew.
    """
    files = open_files(job.ticket.out)
    record, name = Journal(files).read(shard.name), records_name(shard.name)
    wanted = next((entry.sha256 for entry in record.files if entry.name == name), "") if record else ""
    try:
        data = files.read(name) if wanted else b""
    except FileNotFoundError:
        return NOTHING
    if hashlib.sha256(data).hexdigest() != wanted:
        return NOTHING
    return Finished(row for row in records.read(io.BytesIO(data)) if not failed(row["reason"]))


def failed(reason: str) -> bool:
    """Whether a pair's reason is a failure of the model, worth another try, rather than a judgement."""
    known = reason.startswith(("unassessed:", "rewrite_failed:")) or recaption.worth_a_retry(reason)
    return known and not reason.endswith(":abstained")
