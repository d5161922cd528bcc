"""A world for `benchmarks.hybrid_sweep`: one set of pictures with several captions, and exams about others."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from burnish.arms.exam import Exam
from burnish.arms.gallery import Gallery


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One kind of synthetic caption: the output that holds it beside the AltText, its role there, what made it."""

    name: str
    path: Path
    role: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """`exams` give the figures; `trials`, about pictures that are in neither, choose the share. `cut`: recall at how
    many is the figure. `facts`: counts.
    """

    name: str
    what: str
    arms: tuple[Arm, ...]
    gallery: Gallery
    exams: tuple[Exam, ...]
    trials: tuple[Exam, ...]
    cut: int
    facts: dict[str, Any]


def write_tar(folder: Path, pairs: Iterable[tuple[str, npt.NDArray[np.uint8], str]]) -> Path:
    """One shard of (key, RGB pixels, text) as PNG and txt, in a new folder that appears when it is whole."""
    if folder.exists():
        return folder
    made = folder.with_suffix(".made")
    made.mkdir(parents=True, exist_ok=True)
    with tarfile.open(made / "00000.tar", "w") as tar:
        for key, pixels, text in pairs:
            sink = io.BytesIO()
            Image.fromarray(pixels).save(sink, "PNG", compress_level=1)
            for ending, data in (("png", sink.getvalue()), ("txt", text.encode())):
                entry = tarfile.TarInfo(f"{key}.{ending}")
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
    made.rename(folder)
    return folder
