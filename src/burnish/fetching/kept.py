"""What was fetched, on disk until its shard is committed: a stopped run fetches nothing twice and changes nothing.

One file a shard, only ever appended to: a checked line, then the bytes it speaks of. What is cut or damaged is as good
as not there. A cache beside the output and no part of it.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from burnish.fetching import Got, Missed, Result
from burnish.storage.stopping import stopping
from burnish.values import Reason

_MAX_LINE: Final = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    url: str
    start: int = 0
    size: int = 0
    sha256: str = ""
    missed: Missed | None = None


class Kept:
    """The results of one shard by row and URL. Written by one process at a time, by several of its threads."""

    def __init__(self, path: Path) -> None:
        """Reads what is there, cutting off a torn end. Raises `StopError` if the disk fails."""
        self._path = path
        self._lock = threading.Lock()
        self._entries: dict[int, _Entry] = {}
        with stopping("open", str(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+b")
            self._file.seek(0)
            self._end = self._load(self._file)
            self._file.truncate(self._end)

    def has(self, row: int, url: str) -> bool:
        """Whether there is a result for this URL in this row."""
        entry = self._entries.get(row)
        return entry is not None and entry.url == _digest(url)

    def get(self, row: int, url: str) -> Result | None:
        """The result for this URL in this row, None if there is none or its bytes are damaged."""
        with self._lock:
            entry = self._entries.get(row)
            if entry is None or entry.url != _digest(url):
                return None
            if entry.missed is not None:
                return entry.missed
            with stopping("read", str(self._path)):
                self._file.seek(entry.start)
                data = self._file.read(entry.size)
        return Got(data=data) if hashlib.sha256(data).hexdigest() == entry.sha256 else None

    def put(self, row: int, url: str, result: Result) -> None:
        """Keep a result. Raises `StopError` if the disk fails."""
        data = result.data if isinstance(result, Got) else b""
        head = {"row": row, "url": _digest(url), "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        if isinstance(result, Missed):
            head |= {"reason": str(result.reason), "detail": result.detail, "retryable": result.retryable}
        line = orjson.dumps(head)
        piece = b"%08x %b\n" % (zlib.crc32(line), line) + data + b"\n"
        with self._lock, stopping("write", str(self._path)):
            self._file.seek(0, 2)
            self._file.write(piece)
            self._file.flush()
            entry = _entry(head, self._end + len(piece) - len(data) - 1)
            self._entries[row] = entry
            self._end += len(piece)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._file.close()

    def _load(self, file: BinaryIO) -> int:
        """Take in every whole entry; gives the offset behind the last one."""
        size = file.seek(0, 2)
        at = file.seek(0)
        while line := file.readline(_MAX_LINE):
            head = _checked(line)
            start = at + len(line)
            if head is None or start + int(head["size"]) + 1 > size:
                return at
            self._entries[int(head["row"])] = _entry(head, start)
            at = file.seek(start + int(head["size"]) + 1)
        return at


def forget(path: Path) -> None:
    """Remove a file of kept results, if there is one. Raises `StopError` if the disk fails."""
    with stopping("remove", str(path)):
        path.unlink(missing_ok=True)


def _entry(head: dict[str, Any], start: int) -> _Entry:
    if "reason" in head:
        missed = Missed(
            reason=Reason(str(head["reason"])), detail=str(head["detail"]), retryable=bool(head["retryable"])
        )
        return _Entry(url=str(head["url"]), missed=missed)
    return _Entry(url=str(head["url"]), start=start, size=int(head["size"]), sha256=str(head["sha256"]))


def _checked(line: bytes) -> dict[str, Any] | None:
    """The content of a line, None unless it is exactly what was written."""
    check, _, body = line.removesuffix(b"\n").partition(b" ")
    if not line.endswith(b"\n") or check != b"%08x" % zlib.crc32(body):
        return None
    content: dict[str, Any] = orjson.loads(body)
    return content


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]
