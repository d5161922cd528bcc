"""Debian's `tuxpaint-stamps-default` (GPL-2) as test set of another domain: read where installed, never shipped.

It takes no part in training, calibration or the choice of any setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from burnish.train.builtin.clipart import LONG_SIDE_PX, render

DEFAULT_STAMPS = Path("/usr/share/tuxpaint/stamps")
LANGUAGES = ("de", "fr", "es", "it", "nl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One captioned picture; `translations` by language code."""

    name: str
    caption: str
    translations: Mapping[str, str]
    pixels: npt.NDArray[np.uint8]

    @property
    def photo(self) -> bool:
        """A bitmap that is not a symbol, letter, digit or coin."""
        return self.name.endswith(".png") and not self.name.startswith("symbols/")

    @property
    def drawing(self) -> bool:
        """A vector drawing."""
        return self.name.endswith(".svg")


def read(folder: Path = DEFAULT_STAMPS) -> list[Stamp]:
    """Every stamp that has an English caption and can be shown, by name; mirrored copies are left out."""
    found = []
    for path in sorted(folder.rglob("*")):
        words = path.with_suffix(".txt")
        if path.suffix not in {".png", ".svg"} or "mirror" in path.stem or not words.exists():
            continue
        caption, *lines = words.read_text("utf-8", errors="replace").splitlines() or [""]
        pixels = _pixels(path)
        if caption.strip() and pixels is not None:
            told = (line.split(".utf8=", 1) for line in lines if ".utf8=" in line)
            translations = {code: text.strip() for code, text in told}
            name = path.relative_to(folder).as_posix()
            found.append(Stamp(name=name, caption=caption.strip(), translations=translations, pixels=pixels))
    return found


def _pixels(path: Path) -> npt.NDArray[np.uint8] | None:
    if path.suffix == ".svg":
        return render(path)
    with Image.open(path) as picture:
        ink = picture.convert("RGBA")
    page = Image.new("RGBA", ink.size, (255, 255, 255, 255))
    page.alpha_composite(ink)
    shown = page.convert("RGB")
    shown.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX))
    return np.asarray(shown)
