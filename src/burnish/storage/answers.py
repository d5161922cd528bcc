"""Paid answers, on disk before they are used: what a crash, a stop or a repetition must not ask for again.

One file a shard, only ever appended to, each line with a checksum. A line that is cut or changed is as good as not
there: it is asked again. The files are a cache beside the output and no part of it: no commit speaks of them.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from burnish.storage.appended import Appended
from burnish.storage.layout import ANSWERS
from burnish.storage.places import locate
from burnish.values import Json

_USED = "used"


def answers_folder(output: str) -> Path:
    """Where the answers of the run into `output` lie."""
    return cache_folder(output, ANSWERS)


def cache_folder(output: str, name: str) -> Path:
    """The cache `name` (as in `layout.CACHES`) of a run: in a local output, in the user's cache for a remote one."""
    place = locate(output)
    if place.fs is None:
        return place.local / name
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kind = name.rpartition("/")[2]
    return cache / "burnish" / kind / hashlib.sha256(output.encode()).hexdigest()[:16]


class AnswerFile:
    """The answers of one shard by key, and what they have cost. Written by one process at a time."""

    def __init__(self, path: Path) -> None:
        """Reads what is there. Raises `StopError` if it cannot be read."""
        self._file = Appended(path)
        self.known: dict[str, Json] = {}
        self.used: Counter[str] = Counter()
        for content in self._file.contents():
            self._take(content or {})

    def append(self, answers: Mapping[str, Json], used: Mapping[str, int]) -> None:
        """Add answers and what they have cost; on stable storage when this returns."""
        entry: dict[str, Json] = {"answers": dict(answers), _USED: dict(used)}
        self._file.append(entry)
        self._take(entry)

    def _take(self, entry: Mapping[str, Json]) -> None:
        answers, used = entry.get("answers", {}), entry.get(_USED, {})
        assert isinstance(answers, dict)
        assert isinstance(used, dict)
        self.known.update(answers)
        self.used.update({key: count for key, count in used.items() if isinstance(count, int)})


def spent(folder: Path) -> Counter[str]:
    """What all answers below `folder` have cost."""
    return sum((AnswerFile(path).used for path in sorted(folder.rglob("*.jsonl"))), start=Counter())


def entries(folder: Path) -> Iterator[tuple[Counter[str], Counter[str]]]:
    """Each batch of answers below `folder`: how many there are of which kind of reply, and what they have cost.

    A line at a time: what was answered is not kept. Raises `StopError` if a file cannot be read.
    """
    for path in sorted(folder.rglob("*.jsonl")):
        for found in Appended(path).contents():
            content = found or {}
            answers, used = content.get("answers", {}), content.get(_USED, {})
            assert isinstance(answers, dict)
            assert isinstance(used, dict)
            kinds = Counter(kind for answer in answers.values() if isinstance(answer, dict) for kind in answer)
            yield kinds, Counter({key: count for key, count in used.items() if isinstance(count, int)})
