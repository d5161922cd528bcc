"""The first half of finding duplicates: of every pair its signatures, shard by shard under the commit protocol.

This is the dear half: it reads and decodes images. A stopped pass goes on here; shards are spread over processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from burnish import images
from burnish.mixing.offers import captions_of
from burnish.mixing.sources import Entry, Source, entries, known
from burnish.passes.alike import Alike, Seen, Way
from burnish.storage.commit import Commit
from burnish.storage.ledger import Counts
from burnish.storage.run import Ticket
from burnish.values import Fault, Gap, Item, Pair, Picture, Shard

FOLDER = "signatures"
BATCH = 256
"""Pairs decoded and signed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A shard of a source."""

    source: Source
    shard: Shard

    @property
    def named(self) -> Shard:
        """The shard as it is committed: no two sources' shards share a name."""
        return replace(self.shard, name=f"{FOLDER}/{self.source.output_name(self.shard)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What one shard gave: `pairs`, of which `unseen` have an image that cannot be decoded, and `faults` that are no
    pairs.
    """

    pairs: int
    unseen: int
    faults: int


def signer(ways: Sequence[Way], of: str, ticket: Ticket) -> Callable[[Job], Signed]:
    """What each worker does with its jobs."""
    loaded = {way.name: way.load() for way in ways}
    return lambda job: _sign(job, loaded, of, ticket)


def file_of(source: str, shard: str) -> str:
    """The signatures of a shard."""
    return f"{FOLDER}/{source}/{shard}.parquet"


def rows(file: BinaryIO, columns: Sequence[str], batch: int) -> Iterator[dict[str, list[Any]]]:
    """Some columns of a file of signatures, in pieces."""
    from burnish.storage import arrow

    with arrow.parquet_of_ours(file) as opened:
        for piece in opened.iter_batches(batch, columns=list(columns), use_threads=False):
            yield piece.to_pydict()


def caption_of(entry: Entry, role: str) -> str:
    """The text of a pair that counts: of its caption with `role`, the chosen one's for "chosen"; "" if it has none."""
    found = captions_of(entry, role)
    return found[0].text if found else ""


def _sign(job: Job, ways: dict[str, Alike], of: str, ticket: Ticket) -> Signed:
    side_px = max(way.side_px for way in ways.values())
    with ticket.commit(job.named) as commit:
        sheet = _Sheet(commit.create(file_of(job.source.name, job.shard.name)), list(ways.items()))
        with images.Decoder(images.Limits(), side_px or 1) as decoder:
            for batch in _batches(job, commit, pictures=bool(side_px)):
                sheet.put(batch, _pictures(decoder, batch) if side_px else [None] * len(batch), of)
        sheet.finish()
        quarantine = commit.quarantine()
        done = Signed(pairs=sheet.pairs, unseen=sheet.unseen, faults=quarantine.faults + quarantine.gaps)
        counts = Counts(
            total=done.pairs + done.faults, kept=done.pairs, quarantined=quarantine.faults, gaps=quarantine.gaps
        )
        commit.publish(counts, {"unseen": done.unseen})
    return done


_Both = tuple[Pair | None, Entry]


def _batches(job: Job, commit: Commit, *, pictures: bool) -> Iterator[list[_Both]]:
    """The shard's pairs; without images where none are wanted and there are records."""
    pairs = iter(_seen(job, commit) if pictures else ((None, entry) for entry in entries(job.source, job.shard)))
    while batch := list(islice(pairs, BATCH)):
        yield batch


def _seen(job: Job, commit: Commit) -> Iterator[_Both]:
    for item, entry in known(job.source, job.shard):
        if _is_fault(item, commit):
            continue
        assert isinstance(item, Pair)
        assert entry is not None
        yield item, entry


def _is_fault(item: Item, commit: Commit) -> bool:
    if isinstance(item, Fault | Gap):
        commit.quarantine().put(item)
        return True
    return False


def _pictures(decoder: images.Decoder, batch: Sequence[_Both]) -> list[Picture | None]:
    found = decoder.decode_batch([pair.image for pair, _ in batch if pair is not None])
    return [each if isinstance(each, Picture) else None for each in found]


class _Sheet:
    """The file of a shard's signatures, a row a pair in order."""

    def __init__(self, sink: BinaryIO, ways: Sequence[tuple[str, Alike]]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._ways = ways
        self._schema = pa.schema(
            [
                ("key", pa.string()),
                ("image_xxh128", pa.string()),
                ("score", pa.float64()),
                ("pixels", pa.int64()),
                *((name, pa.binary()) for name, _ in ways),  # empty where there is no signature
            ]
        )
        self._file = pq.ParquetWriter(sink, self._schema, compression="zstd", use_dictionary=False)
        self.pairs = 0
        self.unseen = 0

    def put(self, batch: Sequence[_Both], pictures: Sequence[Picture | None], of: str) -> None:
        from burnish.storage import arrow

        seen = [
            Seen(text=caption_of(entry, of), image_xxh128=entry.image_xxh128, picture=picture)
            for (_, entry), picture in zip(batch, pictures, strict=True)
        ]
        signed = {name: way.signatures(seen) for name, way in self._ways}
        rows = [
            {
                "key": entry.key,
                "image_xxh128": entry.image_xxh128,
                "score": _score(entry),
                "pixels": picture.width * picture.height if picture else 0,
                **{name: found[at] or b"" for name, found in signed.items()},
            }
            for at, ((_, entry), picture) in enumerate(zip(batch, pictures, strict=True))
        ]
        self._file.write_table(arrow.table(rows, self._schema))
        self.pairs += len(batch)
        looked = [pair is not None for pair, _ in batch]
        self.unseen += sum(had and picture is None for had, picture in zip(looked, pictures, strict=True))

    def finish(self) -> None:
        self._file.close()


def _score(entry: Entry) -> float | None:
    score = entry.captions[entry.chosen].score("overall")
    return None if score is None else score.value
