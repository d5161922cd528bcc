"""Records back into a shard: members as they were found, only the text and json members made anew."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Final

from burnish.columns import columns
from burnish.protocols import Outbox
from burnish.stores._strict_json import dumps, splice
from burnish.stores._tar.pack import TarSink, pack_member
from burnish.stores._tar.payload import Payload
from burnish.stores._tar.sides import write_sides
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import Member, Part
from burnish.texts import storable
from burnish.values import Json, Record, Shard

_BOM: Final = b"\xef\xbb\xbf"
_COPY_BYTES: Final = 1 << 20

Reopen = Callable[[], AbstractContextManager[Source]]


class TarShardWriter:
    """Writes one shard: ``<shard.name>`` in the outbox, and img2dataset's side files if the source has them."""

    def __init__(self, shard: Shard, outbox: Outbox, reopen: Reopen) -> None:
        """`reopen` opens the source shard again, for members too large to travel with their pair."""
        self._shard = shard
        self._outbox = outbox
        self._reopen = reopen
        self._again = ExitStack()
        self._source: Source | None = None
        self._sink = TarSink(outbox.create(shard.name), shard.name)
        self._ours: dict[str, Mapping[str, Json]] = {}

    def put(self, record: Record) -> None:
        """Append one record: its members in their order, then json and text if it had none."""
        payload = record.pair.payload
        assert isinstance(payload, Payload)
        ours = columns(record)
        self._ours.setdefault(record.pair.key, ours)
        text = None if payload.text >= 0 and record.caption.text == record.pair.text else record.caption.text
        for at, part in enumerate(payload.members):
            if at == payload.text and text is not None:
                self._sink.write(pack_member(part.member.name, _text_bytes(text)))
            elif at == payload.json:
                self._sink.write(pack_member(part.member.name, _json_bytes(part, ours, sound=payload.json_sound)))
            else:
                self._copy(part)
        if payload.json < 0:
            self._sink.write(pack_member(payload.stem + ".json", dumps(ours).encode()))
        if payload.text < 0:
            self._sink.write(pack_member(payload.stem + ".txt", _text_bytes(record.caption.text)))

    def finish(self) -> None:
        """End the archive and write the side files."""
        with self._again:
            self._sink.close()
        write_sides(self._shard, self._outbox, self._ours)

    def _copy(self, part: Part) -> None:
        if part.body is not None:
            self._sink.write(part.head, part.body)
        else:
            self._copy_again(part.member)
        self._sink.pad()

    def _copy_again(self, member: Member) -> None:
        if self._source is None:
            self._source = self._again.enter_context(self._reopen())
        stop = member.data + member.size
        for start in range(member.start, stop, _COPY_BYTES):
            self._sink.write(self._source.read(start, min(start + _COPY_BYTES, stop)))


def _text_bytes(text: str) -> bytes:
    return storable(text)[0].encode()


def _json_bytes(part: Part, ours: Mapping[str, Json], *, sound: bool) -> bytes:
    raw = part.body or b""
    if sound:
        return splice(raw.removeprefix(_BOM), ours)
    return dumps({"json_original_base64": base64.b64encode(raw).decode(), **ours}).encode()
