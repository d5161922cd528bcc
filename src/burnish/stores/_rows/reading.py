"""Items of one file of rows: a pair for each sound row whose image is there, a fault for each other line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from burnish.storage.folder import SourceFolder
from burnish.storage.stopping import stopping
from burnish.stores._numbering import Numbering
from burnish.stores._rows.entries import Entry, Form, Row
from burnish.stores._rows.files import fetch
from burnish.stores._rows.rules import Rules, not_a_text, text_of
from burnish.texts import storable
from burnish.values import Fault, ImageFault, Item, Json, Pair, Reason

_RAW_BYTES: Final = 64 << 10


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads the rows of a shard from a local copy at `path`; image names count from `folder`."""

    path: Path
    form: Form
    numbering: Numbering
    rules: Rules
    folder: SourceFolder
    max_image_bytes: int
    named: set[str] = field(default_factory=set)
    """Images named by rows so far, without ``./`` and doubled slashes; kept for image folders only."""

    def items(self) -> Iterator[Item]:
        """The rows in order."""
        with stopping("read", str(self.path)):
            for entry in self.form.entries(self.path):
                yield self._item(entry)

    def without_row(self, name: str) -> Item:
        """An image that no row names: a pair with an empty text."""
        found = fetch(self.folder, name, self.max_image_bytes)
        if isinstance(found, ImageFault):
            return self._fault(found, name, None)
        return self._pair(found, {}, Row(files=(name,)))

    def _item(self, entry: Entry) -> Item:
        if entry.fault is not None:
            reason, detail = entry.fault
            return self._fault(ImageFault(reason=reason, detail=detail), "", entry)
        names = tuple(self.rules.names(entry.fields))
        if self.rules.folder:
            self.named.update(str(PurePosixPath(name)) for name in names)
        if not names:
            detail = f"field {self.rules.image!r} names no image"
            return self._fault(ImageFault(reason=Reason.NO_IMAGE, detail=detail), "", entry)
        text = entry.fields.get(self.rules.text)
        if text_of(text) is None:
            wrong = not_a_text(self.rules.text, text)
            return self._fault(ImageFault(reason=Reason.BAD_LINE, detail=wrong), names[0], entry)
        found = fetch(self.folder, names[0], self.max_image_bytes)
        if isinstance(found, ImageFault):
            return self._fault(found, names[0], entry)
        return self._pair(found, entry.fields, Row(raw=entry.raw, at=entry.at, files=names))

    def _pair(self, image: bytes, row: Mapping[str, Json], payload: Row) -> Pair:
        given = row.get(self.rules.key) if self.rules.key else None
        key = payload.files[0] if given is None or isinstance(given, (list, dict)) else storable(str(given))[0]
        return Pair(
            origin=self.numbering.origin(),
            key=key,
            image=image,
            image_name=payload.files[0],
            text=text_of(row.get(self.rules.text)) or "",
            fields={name: value for name, value in row.items() if name not in {self.rules.image, self.rules.text}},
            flags=(*self.numbering.flags(key), *(("several_images",) if len(payload.files) > 1 else ())),
            payload=payload,
        )

    def _fault(self, why: ImageFault, name: str, entry: Entry | None) -> Fault:
        origin = self.numbering.origin()
        placed = entry is not None and entry.start >= 0
        return Fault(
            origin=origin,
            key=name[:200] or f"{origin.ordinal:09d}",
            reason=why.reason,
            detail=(f"{entry.place}: {why.detail}" if entry else why.detail)[:500],
            start=entry.start if entry and placed else -1,
            stop=entry.start + entry.size if entry and placed else -1,
            raw=entry.raw[:_RAW_BYTES] if entry else b"",
            raw_size=entry.size if entry else 0,
            members=(name,) if name else (),
        )
