"""Lines of JSON with the images in files beside them, each image once however often its pair trains."""

from __future__ import annotations

import orjson

from burnish.mixing.forms._base import Made
from burnish.protocols import Outbox
from burnish.values import Json


class Beside:
    """One JSONL file and a folder of images."""

    def __init__(self, outbox: Outbox, lines: str, images: str) -> None:
        """`lines` is the name of the JSONL file, `images` the folder of the images."""
        self._outbox = outbox
        self._lines = outbox.create(lines)
        self._images = images
        self._written: set[str] = set()

    def image(self, made: Made) -> str:
        """The name of the sample's image file, written if it is not there yet. Copies of a pair share it."""
        name = f"{made.image_key}.{made.ending}"
        if name not in self._written:
            self._written.add(name)
            with self._outbox.create(f"{self._images}/{name}") as file:
                file.write(made.image)
        return name

    def line(self, row: dict[str, Json]) -> None:
        """Append a line."""
        self._lines.write(orjson.dumps(row) + b"\n")

    def finish(self) -> None:
        """Close the lines."""
        self._lines.close()
