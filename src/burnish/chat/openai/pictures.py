"""Pictures as parts of a request: encoded and base64-ed once, however many questions are about one."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from burnish.values import Picture


class Pictures:
    """Pictures as ready JSON. Keeps those of the latest batch with any: the next one is often about the same pairs."""

    def __init__(self, image_format: str, jpeg_quality: int) -> None:
        """`image_format` is "jpeg" or "png" (lossless, about 5 times as large)."""
        self._format = image_format
        self._quality = jpeg_quality
        self._kept: dict[int, tuple[Picture, bytes]] = {}  # by id(): the picture is held, so its id stays its own

    def batch(self, pictures: Iterable[Picture]) -> dict[int, bytes]:
        """By id(picture) the JSON of its part of a request."""
        fresh: dict[int, tuple[Picture, bytes]] = {}
        for picture in pictures:
            if id(picture) not in fresh:
                fresh[id(picture)] = self._kept.get(id(picture)) or (picture, self.part(picture.rgb))
        self._kept = fresh or self._kept
        return {at: part for at, (_, part) in fresh.items()}

    def part(self, rgb: NDArray[np.uint8]) -> bytes:
        """The JSON of one image's part."""
        data = base64.b64encode(self._encoded(np.ascontiguousarray(rgb)))
        head = b'{"type":"image_url","image_url":{"url":"data:image/' + self._format.encode() + b";base64,"
        return head + data + b'"}}'

    def _encoded(self, rgb: NDArray[np.uint8]) -> bytes:
        if self._format == "jpeg":
            data: bytes = simplejpeg.encode_jpeg(rgb, quality=self._quality, colorspace="RGB")
            return data
        from PIL import Image

        sink = io.BytesIO()
        Image.fromarray(rgb).save(sink, "PNG", compress_level=1)
        return sink.getvalue()


def halved(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Half the sides, each pixel the mean of four; sides of one pixel stay."""
    height, width = (max(side // 2 * 2, 1) for side in rgb.shape[:2])
    rows, columns = (2 if side > 1 else 1 for side in (height, width))
    blocks = rgb[:height, :width].reshape(height // rows, rows, width // columns, columns, 3)
    return np.asarray(blocks.mean(axis=(1, 3)).round(), np.uint8)
