"""Real image-text pairs from Debian's `openclipart-svg` (public domain): rendered, with their words as found.

A pair's *stem* is its path below `<clipart>/svg` without `.svg`; bare file names repeat, paths do not.
Nothing is corrected here: titles keep their catalogue numbers, markup, foreign words and errors, because they
are what the built-in model must learn to judge.
"""

import hashlib
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from burnish.errors import MissingExtra

DEFAULT_CLIPART = Path("/usr/share/openclipart")
LONG_SIDE_PX = 384
SVG_DPI = 96.0  # resvg's default of 0 rejects sizes in pt and mm, about a fifth of the files
MIN_CONTRAST = 2.0  # standard deviation of the grey values below which a picture counts as blank
_SVG_NS = "http://www.w3.org/2000/svg"
_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF_LI = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
_LIBRARY = "Open Clip Art Library"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipArt:
    """One picture's words as found: `title`, `description`, `keywords` and `creator` may be empty."""

    stem: str
    path: Path
    title: str
    description: str
    keywords: tuple[str, ...]
    creator: str


def walk(clipart: Path = DEFAULT_CLIPART) -> list[ClipArt]:
    """Every SVG of the package with its words, sorted by stem."""
    root = clipart / "svg"
    return [read_words(path, root) for path in sorted(root.rglob("*.svg"))]


def read_words(path: Path, root: Path) -> ClipArt:
    """The words of one SVG; XML that does not parse is searched as text instead."""
    raw = path.read_bytes()
    try:
        # a package the user names, and expat itself bounds entity expansion
        title, description, keywords, creator = _words_of_tree(ET.fromstring(raw))  # noqa: S314
    except (ET.ParseError, LookupError, ValueError):  # bad XML, unknown encoding
        title, description, keywords, creator = _words_of_text(raw.decode("utf-8", "replace"))
    return ClipArt(
        stem=path.relative_to(root).with_suffix("").as_posix(),
        path=path,
        title=title,
        description=description,
        keywords=tuple(word for word in keywords if word.strip()),
        creator=creator,
    )


def _words_of_tree(tree: ET.Element) -> tuple[str, str, list[str], str]:
    work = next((node for node in tree.iter() if node.tag.endswith("}Work")), None)
    if work is None:
        title = next((node.text or "" for node in tree.iter() if node.tag.endswith("title")), "")
        return title, "", [], ""
    title = work.findtext(f"{_DC}title") or ""
    if title == _LIBRARY:  # the library's name where the picture's should be
        title = ""
    keywords = [node.text or "" for node in work.iter(_RDF_LI)]
    creator = work.find(f"{_DC}creator")
    name = "" if creator is None else " ".join("".join(creator.itertext()).split())
    return title, work.findtext(f"{_DC}description") or "", keywords, name


def _words_of_text(text: str) -> tuple[str, str, list[str], str]:
    found = re.search(r"<(?:dc:)?title[^>]*>([^<]*)<", text)
    description = re.search(r"<dc:description[^>]*>([^<]*)<", text)
    return (
        found[1] if found and found[1] != _LIBRARY else "",
        description[1] if description else "",
        re.findall(r"<rdf:li[^>]*>([^<]*)<", text),
        "",
    )


def render(svg: Path, long_side_px: int = LONG_SIDE_PX) -> npt.NDArray[np.uint8] | None:
    """The drawing as RGB uint8 (height, width, 3) over white, its long side `long_side_px`; None if it has none.

    Drawings that resvg refuses and blank ones give None.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise MissingExtra("rendering clip art", "train") from error
    text = svg.read_bytes().decode("utf-8", "replace")
    if f'"{_SVG_NS}"' not in text and f"'{_SVG_NS}'" not in text and "ENTITY" not in text:
        text = re.sub(r"<svg\b", f'<svg xmlns="{_SVG_NS}"', text, count=1)
    try:
        picture = _open(resvg_py.svg_to_bytes(text, width=long_side_px, background="#ffffff", dpi=SVG_DPI))
        if picture.height > long_side_px:
            picture = _open(resvg_py.svg_to_bytes(text, height=long_side_px, background="#ffffff", dpi=SVG_DPI))
    except (ValueError, OSError):
        return None
    pixels = np.asarray(picture, dtype=np.uint8)
    if min(pixels.shape[:2]) < 8 or float(pixels.mean(axis=2).std()) < MIN_CONTRAST:
        return None
    return pixels


def _open(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def _render_one(svg: Path) -> npt.NDArray[np.uint8] | None:
    return render(svg)


def pictures(arts: Sequence[ClipArt], processes: int = 2) -> Iterator[tuple[ClipArt, npt.NDArray[np.uint8]]]:
    """Each drawing that renders, once: exact duplicates (same pixels) keep the first stem in sorted order."""
    seen: set[bytes] = set()
    with ProcessPoolExecutor(processes) as pool:
        for art, pixels in zip(arts, pool.map(_render_one, [art.path for art in arts], chunksize=16), strict=True):
            if pixels is None:
                continue
            digest = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).digest()
            if digest not in seen:
                seen.add(digest)
                yield art, pixels
