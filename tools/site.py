"""The site from docs/: ``python -m tools.site [--out site] [--stage DIR] [--pages]``.

What `mkdocs.yml` and the pages need beyond what they are in the repository is done in a copy: every page of figures
gets its place in the navigation, and files outside of docs/ that a page links to (tests, tables) lie below ``files/``.
The build is strict: a link or an anchor that leads nowhere ends it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import docs_cli, docs_figures, docs_systems, hazards

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
CONFIG = ROOT / "mkdocs.yml"
OUTSIDE = "files"
"""The folder of the site with what pages link to outside of docs/."""
FIGURES_ENTRY = "      - figures/README.md\n"

_LINK = re.compile(r"\]\((?P<path>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PAGE = re.compile(r"(?<![\w/.])[\w./-]+\.md\b")


class SiteError(Exception):
    """A page links to what is not there, or the build failed; the message says which."""


def pages() -> list[Path]:
    """Every page, relative to docs/."""
    return sorted(path.relative_to(DOCS) for path in DOCS.rglob("*.md"))


def configuration() -> str:
    """`mkdocs.yml` with the pages of figures behind their index."""
    text = CONFIG.read_text("utf-8")
    found = [page for page in pages() if page.parent == Path("figures") and page.name != "README.md"]
    assert text.count(FIGURES_ENTRY) == 1
    return text.replace(FIGURES_ENTRY, FIGURES_ENTRY + "".join(f"      - {page.as_posix()}\n" for page in found))


def navigation() -> list[Path]:
    """The pages of the navigation, relative to docs/, in its order."""
    return [Path(name) for name in _PAGE.findall(configuration().partition("\nnav:\n")[2])]


def stage(folder: Path) -> None:
    """Lay out in `folder` what is built. Raises `SiteError`."""
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("*.md", "*.html"))
    for whole in DOCS.rglob("*.html"):
        shutil.copyfile(whole, folder / "docs" / _beside(whole).relative_to(DOCS))
    for page in pages():
        target = folder / "docs" / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_within(page, (DOCS / page).read_text("utf-8"), folder), "utf-8")
    (folder / CONFIG.name).write_text(configuration(), "utf-8")


def _beside(whole: Path) -> Path:
    """Where a page goes that is HTML already: `arms.html` is what becomes of `arms.md`."""
    return whole.with_name(f"{whole.stem}.page.html")


def _within(page: Path, text: str, folder: Path) -> str:
    """`text` with its links out of docs/ turned to copies of what they lead to."""

    def turned(link: re.Match[str]) -> str:
        path, anchor = link["path"], link["anchor"] or ""
        if "://" in path or path.startswith("mailto:"):
            return link[0]
        wanted = Path(os.path.normpath(DOCS / page.parent / path))
        if not wanted.is_file():
            raise SiteError(f"docs/{page} links to {path}, which is no file")
        if wanted.is_relative_to(DOCS):
            name = _beside(wanted).name if wanted.suffix == ".html" else ""
            return f"]({Path(path).with_name(name)}{anchor})" if name else link[0]
        copy = Path(OUTSIDE, f"{wanted.relative_to(ROOT)}.txt")  # a browser shows text, and would save a .py
        (folder / "docs" / copy).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(wanted, folder / "docs" / copy)
        return f"]({os.path.relpath(copy, page.parent)}{anchor})"

    return _LINK.sub(turned, text)


def build(out: Path) -> None:
    """The site in `out`, which is replaced. Raises `SiteError`."""
    with tempfile.TemporaryDirectory() as folder:
        stage(Path(folder))
        command = [
            sys.executable,
            "-m",
            "zensical",
            "build",
            "--strict",
            "--clean",
            "-f",
            str(Path(folder, CONFIG.name)),
        ]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise SiteError(_COLOUR.sub("", f"{done.stdout}{done.stderr}").partition("Traceback")[0])
        shutil.rmtree(out, ignore_errors=True)
        shutil.move(Path(folder, "site"), out)


def write_pages() -> None:
    """Write all pages that programs write."""
    for tool in (docs_cli, docs_systems, docs_figures, hazards):
        tool.main()


def main() -> None:
    """Build, or lay out, or write the generated pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "site")
    parser.add_argument("--stage", type=Path, help="only lay out in this folder what would be built")
    parser.add_argument("--pages", action="store_true", help="only write the pages that programs write")
    given = parser.parse_args()
    try:
        if given.pages:
            write_pages()
        elif given.stage:
            stage(given.stage)
        else:
            build(given.out)
            print(f"{len(pages())} pages in {given.out}; next: python -m http.server -b 127.0.0.1 -d {given.out}")
    except SiteError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
