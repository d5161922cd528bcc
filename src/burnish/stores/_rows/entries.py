"""What the forms of rows have in common: one entry a row, and what is asked of a form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from burnish.protocols import Outbox
from burnish.stores._rows.rules import Fields, Rules
from burnish.values import Json, Reason, Record, Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A pair's row: its bytes as they stand in the file, or its place in a table (row group, row); neither for an image
    without a row. `files` are all image files it names.
    """

    raw: bytes = b""
    at: tuple[int, int] | None = None
    files: tuple[str, ...] = ()

    @property
    def fresh(self) -> bool:
        """Whether no row of the source names the image."""
        return not self.raw and self.at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row as found. `fault` says why it cannot be used, `place` where it stands, in words; `start` and `size` are
    bytes, of which `raw` holds all or the first 64 KiB. `at` as in `Row`.
    """

    place: str
    fields: Mapping[str, Json] = field(default_factory=dict)
    fault: tuple[Reason, str] | None = None
    start: int = -1
    size: int = 0
    raw: bytes = b""
    at: tuple[int, int] | None = None


class Sink(Protocol):
    """Writes the rows of one shard; the images are not its business."""

    def put(self, row: Row, record: Record) -> None:
        """Append one row."""
        ...

    def finish(self) -> None:
        """Write what is left, and close the file."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How rows lie in a file: a look at its fields, its entries from a local copy, and a writer of the same form."""

    look: Callable[[Shard], Fields]
    entries: Callable[[Path], Iterator[Entry]]
    sink: Callable[[Shard, Outbox, Rules], Sink]
