"""`burnish duplicates`: which pairs of one or more sources are alike, as groups; nothing is dropped.

Signatures are made shard by shard (`signatures`), rows that are alike are linked out of core (`grouping`), and a table
of groups is written for each shard, in the form that a mixture's `keep` reads. The outcome depends on the sources in
the order they are given and on nothing else: not on workers, stops, or the order in which shards are done.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

import burnish
from burnish.engines import processes
from burnish.engines.jobs import spread
from burnish.errors import UsageError
from burnish.mixing.keeping import name_of
from burnish.mixing.sources import Source
from burnish.passes import signatures, tables
from burnish.passes.alike import DEFAULT, Way
from burnish.passes.components import Components
from burnish.passes.grouping import Met, Places, Signatures, link, mapped, places
from burnish.passes.signatures import Job, signer
from burnish.passes.sources import claim
from burnish.storage.layout import CARD, SUMMARY
from burnish.storage.overlap import refuse_overlap
from burnish.storage.run import Run
from burnish.storage.stopping import stopping
from burnish.values import Json, Shard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PREFER = ("first", "score", "pixels")
WEIGHTS = ("first", "equal")
_AT_ONCE = 4_096
_BINS = (2, 3, 5, 9, 17, 65, 1_025)

OnShard = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What counts as a duplicate. `by`: ways in which pairs can be alike, any of them; `of`: whose text (a role);
    `prefer`: who is first in a group: the first in the order of the sources, the best overall score, or the most
    pixels; `weights`: whether the first alone trains ("first") or one of the group by draw ("equal").
    """

    by: tuple[Way, ...] = tuple(map(Way.of, DEFAULT))
    of: str = "chosen"
    prefer: str = "first"
    weights: str = "first"

    def __post_init__(self) -> None:
        names = [way.name for way in self.by]
        if not names or len(set(names)) < len(names):
            raise UsageError("--by needs different ways, such as image,near_image (docs/passes.md).")
        for option, value, known in (("prefer", self.prefer, PREFER), ("weights", self.weights, WEIGHTS)):
            if value not in known:
                raise UsageError(f"--{option} {value!r} is none of {', '.join(known)}.")

    def as_json(self) -> dict[str, Json]:
        """All that can change the outcome; limits spelled out."""
        return {
            "by": {way.name: way.load().limit for way in self.by},
            "of": self.of,
            "prefer": self.prefer,
            "weights": self.weights,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The outcome in numbers. `later`: pairs in a group but its first; `sizes`: groups by size, "5-8" and the like;
    `chained`: pairs of a group that are not like its first themselves; `across`: groups with pairs of more than one
    source; `met`: what each way did.
    """

    pairs: int
    groups: int
    later: int
    largest: int
    chained: int
    across: int
    unseen: int
    faults: int
    sizes: dict[str, int]
    met: dict[str, Met]

    def as_json(self) -> dict[str, Json]:
        """All numbers by name."""
        return asdict(self)


def duplicates(
    sources: Sequence[Source], wanted: Wanted, output: str, *, workers: int = 0, on_shard: OnShard | None = None
) -> Found:
    """Find the duplicates of `sources` and write the tables into the new folder or URL `output`; the same call goes on
    after any stop.

    Raises `UsageError` before anything is touched, `StopError`/`Interrupted` with finished signatures intact.
    """
    for source in sources:
        refuse_overlap(source.path, output)
    plan: dict[str, Json] = {
        "duplicates": wanted.as_json(),
        "sources": claim(sources),
        "burnish": burnish.__version__,
    }
    with Run.open(output, plan) as run, processes.interruptible():
        try:
            _sign(run, sources, wanted, (workers, on_shard or (lambda _done, _all: None)))
            return _group(run, sources, wanted)
        except KeyboardInterrupt:
            raise processes.interrupted() from None


def _sign(run: Run, sources: Sequence[Source], wanted: Wanted, how: tuple[int, OnShard]) -> None:
    workers, on_shard = how
    done = run.records()
    jobs = [Job(source=source, shard=shard) for source in sources for shard in source.shards]
    left = [job for job in jobs if job.named.name not in done or not done[job.named.name].of(job.named)]
    if left:
        run.reopen()
    finished = len(jobs) - len(left)
    on_shard(finished, len(jobs))
    for _ in spread(left, workers, signer, wanted.by, wanted.of, run.ticket):
        finished += 1
        on_shard(finished, len(jobs))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """All shards as one row of pairs: `spans` are (source, shard, first row, row after the last)."""

    spans: tuple[tuple[Source, Shard, int, int], ...]
    rows: int
    unseen: int
    faults: int


def _whole(run: Run, sources: Sequence[Source]) -> _Set:
    records = run.records()
    spans, rows, unseen, faults = [], 0, 0, 0
    for source in sources:
        for shard in source.shards:
            record = records[Job(source=source, shard=shard).named.name]
            spans.append((source, shard, rows, rows + record.counts.written))
            rows += record.counts.written
            unseen += int(str(record.facts["unseen"]))
            faults += record.counts.quarantined + record.counts.gaps
    return _Set(spans=tuple(spans), rows=rows, unseen=unseen, faults=faults)


def _group(run: Run, sources: Sequence[Source], wanted: Wanted) -> Found:
    whole = _whole(run, sources)
    if not whole.rows:
        raise UsageError("the sources hold no pair.\nSee what is in one with: burnish inspect SRC")
    with tempfile.TemporaryDirectory(prefix="burnish-duplicates-") as scratch:
        folder = Path(scratch)
        loaded, preferred = _read(run, whole, wanted, folder)
        components = Components(mapped(folder / "parents", "<i8", (whole.rows,)))
        met = {name: link(each, components, folder) for name, each in loaded.items()}
        found = places(components, preferred, loaded, folder)
        numbers = _written(run, whole, wanted, found)
    done = Found(**numbers, unseen=whole.unseen, faults=whole.faults, pairs=whole.rows, met=met)
    summary = orjson.dumps(done.as_json(), option=orjson.OPT_INDENT_2) + b"\n"
    run.seal({CARD: _card(wanted, done).encode(), SUMMARY: summary})
    return done


def _read(run: Run, whole: _Set, wanted: Wanted, folder: Path) -> tuple[dict[str, Signatures], NDArray[np.float64]]:
    """All signatures in mapped files, and by how much each row is preferred."""
    loaded = {way.name: Signatures(folder / way.name, way.load(), whole.rows) for way in wanted.by}
    preferred = mapped(folder / "preferred", "<f8", (whole.rows,))
    for source, shard, first, _ in whole.spans:
        name = signatures.file_of(source.name, shard.name)
        with stopping("read", f"{run.files.shown}/{name}"), run.files.open(name) as file:
            at = first
            for piece in signatures.rows(file, ("score", "pixels", *loaded), _AT_ONCE):
                stop = at + len(piece["score"])
                preferred[at:stop] = _preference(piece, wanted.prefer)
                for way, each in loaded.items():
                    each.put(at, [signature or None for signature in piece[way]])
                at = stop
    return loaded, preferred


def _preference(piece: dict[str, list[Any]], prefer: str) -> list[float]:
    if prefer == "first":
        return [0.0] * len(piece["score"])
    return [-1.0 if value is None else float(value) for value in piece[prefer]]


def _written(run: Run, whole: _Set, wanted: Wanted, found: Places) -> dict[str, Any]:
    """Write the tables; the numbers of `Found` that come of it."""
    sizes: Counter[int] = Counter()
    numbers = dict.fromkeys(("groups", "later", "largest", "chained"), 0)
    source_of = _SourceOf(whole)
    across: set[int] = set()
    for source, shard, first, stop in whole.spans:
        members = first + (found.size[first:stop] > 1).nonzero()[0]
        with tables.writing(run, source, shard, tables.DUPLICATES) as table:
            for batch in _named(run, (source, shard, first), members):
                for row, key, image in batch:
                    table.put(_row(found, wanted, (row, row - first, key, image)))
        numbers["chained"] += int((~found.near[members]).sum())
        heads = members[found.place[members] == 0]
        numbers["groups"] += len(heads)
        numbers["later"] += len(members) - len(heads)
        sizes.update(map(int, found.size[heads]))
        across.update(int(root) for root in found.first[members] if source_of(int(root)) != source.name)
    numbers["largest"] = max(sizes, default=0)
    return {**numbers, "across": len(across), "sizes": _binned(sizes)}


class _SourceOf:
    """Which source a row is of."""

    def __init__(self, whole: _Set) -> None:
        self._spans = whole.spans

    def __call__(self, row: int) -> str:
        from bisect import bisect_right

        at = bisect_right(self._spans, row, key=lambda span: span[2]) - 1
        return self._spans[at][0].name


def _named(
    run: Run, where: tuple[Source, Shard, int], members: NDArray[np.int64]
) -> Iterator[list[tuple[int, str, str]]]:
    """(row, key, digest of the image) of members of a shard, in pieces."""
    source, shard, first = where
    if not len(members):
        return
    wanted = set(map(int, members))
    name = signatures.file_of(source.name, shard.name)
    with stopping("read", f"{run.files.shown}/{name}"), run.files.open(name) as file:
        at = first
        for piece in signatures.rows(file, ("key", "image_xxh128"), _AT_ONCE):
            both = zip(piece["key"], piece["image_xxh128"], strict=True)
            yield [(at + i, key, image) for i, (key, image) in enumerate(both) if at + i in wanted]
            at += len(piece["key"])


def _row(found: Places, wanted: Wanted, what: tuple[int, int, str, str]) -> dict[str, Any]:
    row, place_in_shard, key, image = what
    size, place = int(found.size[row]), int(found.place[row])
    equal = wanted.weights == "equal"
    return {
        "row": place_in_shard,
        "key": key,
        "image_xxh128": image,
        "group": f"{int(found.first[row]):012d}",
        "size": size,
        "place": place,
        "near": bool(found.near[row]),
        "start": place / size if equal else 0.0,
        "share": 1 / size if equal else float(place == 0),
    }


def _binned(sizes: Counter[int]) -> dict[str, int]:
    """Groups by size, in steps that double."""
    edges = [*_BINS, None]
    named: dict[str, int] = {}
    for low, high in pairwise(edges):
        assert low is not None
        label = f"{low}+" if high is None else str(low) if high == low + 1 else f"{low}-{high - 1}"
        number = sum(count for size, count in sizes.items() if size >= low and (high is None or size < high))
        if number:
            named[label] = number
    return named


def _card(wanted: Wanted, done: Found) -> str:
    by = ", ".join(way.name for way in wanted.by)
    return (
        "# Duplicates\n\n"
        f"{done.pairs:,} pairs, alike by {by}: {done.groups:,} groups, {done.later:,} pairs beside their first.\n\n"
        f"`{name_of('SOURCE', 'SHARD')}` has a row for each pair that is in a group: `row` (its place in the\n"
        "shard, from 0), `key`, `image_xxh128`, `group`, `size`, `place` (0: the first), `near` (it is like the first\n"
        "itself, not only through others), and `start`, `share`: what a mixture's `keep` goes by. `signatures/` holds\n"
        "what was compared. Made with burnish duplicates; no pair was changed or dropped.\n"
    )
