"""Paid answers, on disk before they are used: what a crash, a stop or a repetition must not ask for again.

One file a shard, only ever appended to, each line with a checksum. A line that is cut or changed is as good as not
there: it is asked again. The files are a cache beside the output and no part of it: no commit speaks of them.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import orjson

from burnish.storage.layout import ANSWERS
from burnish.storage.places import locate
from burnish.storage.stopping import stopping
from burnish.values import Json

_USED = "used"


def answers_folder(output: str) -> Path:
    """Where the answers of the run into `output` lie: inside a local output, in the user's cache for a remote one."""
    place = locate(output)
    if place.fs is None:
        return place.local / ANSWERS
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "burnish" / "answers" / hashlib.sha256(output.encode()).hexdigest()[:16]


class AnswerFile:
    """The answers of one shard by key, and what they have cost. Written by one process at a time."""

    def __init__(self, path: Path) -> None:
        """Reads what is there. Raises `StopError` if it cannot be read."""
        self._path = path
        self.known: dict[str, Json] = {}
        self.used: Counter[str] = Counter()
        with stopping("read", str(path)):
            data = path.read_bytes() if path.exists() else b""
        self._torn = bool(data) and not data.endswith(b"\n")
        for line in data.splitlines():
            self._take(_checked(line))

    def append(self, answers: Mapping[str, Json], used: Mapping[str, int]) -> None:
        """Add answers and what they have cost; on stable storage when this returns."""
        line = orjson.dumps({"answers": dict(answers), _USED: dict(used)})
        with stopping("write", str(self._path)):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(b"\n" * self._torn + b"%08x %b\n" % (zlib.crc32(line), line))
                file.flush()
                os.fsync(file.fileno())
        self._torn = False
        self._take({"answers": dict(answers), _USED: dict(used)})

    def _take(self, entry: dict[str, Json]) -> None:
        answers, used = entry.get("answers", {}), entry.get(_USED, {})
        assert isinstance(answers, dict)
        assert isinstance(used, dict)
        self.known.update(answers)
        self.used.update({key: count for key, count in used.items() if isinstance(count, int)})


def spent(folder: Path) -> Counter[str]:
    """What all answers below `folder` have cost."""
    return sum((AnswerFile(path).used for path in sorted(folder.rglob("*.jsonl"))), start=Counter())


def _checked(line: bytes) -> dict[str, Json]:
    """The content of a line, {} unless it is exactly what was written."""
    check, _, body = line.partition(b" ")
    if check != b"%08x" % zlib.crc32(body):
        return {}
    content = orjson.loads(body)
    assert isinstance(content, dict)
    return content
