"""Parquet with the images inside, as `datasets` writes them: ``image`` with bytes and path, ``text`` what trains."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from burnish.mixing.forms._base import Made, Setup
from burnish.protocols import Outbox

_GROUP_ROWS = 1_000
_GROUP_BYTES = 64 << 20


class ParquetForm:
    """One Parquet file a shard. Memory is bounded by a row group of at most 1,000 samples or 64 MiB."""

    glob: ClassVar[str] = "**/*.parquet"
    tags: ClassVar[tuple[str, ...]] = ()

    def __init__(self, outbox: Outbox, setup: Setup) -> None:
        """Creates the file."""
        import pyarrow.parquet as pq

        self._setup = setup
        self._file = outbox.create(f"{setup.stem}.parquet")
        self._schema = _schema(setup.roles)
        self._table = pq.ParquetWriter(self._file, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0

    def put(self, made: Made) -> None:
        """Append one row."""
        image = {"bytes": made.image, "path": f"{made.key}.{made.ending}"}
        self._rows.append({"image": image, **made.columns(self._setup)})
        self._bytes += len(made.image)
        if len(self._rows) >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()

    def finish(self) -> None:
        """Write what is left and the footer."""
        self._flush()
        self._table.close()
        self._file.close()

    def __del__(self) -> None:
        """A file that was given up is not finished: pyarrow would write a footer to a sink that may be closed."""
        if hasattr(self, "_table"):
            self._table.is_open = False

    def _flush(self) -> None:
        if self._rows:
            from burnish.storage import arrow

            self._table.write_table(arrow.table(self._rows, self._schema))
            self._rows, self._bytes = [], 0


def _schema(roles: tuple[str, ...]) -> Any:
    """The columns, and the note by which `datasets` knows an image. `captions` is a struct: one text a role."""
    import pyarrow as pa

    kinds = {
        "image": pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
        **dict.fromkeys(("key", "text", "role", "maker"), pa.string()),
        "score": pa.float64(),
        "alignment": pa.int64(),
        **dict.fromkeys(("group", "source", "source_key"), pa.string()),
        **dict.fromkeys(("turn", "piece", "pieces"), pa.int64()),
        "captions": pa.struct([(role, pa.string()) for role in roles]),
    }
    features: dict[str, Any] = {
        name: {"dtype": "float64" if name == "score" else str(kind), "_type": "Value"} for name, kind in kinds.items()
    }
    features["image"] = {"_type": "Image"}
    features["captions"] = {role: {"dtype": "string", "_type": "Value"} for role in roles}
    note = json.dumps({"info": {"features": features}})
    return pa.schema(list(kinds.items()), metadata={"huggingface": note})


FORM = ParquetForm
