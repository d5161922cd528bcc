"""Make the cut-outs of `src/burnish/scenes/objects/` again from Debian's `openclipart-svg`.

    python tools/make_scene_objects.py --clipart /usr/share/openclipart

Needs the extra [train] (resvg renders the drawings). `objects.tsv` in that folder says which drawing is what; the
pictures, `SHA256SUMS` and the versions in `README.md` follow from it. The same package and libraries give the
same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import re
from importlib.metadata import version
from pathlib import Path
from string import Template

import resvg_py
from PIL import Image

from burnish.scenes import catalogue
from burnish.train.builtin.clipart import SVG_DPI

OUT = Path(__file__).resolve().parents[1] / "src" / "burnish" / "scenes" / "objects"
README = Path(__file__).with_name("scene_objects_readme.md")
LONG_SIDE_PX = 120
RENDER_PX = 480
"""Drawings stand on pages of any size: rendered large, cut to what is drawn, then made small."""

_SVG_NS = "http://www.w3.org/2000/svg"


def cut_out(svg: Path) -> Image.Image:
    """The drawing as RGBA, cut to its opaque part, its long side `LONG_SIDE_PX`."""
    page = _render(svg.read_text(encoding="utf-8", errors="replace"), RENDER_PX)
    drawn = _drawn(page)
    wanted = RENDER_PX * RENDER_PX / max(drawn[2] - drawn[0], drawn[3] - drawn[1])
    if wanted > RENDER_PX:  # a small drawing on a large page
        page = _render(svg.read_text(encoding="utf-8", errors="replace"), min(round(wanted), 8 * RENDER_PX))
        drawn = _drawn(page)
    art = page.crop(drawn)
    scale = LONG_SIDE_PX / max(art.size)
    size = (max(1, round(art.width * scale)), max(1, round(art.height * scale)))
    return art.resize(size, Image.Resampling.LANCZOS)


def _render(text: str, width: int) -> Image.Image:
    if f'"{_SVG_NS}"' not in text and f"'{_SVG_NS}'" not in text and "ENTITY" not in text:
        text = re.sub(r"<svg\b", f'<svg xmlns="{_SVG_NS}"', text, count=1)
    return Image.open(io.BytesIO(resvg_py.svg_to_bytes(text, width=width, dpi=SVG_DPI))).convert("RGBA")


def _drawn(page: Image.Image) -> tuple[int, int, int, int]:
    """Where the page is more than a quarter opaque: faint shadows around a drawing are no part of it."""
    box = page.getchannel("A").point(lambda alpha: 255 * (alpha > 64)).getbbox()
    assert box is not None, "an empty drawing"
    return box


def write(clipart: Path) -> None:
    """All files of the folder but `objects.tsv`."""
    for thing in catalogue.objects():
        file = io.BytesIO()
        cut_out(clipart / thing.source).save(file, "WEBP", lossless=True, quality=100, method=6, exact=False)
        (OUT / thing.file).write_bytes(file.getvalue())
    versions = ", ".join(f"{name} {version(name)}" for name in ("resvg-py", "pillow"))
    text = Template(README.read_text(encoding="utf-8")).substitute(
        objects=len(catalogue.objects()), side=LONG_SIDE_PX, versions=versions
    )
    (OUT / "README.md").write_text(text, encoding="utf-8")
    files = sorted(path for path in OUT.iterdir() if path.name not in {"SHA256SUMS", "__init__.py", "__pycache__"})
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (OUT / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clipart", type=Path, default=Path("/usr/share/openclipart"))
    write(parser.parse_args().clipart)


if __name__ == "__main__":
    main()
