"""Held-out clip art with its titles, and the titles spoilt in eleven ways: clipart:FOLDER, which holds svg/.

The drawings of Debian's `openclipart-svg` (public domain) that the built-in model was not trained on (part "test" of
its split), with the caption that its training would have given them. It takes the extra [train], which draws them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from burnish import edits
from burnish.errors import UsageError
from burnish.evals.scenarios import Given, NothingThereError
from burnish.evals.scenarios._spoiling import spoilt
from burnish.evals.trials import Item
from burnish.train.builtin import clipart as package
from burnish.train.builtin import split
from burnish.train.builtin.captions import captions
from burnish.values import Picture

MIN_WORDS = 2


def clipart(given: Given) -> Iterator[Item]:
    """The items. Raises `UsageError` for a folder without clip art, `NothingThereError` if none is held out."""
    folder = Path(given.source) if given.source else package.DEFAULT_CLIPART
    arts = package.walk(folder)
    if not arts:
        raise UsageError(
            f"{folder} holds no clip art (svg/**/*.svg).\n"
            "Install Debian's openclipart-svg, or name its folder: --scenario clipart:FOLDER"
        )
    held_out = split.load()["test"]
    named = {stem: texts[0] for stem, texts in captions(arts).items() if stem in held_out}
    wanted = [art for art in arts if given.takes(art.stem) and len(edits.words(named.get(art.stem, ""))) >= MIN_WORDS]
    wanted.sort(key=lambda art: hashlib.sha256(art.stem.encode()).digest())
    drawn = ((art, package.render(art.path, given.side_px)) for art in wanted)
    seen = ((art.stem, _picture(pixels), named[art.stem]) for art, pixels in drawn if pixels is not None)
    pairs = list(islice(seen, given.limit))
    if not pairs:
        raise NothingThereError(f"{folder} holds no drawing that the built-in model was not trained on, with a title.")
    yield from spoilt(pairs, given.seed)


def _picture(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Picture:
    height, width = pixels.shape[:2]
    return Picture(rgb=pixels, width=width, height=height, format="PNG", mode="RGB")


SCENARIO = clipart
