"""From a scene to its picture. Everything is integer work of Pillow's: the same Pillow draws the same pixels.

Lettering is Pillow's own built-in font, so no font of the machine is used; it needs Pillow with FreeType (every wheel).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

from burnish.scenes import palette
from burnish.scenes.scene import Box, Chart, Scene, Sign

_Paint: TypeAlias = Callable[[Image.Image], None]

_INK = (25, 25, 25)
_BOARD = (255, 250, 225)
_BAR = (90, 110, 140)
_BAND_PX = 24


def _flat(colour: tuple[int, int, int]) -> _Paint:
    def paint(image: Image.Image) -> None:
        image.paste(colour, (0, 0, *image.size))

    return paint


def _striped(image: Image.Image) -> None:
    _flat((238, 240, 246))(image)
    for left in range(0, image.width, 2 * _BAND_PX):
        image.paste((205, 212, 226), (left, 0, min(left + _BAND_PX, image.width), image.height))


def _checkered(image: Image.Image) -> None:
    _flat((244, 241, 235))(image)
    for top in range(0, image.height, _BAND_PX):
        for left in range(_BAND_PX * (top // _BAND_PX % 2), image.width, 2 * _BAND_PX):
            image.paste((216, 208, 196), (left, top, left + _BAND_PX, top + _BAND_PX))


def _dotted(image: Image.Image) -> None:
    _flat((250, 246, 250))(image)
    pen = ImageDraw.Draw(image)
    for top in range(4, image.height, _BAND_PX):
        for left in range(4 + _BAND_PX // 2 * (top // _BAND_PX % 2), image.width, _BAND_PX):
            pen.ellipse((left, top, left + 6, top + 6), fill=(214, 200, 222))


GROUNDS: Mapping[str, _Paint] = MappingProxyType(
    {
        "white": _flat((255, 255, 255)),
        "gray": _flat((200, 203, 206)),
        "beige": _flat((240, 230, 205)),
        "striped": _striped,
        "checkered": _checkered,
        "dotted": _dotted,
    }
)
"""What a background can be; the word is its adjective in captions. None has a colour that objects can have."""


def draw(scene: Scene) -> Image.Image:
    """The scene's picture, RGB."""
    image = Image.new("RGB", (scene.width, scene.height))
    GROUNDS[scene.ground](image)
    for group in scene.groups:
        art = palette.painted(group.noun, group.colour)
        for box in group.boxes:
            small = art.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.LANCZOS)
            image.paste(small, box[:2], small)
    if scene.sign is not None:
        _draw_sign(image, scene.sign)
    if scene.chart is not None:
        _draw_chart(image, scene.chart)
    return image


def png(scene: Scene) -> bytes:
    """The picture as a PNG file: the same pixels everywhere, the same bytes with the same Pillow and zlib."""
    file = io.BytesIO()
    draw(scene).save(file, "PNG")
    return file.getvalue()


def _draw_sign(image: Image.Image, sign: Sign) -> None:
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = sign.box
    post = (left + right) // 2
    pen.rectangle((post - 3, top, post + 3, bottom - 1), fill=(110, 75, 40))
    board = (left, top, right - 1, top + (bottom - top) * 2 // 3)
    pen.rectangle(board, fill=_BOARD, outline=(110, 75, 40), width=4)
    _write(pen, sign.text, (left + 8, board[1] + 4, right - 8, board[3] - 4))


def _draw_chart(image: Image.Image, chart: Chart) -> None:
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = chart.box
    pen.rectangle((left, top, right - 1, bottom - 1), fill=(255, 255, 255), outline=_INK, width=2)
    _write(pen, chart.title, (left + 6, top + 4, right - 6, top + 26))
    base, room = bottom - 12, bottom - top - 46
    step = (right - left - 24) // len(chart.values)
    for place, value in enumerate(chart.values):
        start = left + 14 + place * step
        pen.rectangle((start, base - room * value // 9, start + step * 2 // 3, base), fill=_BAR, outline=_INK)
    pen.line((left + 8, base, right - 8, base), fill=_INK, width=2)


def _write(pen: ImageDraw.ImageDraw, text: str, box: Box) -> None:
    """`text` in the middle of `box`, as large as it fits."""
    for size in range(box[3] - box[1], 6, -1):
        font = ImageFont.load_default(size)
        edges = pen.textbbox((0, 0), text, font=font)
        width, height = edges[2] - edges[0], edges[3] - edges[1]
        if width <= box[2] - box[0] and height <= box[3] - box[1]:
            break
    left = box[0] + (box[2] - box[0] - width) // 2 - edges[0]
    top = box[1] + (box[3] - box[1] - height) // 2 - edges[1]
    pen.text((left, top), text, fill=_INK, font=font)
