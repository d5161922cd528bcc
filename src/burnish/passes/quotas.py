"""`burnish quotas`: at most, at least or a share of so many pairs of each language, host, object, ...

Who stays is drawn by hash of seed, key and image, as mixtures draw: with another number of workers, shards or sources
the same pairs of a value come first. A pair with several values stays if any of them keeps it (as in MetaCLIP's
balancing, arXiv 2309.16671), so that values which always come along can have more than asked. Values and draws lie in
files of 16 bytes a pair and value; memory is that of one part.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import xxhash

import burnish
from burnish.engines import processes
from burnish.errors import UsageError
from burnish.mixing import draws
from burnish.mixing.draws import Why
from burnish.mixing.keeping import name_of
from burnish.mixing.offers import kept
from burnish.mixing.sources import Entry, Source, entries, known
from burnish.passes import facets, tables
from burnish.passes.facets import Facet, Told
from burnish.passes.grouping import mapped
from burnish.passes.partitions import CHUNK_ROWS, Partitions, starts
from burnish.passes.signatures import caption_of
from burnish.passes.sources import claim
from burnish.storage.layout import CARD, SUMMARY
from burnish.storage.overlap import refuse_overlap
from burnish.storage.run import Run
from burnish.storage.stopping import stopping
from burnish.texts import storable
from burnish.values import Json, Pair, Shard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NONE = "(none)"
"""What pairs without a value count under."""
MAX_NAMED = 200_000
"""Values whose names are remembered for the report, 40 MB; those first seen later are counted without a name."""
SHOWN = 1_000
"""Values in the summary, the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`by`: the facet. Of each value's n pairs ``share * n`` stay, but not more than `at_most` (0: no limit), and not
    fewer than `at_least` as far as there are so many.
    """

    by: str
    at_most: int = 0
    at_least: int = 0
    share: float = 1.0
    of: str = "chosen"
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise UsageError(f"--share must lie between 0 and 1, not {self.share:g}.")
        if self.at_most and self.at_least > self.at_most:
            raise UsageError(f"--at-least {self.at_least:,} is more than --at-most {self.at_most:,}.")
        if not self.at_most and self.share == 1:
            raise UsageError("give --at-most N or --share X (with --at-least N): as it is, every pair would stay.")

    def quota(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of so many pairs of a value stay."""
        import numpy as np

        wanted = np.rint(self.share * pairs).astype(np.int64)
        if self.at_most:
            wanted = np.minimum(wanted, self.at_most)
        return np.asarray(np.minimum(pairs, np.maximum(wanted, self.at_least)), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value: its pairs, how many of them were asked for, and how many stay."""

    name: str
    pairs: int
    asked: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`out`: pairs that earlier passes leave out, which count for nothing. `short`: values with fewer pairs than
    `at_least`; `over`: values of which more stay than asked, for the sake of others. `values`: the largest.
    """

    pairs: int
    out: int
    kept: int
    distinct: int
    short: int
    over: int
    values: tuple[Value, ...]

    def as_json(self) -> dict[str, Json]:
        """All numbers by name."""
        return {**asdict(self), "values": [asdict(value) for value in self.values]}


def quotas(sources: Sequence[Source], wanted: Wanted, output: str) -> Found:
    """Draw the quotas over `sources` and write into the new folder or URL `output` which pairs they leave out.

    Raises `UsageError` before anything is touched, `StopError`/`Interrupted` if stopped: the same call begins anew.
    """
    facet = facets.load(wanted.by)
    for source in sources:
        refuse_overlap(source.path, output)
    plan: dict[str, Json] = {"quotas": asdict(wanted), "sources": claim(sources), "burnish": burnish.__version__}
    with (
        Run.open(output, plan) as run,
        processes.interruptible(),
        tempfile.TemporaryDirectory(prefix="burnish-quotas-") as scratch,
    ):
        try:
            return _draw(run, _Census(sources, wanted, facet, Path(scratch)))
        except KeyboardInterrupt:
            raise processes.interrupted() from None


class _Census:
    """The first reading: who is who and has which value, in files of a scratch folder."""

    def __init__(self, sources: Sequence[Source], wanted: Wanted, facet: Facet, folder: Path) -> None:
        self.wanted = wanted
        self.spans: list[tuple[Source, Shard, int, int]] = []
        self.names: dict[int, str] = {}
        self.rows = self.out = 0
        self._facet = facet
        self._folder = folder
        self._links = folder / "links"
        self._identities = folder / "who"
        for source in sources:
            for shard in source.shards:
                self._count(source, shard)

    def _count(self, source: Source, shard: Shard) -> None:
        first = self.rows
        links, who = bytearray(), bytearray()
        with stopping("write", str(self._folder)), self.told_file(len(self.spans)).open("wb") as told:
            for entry, values in self._valued(source, shard):
                told.write(orjson.dumps([entry.key, entry.image_xxh128]) + b"\n")
                identity = draws.identity(self.wanted.seed, entry.key, entry.image_xxh128)
                who += identity.to_bytes(8, "little")
                for value in values:
                    links += value.to_bytes(8, "little") + self.rows.to_bytes(8, "little")
                self.rows += 1
            for path, data in ((self._links, links), (self._identities, who)):
                with path.open("ab") as file:
                    file.write(data)
        self.spans.append((source, shard, first, self.rows))

    def _valued(self, source: Source, shard: Shard) -> Iterator[tuple[Entry, list[int]]]:
        """Each pair with the hashes of its values; none for one that an earlier pass leaves out."""
        for entry, pair in _entries(source, shard, fields=self._facet.needs_fields):
            if not kept(self.wanted.seed, entry.keep):
                self.out += 1
                yield entry, []
                continue
            text = caption_of(entry, self.wanted.of)
            told = Told(source=source.name, entry=entry, text=text, fields=pair.fields if pair else {})
            yield entry, [self._hash(value) for value in self._facet.values(told) or (NONE,)]

    def _hash(self, value: str) -> int:
        value = storable(value)[0]
        number = xxhash.xxh3_64_intdigest(value.encode())
        if len(self.names) < MAX_NAMED:
            self.names.setdefault(number, value)
        return number

    def told_file(self, span: int) -> Path:
        """Key and digest of the pairs of a shard, a line of JSON each."""
        return self._folder / f"told-{span}"

    def partitions(self) -> Partitions:
        """(value, row) of all pairs."""
        import numpy as np

        with stopping("read", str(self._folder)), self._links.open("rb") as links:
            parts = Partitions(self._folder, self._links.stat().st_size // 16)
            while data := links.read(16 * CHUNK_ROWS):
                both = np.frombuffer(data, np.uint64).reshape(-1, 2)
                parts.add(both[:, 0], both[:, 1].astype(np.int64))
        return parts

    def drawn(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        """What each row draws."""
        import numpy as np

        who = np.memmap(self._identities, np.uint64, "r")
        return draws.draws(np.asarray(who[rows]), Why.QUOTA)

    def kept(self) -> NDArray[np.bool_]:
        """Room for the outcome: nobody stays yet."""
        return mapped(self._folder / "kept", "?", (self.rows,))


def _entries(source: Source, shard: Shard, *, fields: bool) -> Iterator[tuple[Entry, Pair | None]]:
    if not fields:
        yield from ((entry, None) for entry in entries(source, shard))
        return
    for item, entry in known(source, shard):
        if isinstance(item, Pair) and entry is not None:
            yield entry, item


def _draw(run: Run, census: _Census) -> Found:
    import numpy as np

    if not census.rows:
        raise UsageError("the sources hold no pair.\nSee what is in one with: burnish inspect SRC")
    wanted, stays = census.wanted, census.kept()
    parts = census.partitions()
    for keys, rows in parts.read(again=True):
        ordered = np.lexsort((rows, census.drawn(rows), keys))
        begin, sizes = _runs(keys)
        chosen = np.arange(len(keys)) - begin < wanted.quota(sizes)[_run_of(begin)]
        stays[rows[ordered][chosen]] = True
    values, totals = [], {"distinct": 0, "short": 0, "over": 0}
    for keys, rows in parts.read():
        begin, sizes = _runs(keys)
        firsts = np.unique(begin)
        asked, there = wanted.quota(sizes), np.add.reduceat(stays[rows].astype(np.int64), firsts)
        totals["distinct"] += len(firsts)
        totals["short"] += int((sizes < wanted.at_least).sum())
        totals["over"] += int((there > asked).sum())
        largest = np.argsort(-sizes, kind="stable")[:SHOWN]
        values += [
            Value(
                name=census.names.get(int(keys[firsts[at]]), ""),
                pairs=int(sizes[at]),
                asked=int(asked[at]),
                kept=int(there[at]),
            )
            for at in largest
        ]
    values.sort(key=lambda value: (-value.pairs, value.name))
    _write(run, census, stays)
    found = Found(pairs=census.rows, out=census.out, kept=int(stays.sum()), values=tuple(values[:SHOWN]), **totals)
    summary = orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2) + b"\n"
    run.seal({CARD: _card(wanted, found).encode(), SUMMARY: summary})
    return found


def _runs(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the run begins that each of sorted `keys` lies in, and the lengths of the runs in order."""
    import numpy as np

    begin = starts(keys)
    return begin, np.diff([*np.unique(begin), len(keys)])


def _run_of(begin: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of the run that each place lies in."""
    import numpy as np

    return np.asarray(np.unique(begin, return_inverse=True)[1], np.int64)


def _write(run: Run, census: _Census, stays: NDArray[np.bool_]) -> None:
    """A table for each shard with the pairs that do not stay."""
    for at, (source, shard, first, stop) in enumerate(census.spans):
        with (
            tables.writing(run, source, shard, tables.QUOTAS) as table,
            stopping("read", str(census.told_file(at))),
            census.told_file(at).open("rb") as told,
        ):
            for row, (line, here) in enumerate(zip(told, stays[first:stop], strict=True)):
                if not here:
                    table.put(_row(row, *orjson.loads(line)))


def _row(row: int, key: str, image: str) -> dict[str, Any]:
    return {"row": row, "key": key, "image_xxh128": image, "group": "", "start": 0.0, "share": 0.0}


def _card(wanted: Wanted, found: Found) -> str:
    return (
        "# Quotas\n\n"
        f"{found.kept:,} of {found.pairs:,} pairs stay, by {wanted.by} (at most {wanted.at_most:,}, at least"
        f" {wanted.at_least:,}, share {wanted.share:g}; 0: no limit), drawn with seed {wanted.seed}.\n\n"
        f"`{name_of('SOURCE', 'SHARD')}` has a row for each pair that does not: a mixture's `keep` goes by it. Made\n"
        "with burnish quotas; no pair was changed or dropped.\n"
    )
