"""Records as Parquet: everything a run knows about its pairs, beside the output, one file a shard.

``OUT/.burnish/records/<stem>.parquet`` has one row per pair that is in the output, in order: the only thing that
report, retry, mix, train and evaluation read. Images are not in it; they are found by shard and ordinal.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson
import xxhash

from burnish.columns import claims_from, claims_json, earlier, edits_json
from burnish.entities import Entity
from burnish.storage.files import Files
from burnish.storage.layout import RECORDS
from burnish.texts import decode, storable
from burnish.values import Caption, Decision, Edit, Pair, Picture, Record, Score, State

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT_VERSION = 1


@cache
def schema() -> pa.Schema:
    """The columns of a records file. `raw` is base64 of the original bytes where `text` had to be made storable, else
    ""; `edits` and `claims` are JSON arrays.
    """
    import pyarrow as pa  # 0.2 s and 30 MB: not for the process that only hands out shards

    score = pa.struct(
        [
            ("criterion", pa.string()),
            ("value", pa.float64()),
            ("confidence", pa.float64()),
            ("state", pa.string()),
            ("spread", pa.float64()),
            ("reason", pa.string()),
            ("blind", pa.float64()),
        ]
    )
    caption = pa.struct(
        [
            ("text", pa.string()),
            ("raw", pa.string()),
            ("role", pa.string()),
            ("maker", pa.string()),
            ("edits", pa.string()),
            ("verdict", pa.string()),
            ("scores", pa.list_(score)),
            ("claims", pa.string()),
        ]
    )
    return pa.schema(
        [
            ("shard", pa.string()),
            ("ordinal", pa.int64()),
            ("key", pa.string()),
            ("image_name", pa.string()),
            ("image_xxh128", pa.string()),
            ("width", pa.int32()),
            ("height", pa.int32()),
            ("format", pa.string()),
            ("mode", pa.string()),
            ("decision", pa.string()),
            ("reason", pa.string()),
            ("flags", pa.list_(pa.string())),
            ("chosen", pa.int32()),
            ("captions", pa.list_(caption)),
            ("evidence", pa.list_(pa.string())),
            ("entities", pa.string()),
        ],
        metadata={"burnish.records": str(FORMAT_VERSION)},
    )


def row(record: Record) -> dict[str, Any]:
    """One record as a row of `schema`."""
    pair, picture = record.pair, record.picture
    return {
        "shard": pair.origin.shard,
        "ordinal": pair.origin.ordinal,
        "key": storable(pair.key)[0],
        "image_name": storable(pair.image_name)[0],
        "image_xxh128": xxhash.xxh3_128_hexdigest(pair.image),
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "mode": picture.mode,
        "decision": str(record.decision),
        "reason": record.reason,
        "flags": list(record.flags),
        "chosen": record.chosen,
        "captions": [_caption_row(c) for c in record.captions],
        "evidence": list(record.evidence),
        "entities": "" if record.entities is None else orjson.dumps([asdict(e) for e in record.entities]).decode(),
    }


class RecordsWriter:
    """Writes the records of one shard, put in order. The same records give the same bytes; memory is bounded by a
    row group, not by the shard.
    """

    ROWS_PER_GROUP = 1_000

    def __init__(self, sink: BinaryIO) -> None:
        """`sink` is written front to back and left open."""
        from burnish.storage import arrow

        self._rows = arrow.RowWriter(sink, schema(), self.ROWS_PER_GROUP)

    def put(self, record: Record) -> None:
        """Append one record."""
        self._rows.put(row(record))

    def finish(self) -> None:
        """Write what is left and the footer."""
        self._rows.finish()


def names(files: Files) -> list[str]:
    """The records files of an output, in the order of its shards."""
    return [name for name in files.sizes(RECORDS) if name.endswith(".parquet")]


def read(source: BinaryIO) -> list[dict[str, Any]]:
    """The rows of one file; see `rows`."""
    return list(rows(source))


def rows(source: BinaryIO) -> Iterator[dict[str, Any]]:
    """The rows of one file one by one, read in the caller's thread.

    `pq.read_table` lets threads of Arrow read and free a Python file's buffers; one that is still at it when the
    interpreter ends aborts the process (3 of 6 first `burnish demo` on a busy machine).
    """
    from burnish.storage import arrow

    with arrow.parquet_of_ours(source) as file:
        for batch in file.iter_batches(RecordsWriter.ROWS_PER_GROUP, use_threads=False):
            yield from batch.to_pylist()


def captions(row: Mapping[str, Any]) -> tuple[Caption, ...]:
    """The captions of a row, the original first, with everything that is known of them."""
    return tuple(_caption(c) for c in row["captions"])


def entities(row: Mapping[str, Any]) -> tuple[Entity, ...] | None:
    """The names that were linked in a pair, None if its run had no table of names."""
    packed = row.get("entities")
    if not packed:  # files of before they were kept have no such column
        return None
    return tuple(Entity(**{**entity, "forms": tuple(entity["forms"])}) for entity in orjson.loads(packed))


class Finished:
    """Finished records of a shard, found by pair: same ordinal, same image bytes, same text."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        """`rows` as `read` gives them."""
        self._rows = {(r["ordinal"], r["image_xxh128"]): r for r in rows}

    def get(self, pair: Pair) -> Record | None:
        """The finished record of `pair`, or None. Its picture is blank: it is only needed to ask, and nobody asks."""
        row = self._rows.get((pair.origin.ordinal, xxhash.xxh3_128_hexdigest(pair.image)))
        if row is None:
            return None
        record = _record(row, pair)
        texts = [caption.text for caption in record.captions]
        known, at = earlier(pair)
        same = texts[: len(known)] == [caption.text for caption in known] and texts[at] == pair.text
        return record if same else None


def _caption_row(caption: Caption) -> dict[str, Any]:
    text, raw = storable(caption.text)
    scores = [
        {
            "criterion": s.criterion,
            "value": s.value,
            "confidence": s.confidence,
            "state": str(s.state),
            "spread": s.spread,
            "reason": storable(s.reason)[0],
            "blind": s.blind,
        }
        for s in caption.scores
    ]
    return {
        "text": text,
        "raw": raw,
        "role": caption.role,
        "maker": caption.maker,
        "edits": edits_json(caption.edits),
        "verdict": caption.verdict,
        "scores": scores,
        "claims": claims_json(caption.claims),
    }


def _record(r: dict[str, Any], pair: Pair) -> Record:
    import numpy as np

    return Record(
        pair=pair,
        picture=Picture(
            rgb=np.zeros((1, 1, 3), np.uint8),
            width=r["width"],
            height=r["height"],
            format=r["format"],
            mode=r["mode"],
        ),
        view="",
        captions=captions(r),
        chosen=r["chosen"],
        decision=Decision(r["decision"]),
        reason=r["reason"],
        flags=tuple(r["flags"]),
        evidence=tuple(r.get("evidence") or ()),  # files of before it was kept have none
        entities=entities(r),
    )


def _caption(c: dict[str, Any]) -> Caption:
    return Caption(
        text=decode(base64.b64decode(c["raw"])) if c["raw"] else c["text"],
        role=c["role"],
        maker=c["maker"],
        edits=tuple(Edit(**e) for e in orjson.loads(c["edits"])),
        scores=tuple(Score(**{**s, "state": State(s["state"])}) for s in c["scores"]),
        claims=claims_from(c.get("claims")),  # files of before they were kept have none
        verdict=c["verdict"],
    )
