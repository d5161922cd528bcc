"""Sources for `benchmarks.captioner`: held-out scenes, the same with blank pictures, scenes with an object in a colour
that training never showed it in, and scenes with names in their alt texts.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from PIL import Image

from benchmarks import planted
from burnish.scenes import compose
from burnish.scenes.scene import Scene
from tools.captioner_scenes import FIRST_SEED, fresh

NOISE = 0.5


def write(work: Path, pairs: int, others: int, seed: int) -> None:
    """The folders `scenes` and `blank` in `work`, with `pairs` scenes each, `fresh`, `named` and `named-blank` with
    `others`.

    Raises `ValueError` for a seed that training may have.
    """
    if seed >= FIRST_SEED:
        raise ValueError(f"scenes of seeds from {FIRST_SEED} on are for training, not for measuring")
    made = [compose.scene(seed, number, NOISE) for number in range(pairs)]
    for name in ("scenes", "blank", "fresh", "named", "named-blank"):
        (work / name).mkdir()
    planted.write(work / "scenes", made)
    planted.write(work / "blank", made, _white)
    planted.write(work / "fresh", islice(filter(fresh, _endless(seed + 1)), others))
    named = list(islice((scene for scene in _endless(seed + 2) if scene.alt.true_names), others))
    planted.write(work / "named", named)
    planted.write(work / "named-blank", named, _white)


def _endless(seed: int) -> Iterator[Scene]:
    return (compose.scene(seed, number, NOISE) for number in count())


def _white(scene: Scene) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (scene.width, scene.height), (255, 255, 255)).save(file, "PNG")
    return file.getvalue()
