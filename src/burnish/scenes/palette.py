"""Colours that objects can be given, and finding one again in pixels.

An object's main colour is the hue that most of its coloured pixels have; those, and only those, are painted over, by
Pillow's integer HSV, with their light and shade kept. All hues are bytes (0..255).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from burnish.scenes import catalogue

COLOURS: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {
        "red": (0, 215, 225),
        "orange": (19, 235, 250),
        "yellow": (40, 215, 250),
        "green": (88, 200, 165),
        "blue": (159, 205, 215),
        "purple": (197, 170, 160),
        "pink": (234, 105, 252),
    }
)
"""Hue, saturation and value (bytes) of a colour's middle."""

_NEAR_HUE = 22
_COLOURED = 60
"""Saturation and value from which a pixel counts as coloured."""


@dataclass(frozen=True, slots=True, eq=False)
class _Painted:
    hsv: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    alpha: Image.Image


def painted(noun: str, colour: str) -> Image.Image:
    """The object's cut-out with its main colour changed to `colour`; "" leaves it as it is."""
    art = catalogue.cut_out(noun)
    if not colour:
        return art
    parts = _parts(noun)
    hue, saturation, value = COLOURS[colour]
    out = parts.hsv.astype(np.int32)
    mask = parts.mask
    middle = int(np.median(out[..., 2][mask]))
    out[..., 0][mask] = hue
    out[..., 1][mask] = np.clip(saturation + (out[..., 1][mask] - int(np.median(out[..., 1][mask]))) // 4, 40, 255)
    out[..., 2][mask] = np.clip(value + (out[..., 2][mask] - middle) // 2, 0, 255)
    fresh = np.asarray(Image.fromarray(out.astype(np.uint8), "HSV").convert("RGB"))
    painted = Image.fromarray(np.where(mask[..., None], fresh, np.asarray(art.convert("RGB"))))
    painted.putalpha(parts.alpha)
    return painted


@lru_cache(maxsize=128)
def _parts(noun: str) -> _Painted:
    art = catalogue.cut_out(noun)
    hsv = np.asarray(art.convert("RGB").convert("HSV"))
    alpha = art.getchannel("A")
    coloured = _coloured(hsv, np.asarray(alpha))
    return _Painted(hsv, coloured & (_hue_distance(hsv[..., 0], _main_hue(hsv, coloured)) <= _NEAR_HUE), alpha)


def _coloured(hsv: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (hsv[..., 1] >= _COLOURED) & (hsv[..., 2] >= _COLOURED) & (alpha >= 128)
    return found


def _main_hue(hsv: NDArray[np.uint8], mask: NDArray[np.bool_]) -> int:
    """The middle of the fullest window of hues, the circle closed."""
    counts = np.bincount(hsv[..., 0][mask], minlength=256)
    width = _NEAR_HUE
    windows = [int(np.take(counts, range(h - width, h + width + 1), mode="wrap").sum()) for h in range(256)]
    return int(np.argmax(windows))


def _hue_distance(hues: NDArray[np.uint8], hue: int) -> NDArray[np.int32]:
    apart = np.abs(hues.astype(np.int32) - hue)
    nearer: NDArray[np.int32] = np.minimum(apart, 256 - apart)
    return nearer


def found(rgba: Image.Image) -> str:
    """The palette's colour that most coloured pixels of a cut-out are nearest to; "" if it has no coloured ones."""
    hsv = np.asarray(rgba.convert("RGB").convert("HSV"))
    mask = _coloured(hsv, np.asarray(rgba.convert("RGBA").getchannel("A")))
    if not mask.any():
        return ""
    pixels = hsv[mask].astype(np.int32)
    votes = np.argmin([_apart(pixels, COLOURS[name]) for name in COLOURS], axis=0)
    return list(COLOURS)[int(np.bincount(votes, minlength=len(COLOURS)).argmax())]


def _apart(pixels: NDArray[np.int32], colour: tuple[int, int, int]) -> NDArray[np.int32]:
    hue = np.abs(pixels[:, 0] - colour[0])
    distance: NDArray[np.int32] = 4 * np.minimum(hue, 256 - hue) + np.abs(pixels[:, 1] - colour[1]) // 2
    return distance
