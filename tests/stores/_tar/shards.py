"""Small shards for tests: built with `tarfile`, read with our store."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

from burnish.stores._tar.payload import Payload
from burnish.stores.webdataset import WebDatasetStore
from burnish.values import Fault, Gap, Item, Pair
from tests.builders import jpeg

BLOCK = 512


def triple(key: str, text: str = "a red apple", json: bytes = b'{"caption": "from json"}') -> list[tuple[str, bytes]]:
    return [(f"{key}.jpg", jpeg(len(key))), (f"{key}.json", json), (f"{key}.txt", text.encode())]


def triples(count: int) -> list[tuple[str, bytes]]:
    return [member for at in range(count) for member in triple(f"{at:09d}")]


def tar_bytes(members: Sequence[tuple[str, bytes] | tarfile.TarInfo], form: int = tarfile.PAX_FORMAT) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=form) as tar:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                tar.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            tar.addfile(info, io.BytesIO(member[1]))
    return sink.getvalue()


def spans_of(data: bytes) -> dict[str, tuple[int, int]]:
    """Where each member's last header starts and where its padding ends."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {m.name: (m.offset_data - BLOCK, m.offset_data + -(-m.size // BLOCK) * BLOCK) for m in tar}


def resummed(data: bytes, at: int) -> bytes:
    """`data` with the checksum of the header at `at` put right."""
    block = bytearray(data[at : at + BLOCK])
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return data[:at] + bytes(block) + data[at + BLOCK :]


def read(data: bytes, folder: Path, name: str = "00000.tar", **options: str) -> list[Item]:
    path = folder / name
    path.write_bytes(data)
    store = WebDatasetStore(str(path), options)
    return [item for shard in store.shards() for item in store.read(shard)]


def pairs(items: Sequence[Item]) -> list[Pair]:
    return [item for item in items if isinstance(item, Pair)]


def rows(items: Sequence[Item]) -> list[Fault | Gap]:
    return [item for item in items if not isinstance(item, Pair)]


def members(pair: Pair) -> list[str]:
    assert isinstance(pair.payload, Payload)
    return [part.member.name for part in pair.payload.members]
