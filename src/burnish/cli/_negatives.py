"""What ``burnish negatives`` does between its options and its report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from burnish.cli import _passes
from burnish.errors import UsageError
from burnish.mixing.reading import ONE_SOURCE
from burnish.mixing.sources import open_source
from burnish.negatives import settings as rules
from burnish.negatives.run import Found, negatives


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One use of the command."""

    source: str
    output: str
    workers: int


def run(call: Call, given: Mapping[str, Any], assignments: Sequence[str], *, as_json: bool) -> str:
    """Do it; what is to be printed."""
    if not (call.source and call.output):
        raise UsageError(
            "name a source and a new folder.\nExample: burnish negatives better -o samples --judge builtin"
        )
    settings = rules.build(given, assignments)
    source = open_source(ONE_SOURCE, call.source)
    found = negatives(source, settings, call.output, workers=call.workers, on_shard=_passes.progress())
    if as_json:
        return orjson.dumps({"output": call.output, **found.as_json()}).decode()
    return "\n".join(lines(found, call.output))


def lines(found: Found, output: str) -> Iterator[str]:
    """The report for people."""
    tally = found.tally
    yield (
        f"{found.lines:,} samples of {found.captions:,} captions, from {tally.pairs:,} pairs: {tally.good:,} good,"
        f" {tally.bad:,} bad with a rewrite"
    )
    yield from _table(("kind", "made", "taught"), _kinds(found))
    yield from _table(("way", "shown", "kept", "refused", "why"), _ways(found))
    if tally.left_out:
        yield f"pairs left out: {_passes.counted(tally.left_out)}"
    if tally.faults:
        yield f"  {tally.faults:,} could not be read and are in .burnish/quarantine"
    spare = sum(tally.kinds.values()) - found.captions
    if spare:
        yield f"left out for balance: {spare:,} captions"
    if not found.captions:
        yield "warning: nothing is taught, the files of samples are empty; what became of pairs and ways stands above"
    yield f"next: burnish verify {shlex.quote(output)}"


def _kinds(found: Found) -> list[tuple[str, ...]]:
    return [
        (kind, f"{number:,}", f"{sum(found.taught.get(kind, {}).values()):,}")
        for kind, number in sorted(found.tally.kinds.items())
    ]


def _ways(found: Found) -> list[tuple[str, ...]]:
    tally = found.tally
    names = sorted({*tally.tried, *tally.refused})
    return [
        (
            name,
            f"{tally.tried[name]:,}",
            f"{tally.kept[name]:,}",
            f"{tally.tried[name] - tally.kept[name]:,}",
            _passes.counted(tally.refused.get(name, {})),
        )
        for name in names
    ]


def _table(head: Sequence[str], rows: list[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield from _passes.table(head, rows)
