"""Scenes whose alt texts a benchmark has made, written as a source and read back decoded."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

import orjson

from burnish import images
from burnish.scenes import draw, truth, writing
from burnish.scenes.compose import MAX_SIDE_PX
from burnish.scenes.scene import Scene
from burnish.values import Pair, Picture

Known: TypeAlias = "tuple[Pair, Picture, Scene]"


def write(folder: Path, scenes: Iterable[Scene], drawn: Callable[[Scene], bytes] = draw.png) -> None:
    """The scenes, as they are, as one shard that the oracle can read its truth from; `drawn` gives a picture's file."""
    with tarfile.open(folder / "00000.tar", "w") as tar:
        for scene in scenes:
            key, image = f"{scene.seed:05d}{scene.number:05d}", drawn(scene)
            body = orjson.dumps(writing.fields(scene, key, image))
            for name, data in (("png", image), ("json", body), ("txt", scene.alt.text.encode())):
                entry = tarfile.TarInfo(f"{key}.{name}")
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))


def read(folder: str) -> list[Known]:
    """All pairs with their pictures and scenes."""
    known = []
    for pair, scene in truth.scenes(folder):
        picture = images.decode(pair.image, MAX_SIDE_PX)
        assert isinstance(picture, Picture)
        known.append((pair, picture, scene))
    return known
