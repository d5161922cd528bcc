"""Decisions as files that others read: labels for `burnish eval fit-threshold`, and everything as Parquet.

A label says whether the text as found is good. Where a decision does not say so there is none: see `Reviewed.good`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from burnish.review.decisions import Action, Event
from burnish.review.session import judged
from burnish.values import Json

COLUMNS = ("key", "good", "action", "text", "shard", "ordinal", "decision", "found", "chosen", "by", "version")

Row = dict[str, Json]


def rows(reviewed: Iterable[tuple[Mapping[str, Any], Event, int]]) -> list[Row]:
    """Every decided pair. `good` is 1, 0, or None; `text` is the one to be trained on, "" after a rejection."""
    found = []
    for row, event, version in reviewed:
        good = judged(row, event).good
        texts = {Action.ACCEPT: row["chosen"], Action.EDIT: event.text}
        found.append(
            {
                "key": row["key"],
                "good": None if good is None else int(good),
                "action": str(event.action),
                "text": texts.get(event.action, ""),
                "shard": event.shard,
                "ordinal": event.ordinal,
                "decision": row["decision"],
                "found": row["original"],
                "chosen": row["chosen"],
                "by": event.by,
                "version": version,
            }
        )
    return found


def as_jsonl(found: Sequence[Row]) -> bytes:
    """Pairs with a label, one object a line."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in found if row["good"] is not None)


def as_parquet(found: Sequence[Row]) -> bytes:
    """All decided pairs with all columns; `good` is null where a decision does not say."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = {"good": pa.int8(), "ordinal": pa.int64(), "version": pa.int64()}
    schema = pa.schema([(name, numbers.get(name, pa.string())) for name in COLUMNS])
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(row) for row in found], schema=schema), sink)
    return sink.getvalue()


FORMS: Mapping[str, Callable[[Sequence[Row]], bytes]] = {
    "labels.jsonl": as_jsonl,
    "decisions.parquet": as_parquet,
}
"""By the name under which the page gives them."""
