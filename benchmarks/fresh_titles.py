"""Texts of drawings that nobody read while the editor's rules were written: the ground of a fresh hold-out.

The package openclipart-svg alone has too few titles left, so the rest are SVG drawings of tango-icon-theme and
tuxpaint-stamps-default that say themselves that they are in the public domain (all three unpacked below one folder
with `dpkg-deb -x`). A text is its lower-case words without digits. Titles that stand anywhere in the split (train,
dev, test, first hold-out, sample pool) are out; so are descriptions that are a title of the package or stand in train
or dev. Of drawings that share a text the one with the lowest hash of salt and path is in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from burnish.train.builtin import clipart, split

SALT = "burnish fresh titles 1"
OPENCLIPART = "usr/share/openclipart"
_PUBLIC_DOMAIN = re.compile(
    rb"licenses/publicdomain|publicdomain/zero|web\.resource\.org/cc/PublicDomain", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fresh:
    """One text as found ("title" or "description") with its drawing; `stem` is the path below the unpacked folder."""

    stem: str
    kind: str
    text: str
    rgb: npt.NDArray[np.uint8]


def draw(unpacked: Path) -> Iterator[Fresh]:
    """One drawing a text, titles before descriptions, each in the order of hashes; what does not render is out."""
    library = clipart.walk(unpacked / OPENCLIPART)
    others = [*_public_domain(unpacked / "usr/share/icons"), *_public_domain(unpacked / "usr/share/tuxpaint")]
    parts = split.load()
    in_split = frozenset[str]().union(*parts.values())
    learned = parts["train"] | parts["dev"]
    used = {words_of(art.title) for art in library if art.stem in in_split}
    yield from _drawn([*library, *others], "title", used, unpacked)
    used = {words_of(art.title) for art in library}
    used |= {words_of(art.description) for art in library if art.stem in learned}
    yield from _drawn([art for art in library if art.stem not in learned], "description", used, unpacked)


def words_of(text: str) -> str:
    """What makes two texts the same: lower-case words without digits."""
    return " ".join(re.findall(r"[^\W\d_]+", text.lower()))


def _public_domain(root: Path) -> list[clipart.ClipArt]:
    paths = [path for path in sorted(root.rglob("*.svg")) if not path.is_symlink()]
    return [clipart.read_words(path, root) for path in paths if _PUBLIC_DOMAIN.search(path.read_bytes())]


def _drawn(arts: list[clipart.ClipArt], kind: str, used: set[str], unpacked: Path) -> Iterator[Fresh]:
    def place(art: clipart.ClipArt) -> bytes:
        return hashlib.sha256(f"{SALT} {art.path.relative_to(unpacked).as_posix()}".encode()).digest()

    taken = set(used)
    for art in sorted(arts, key=place):
        text = " ".join((art.title if kind == "title" else art.description).split())
        key = words_of(text)
        if not key or key in taken:
            continue
        rgb = clipart.render(art.path)
        if rgb is not None:
            taken.add(key)
            stem = art.path.relative_to(unpacked).with_suffix("").as_posix()
            yield Fresh(stem=stem, kind=kind, text=text, rgb=rgb)
