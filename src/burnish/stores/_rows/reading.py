"""Items of one file of rows: a pair for each sound row whose image is there, a fault for each other line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from burnish.storage.folder import SourceFolder
from burnish.storage.stopping import stopping
from burnish.stores._rows.files import fetch
from burnish.stores._rows.lines import Line, lines
from burnish.stores._rows.rules import Rules
from burnish.stores._strict_json import StrictJsonError, parse
from burnish.texts import storable
from burnish.values import Fault, ImageFault, Item, Json, Origin, Pair, Reason, Shard

_RAW_BYTES: Final = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A pair's row as it stands in the file (empty for an image without a row), and all image files it names."""

    raw: bytes
    files: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads the rows of `shard` from a local copy at `path`; image names count from `folder`."""

    path: Path
    shard: Shard
    source: str
    rules: Rules
    folder: SourceFolder
    max_image_bytes: int
    named: set[str] = field(default_factory=set)
    """Images named by rows so far, without ``./`` and doubled slashes; kept for image folders only."""
    _ordinal: int = 0
    _seen: set[int] = field(default_factory=set)

    def items(self) -> Iterator[Item]:
        """The rows in order."""
        with stopping("read", self.shard.path), self.path.open("rb") as file:
            for line in lines(file):
                yield self._item(line)

    def without_row(self, name: str) -> Item:
        """An image that no row names: a pair with an empty text."""
        found = fetch(self.folder, name, self.max_image_bytes)
        if isinstance(found, ImageFault):
            return self._fault(found, name, None)
        return self._pair(found, {}, Row(raw=b"", files=(name,)))

    def _item(self, line: Line) -> Item:
        try:
            row = parse(line.raw) if line.size == len(line.raw) else None
        except StrictJsonError as error:
            return self._fault(ImageFault(reason=Reason.BAD_LINE, detail=str(error)), "", line)
        if row is None:
            return self._fault(ImageFault(reason=Reason.BAD_LINE, detail=f"{line.size:,} bytes long"), "", line)
        names = tuple(self.rules.names(row))
        if self.rules.folder:
            self.named.update(str(PurePosixPath(name)) for name in names)
        if not names:
            detail = f"field {self.rules.image!r} names no image"
            return self._fault(ImageFault(reason=Reason.NO_IMAGE, detail=detail), "", line)
        found = fetch(self.folder, names[0], self.max_image_bytes)
        if isinstance(found, ImageFault):
            return self._fault(found, names[0], line)
        return self._pair(found, row, Row(raw=line.raw, files=names))

    def _pair(self, image: bytes, row: dict[str, Json], payload: Row) -> Pair:
        given = row.get(self.rules.key) if self.rules.key else None
        key = payload.files[0] if given is None or isinstance(given, (list, dict)) else storable(str(given))[0]
        text = row.get(self.rules.text)
        return Pair(
            origin=self._origin(),
            key=key,
            image=image,
            image_name=payload.files[0],
            text=text if isinstance(text, str) else "",
            fields={name: value for name, value in row.items() if name not in {self.rules.image, self.rules.text}},
            flags=(*self._duplicate(key), *(("several_images",) if len(payload.files) > 1 else ())),
            payload=payload,
        )

    def _fault(self, why: ImageFault, name: str, line: Line | None) -> Fault:
        origin = self._origin()
        place = f"line {line.number}: " if line else ""
        return Fault(
            origin=origin,
            key=name[:200] or f"{origin.ordinal:09d}",
            reason=why.reason,
            detail=(place + why.detail)[:500],
            start=line.start if line else -1,
            stop=line.start + line.size if line else -1,
            raw=line.raw[:_RAW_BYTES] if line else b"",
            raw_size=line.size if line else 0,
            members=(name,) if name else (),
        )

    def _duplicate(self, key: str) -> tuple[str, ...]:
        # Hashes, not keys: memory stays flat over 10 million rows. A false alarm needs a 64-bit collision.
        before = len(self._seen)
        self._seen.add(hash(key))
        return () if len(self._seen) > before else ("duplicate_key",)

    def _origin(self) -> Origin:
        origin = Origin(source=self.source, shard=self.shard.name, ordinal=self._ordinal)
        self._ordinal += 1
        return origin
