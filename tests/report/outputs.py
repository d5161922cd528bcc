"""Outputs made for reports: real commits of records that a test chose, with tars in which the pictures lie."""

from __future__ import annotations

import io
import tarfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from burnish.plan import Plan
from burnish.records import RecordsWriter
from burnish.storage.layout import CARD, SUMMARY
from burnish.storage.ledger import Counts
from burnish.storage.run import Run
from burnish.values import Caption, Decision, Edit, Fault, Gap, Json, Origin, Reason, Record, Score, Shard
from tests import builders

MODEL = "a-model-1"


def scored(value: float | None, criterion: str = "overall", reason: str = "") -> Score:
    return Score(criterion=criterion, value=value, confidence=0.9, reason=reason)


def kept(ordinal: int, text: str = "A red apple.", score: float = 4.5) -> Record:
    made = builders.record(text, ordinal, decision=Decision.KEPT)
    return replace(made, captions=(Caption(text=text, role="alt", maker="source", scores=(scored(score),)),))


def rewritten(ordinal: int, before: str, after: str, scores: tuple[float, float] = (1.5, 4.5)) -> Record:
    made = builders.record(before, ordinal, decision=Decision.REWRITTEN, chosen=1)
    edit = Edit(start=0, before=before, after=after, why="a reason")
    old = Caption(text=before, role="alt", maker="source", scores=(scored(scores[0]),))
    new = Caption(
        text=after, role="rewrite", maker=MODEL, edits=(edit,), scores=(scored(scores[1]),), verdict="accepted"
    )
    return replace(made, captions=(old, new))


def fault(ordinal: int, reason: Reason = Reason.DECODE_ERROR, key: str = "k", detail: str = "cut") -> Fault:
    origin = Origin(source="in", shard="00000.tar", ordinal=ordinal)
    return Fault(origin=origin, key=key, reason=reason, detail=detail, raw=b"x" * 100, raw_size=100)


def gap(ordinal: int) -> Gap:
    origin = Origin(source="in", shard="00000.tar", ordinal=ordinal)
    return Gap(origin=origin, reason=Reason.BAD_HEADER, detail="zeroed", start=512, stop=1024)


def plan(**changed: Json) -> dict[str, Json]:
    """What lies in an output's plan.json."""
    return {"plan": {**Plan(source="in").semantic(), **changed}, "model": MODEL, "burnish": "0.1.0"}


def lay(
    out: Path,
    shards: Sequence[Sequence[Record | Fault | Gap]],
    stored: dict[str, Json] | None = None,
    *,
    names: Sequence[str] = (),
    sealed: bool = True,
) -> Path:
    """An output at `out` whose shards hold these outcomes."""
    with Run.open(str(out), stored or plan()) as run:
        done = [_shard(run, names[at] if names else f"{at:05d}.tar", rows) for at, rows in enumerate(shards)]
        if sealed:
            counts = sum(done, start=Counts())
            run.seal({CARD: b"# pairs\n", SUMMARY: orjson.dumps({"counts": counts.as_json()})})
    return out


def _shard(run: Run, name: str, rows: Sequence[Record | Fault | Gap]) -> Counts:
    shard = Shard(name=name, path="", size=len(rows), tag="t")
    fates: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    with run.commit(shard) as commit:
        with commit.create(name) as file:
            file.write(tar([row for row in rows if isinstance(row, Record)]))
        writer = RecordsWriter(commit.create_records())
        quarantine = commit.quarantine()
        for row in rows:
            if isinstance(row, Record):
                pair = replace(row.pair, origin=replace(row.pair.origin, shard=name))
                writer.put(replace(row, pair=pair))
                fates[str(row.decision)] += 1
                reasons.update([row.reason] if row.decision is Decision.PASSED else [])
            else:
                quarantine.put(replace(row, origin=replace(row.origin, shard=name)))
                fates["gaps" if isinstance(row, Gap) else "quarantined"] += 1
                reasons[str(row.reason)] += 1
        writer.finish()
        counts = Counts(total=len(rows), **fates)
        commit.publish(counts, {"reasons": dict(reasons)})
    return counts


def tar(records: Sequence[Record]) -> bytes:
    """Pictures and texts as a shard of WebDataset; names that no tar can hold are left out."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as out:
        for record in records:
            for name, data in ((record.pair.image_name, record.pair.image), (f"{record.pair.key}.txt", b"text")):
                entry = tarfile.TarInfo(name[:90])
                entry.size = len(data)
                out.addfile(entry, io.BytesIO(data))
    return sink.getvalue()
