"""The truth of a set of scenes, read back from wherever the pairs went: found by the image file or by its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import xxhash

from burnish import images
from burnish.errors import UsageError
from burnish.scenes.scene import Scene, from_json
from burnish.scenes.writing import FIELD, PIXELS, digest
from burnish.stores import open_store
from burnish.values import Pair, Picture


@dataclass(slots=True)
class Truth:
    """Scenes by the digest of the image file (`by_file`) and of the picture decoded to some size (`by_pixels`)."""

    by_file: dict[str, Scene] = field(default_factory=dict)
    by_pixels: dict[str, Scene] = field(default_factory=dict)

    def of_picture(self, picture: Picture) -> Scene | None:
        """The scene of a decoded picture, or None."""
        return self.by_pixels.get(digest(picture.rgb))


def load(source: str, side_px: int = 0) -> Truth:
    """The truth of all scenes in a source: what `burnish scenes` wrote, or an output of burnish made from it.

    Pictures are looked up as decoded with their long side at most `side_px`; 0: whole. Raises `UsageError` if no pair
    has a scene.
    """
    truth = Truth()
    for pair, scene in scenes(source):
        truth.by_file[xxhash.xxh3_128_hexdigest(pair.image)] = scene
        truth.by_pixels[_pixels(pair, scene, side_px)] = scene
    if not truth.by_file:
        raise UsageError(
            f"no pair of {source} says what its picture shows.\nMake pairs that do with: burnish scenes -o OUT"
        )
    return truth


def scenes(source: str) -> Iterator[tuple[Pair, Scene]]:
    """The pairs of a source that are scenes, each with its truth."""
    store = open_store(source)
    for shard in store.shards():
        for item in store.read(shard):
            if isinstance(item, Pair) and isinstance(text := item.fields.get(FIELD), str):
                yield item, from_json(text)


def _pixels(pair: Pair, scene: Scene, side_px: int) -> str:
    """The digest that the writer stored where the picture is seen whole, else of the picture made that small."""
    stored = pair.fields.get(PIXELS)
    if isinstance(stored, str) and not 0 < side_px < max(scene.width, scene.height):
        return stored
    picture = images.decode(pair.image, side_px or max(scene.width, scene.height))
    if not isinstance(picture, Picture):
        raise UsageError(f"{pair.key}: the picture of this scene cannot be decoded: {picture.detail}.")
    return digest(picture.rgb)
