"""What `benchmarks.hybrid_sweep` keeps in its work folder, so that a stopped sweep goes on where it was: pictures as
the proxy saw them, texts as it read them, and each training's outcome under a digest of all that can change it.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from burnish.arms.exam import Exam
from burnish.arms.gallery import Gallery, gallery
from burnish.proxy import Epoch, Proxy

Hits = list[npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """One training: the figure on the trials and on the exams, all measures by exam, and what was found there."""

    trial: float
    exam: float
    measures: dict[str, dict[str, float]]
    hits: Hits


def looked(work: Path, sources: Sequence[Path], proxy: Proxy) -> Gallery:
    """The pictures of `sources`, looked at once for all runs of the command."""
    path = work / f"looked-{_digest(proxy.identity, *map(_files, sources))}.pickle"
    if not path.exists():
        _write(path, pickle.dumps(gallery([str(source) for source in sources], proxy)))
    found = pickle.loads(path.read_bytes())  # noqa: S301 - a file this command wrote
    assert isinstance(found, Gallery)
    return found


def trained(work: Path, told: str, make: Callable[[], Run]) -> Run:
    """The outcome of the training that `told` says everything of; made only if it is not there."""
    path = work / "trained" / f"{told}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        run = make()
        hits = ["".join("01"[int(found)] for found in hit) for hit in run.hits]
        content = {"trial": run.trial, "exam": run.exam, "measures": run.measures, "hits": hits}
        _write(path, json.dumps(content).encode())
    known: dict[str, Any] = json.loads(path.read_bytes())
    hits = [np.array([found == "1" for found in hit], np.float64) for hit in known.pop("hits")]
    return Run(hits=hits, **known)


def about(proxy: Proxy, seen: Gallery, exams: Sequence[Exam], cut: int) -> str:
    """The part of a training's digest that all trainings of a world share."""
    asked = [part for exam in exams for part in (exam.name, *exam.texts, exam.pictures.tobytes())]
    return _digest(proxy.identity, seen.seen.tobytes(), *asked, str(cut))


def of(shared: str, epochs: Sequence[Epoch], seed: int) -> str:
    """The digest of one training: `shared` by its world, its samples in order, its seed."""
    samples = [part for epoch in epochs for part in (*epoch.texts, epoch.pictures.tobytes())]
    return _digest(shared, *samples, str(seed))


def read(work: Path, proxy: Proxy) -> Proxy:
    """The proxy as `wrote` left it, with all that it knew of texts; as it is if nothing was left."""
    path = _reader(work, proxy)
    if not path.exists():
        return proxy
    found: Proxy = pickle.loads(path.read_bytes())  # noqa: S301 - a file this command wrote
    return found


def wrote(work: Path, proxy: Proxy) -> None:
    """Keep what the proxy knows."""
    _write(_reader(work, proxy), pickle.dumps(proxy))


def _reader(work: Path, proxy: Proxy) -> Path:
    """By the class as it is written, too: one that was changed cannot take up what an older one left."""
    return work / f"read-{_digest(proxy.identity, inspect.getsource(type(proxy)))}.pickle"


def _files(source: Path) -> str:
    """What lies in a source: names and sizes. Its files are written once and not changed."""
    found = (path for path in source.rglob("*") if path.is_file() and ".burnish" not in path.parts)
    return json.dumps(sorted((str(path.relative_to(source)), path.stat().st_size) for path in found))


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


def _digest(*parts: str | bytes) -> str:
    made = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        made.update(len(raw).to_bytes(8, "little") + raw)
    return made.hexdigest()[:32]
