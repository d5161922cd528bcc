"""Bring docs/systems.md up to date: ``python -m tools.docs_systems``.

Titles, what is there and what is not stand in tools/systems.toml. Which files of the package cite a paper is read from
them: every "arXiv 1234.56789" in code and documents belongs to a system, or to the papers named at the end.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "systems.md"
TABLE = ROOT / "tools" / "systems.toml"
SUFFIXES = {".py", ".toml", ".html"}

_CITED = re.compile(r"arXiv(?:\.org/abs/|[\s:/]*)(\d{4}\.\d{5})((?:[;,]\s*\d{4}\.\d{5})*)", re.IGNORECASE)
_ID = re.compile(r"\d{4}\.\d{5}")
_HEAD = """\
# Systems and papers

burnish was begun with a list of {count} published systems: AITQE, 96 that stand near it, and seven on captions,
mixtures and evaluation. Of these {built} are built as far as they concern pairs of one image and one text, {part} in
part, and {left} are not. *Built* says that the method is there, documented and tested, on the data and at the size
that the pages behind the links say; no paper's results have been reproduced at its own scale. The code follows the
papers, not their code.

This page is written by `python -m tools.docs_systems`: what is said of a system stands in `tools/systems.toml`, which
files cite its paper is read from the code.
"""


def table() -> dict[str, Any]:
    """What is said by hand."""
    return tomllib.loads(TABLE.read_text("utf-8"))


def cited(paths: Iterable[Path]) -> dict[str, list[str]]:
    """Numbers of papers with the files that cite them, relative to the repository's root, sorted."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        text = path.read_text("utf-8")
        numbers = {number for hit in _CITED.finditer(text) for number in _ID.findall(hit[0])}
        for number in sorted(numbers):
            found.setdefault(number, []).append(path.relative_to(ROOT).as_posix())
    return found


def sources() -> list[Path]:
    """The files of the package that may cite a paper."""
    return [path for path in (ROOT / "src").rglob("*") if path.suffix in SUFFIXES]


def documents() -> list[Path]:
    """README and pages, but for the one made here."""
    return [ROOT / "README.md", *(path for path in (ROOT / "docs").rglob("*.md") if path != PAGE)]


def page() -> str:
    """The page, made anew."""
    told, files = table(), cited(sources())
    systems, left = told["system"], told["left"]
    states = [system["state"] for system in systems]
    unbuilt = sum(len(group["systems"]) for group in left)
    lines = [
        _HEAD.format(
            count=len(systems) + unbuilt, built=states.count("built"), part=states.count("part"), left=unbuilt
        ).rstrip(),
        *_sections("Built", [s for s in systems if s["state"] == "built"], files),
        *_sections("Built in part", [s for s in systems if s["state"] == "part"], files),
        "",
        "## Not built",
        *(line for group in left for line in _left(group)),
        "",
        "## Other papers that it rests on",
        "",
        *_others(told["cited"], files),
    ]
    return "\n".join(lines) + "\n"


def _sections(title: str, systems: Sequence[Mapping[str, Any]], files: Mapping[str, list[str]]) -> Iterator[str]:
    yield from ("", f"## {title}")
    for system in systems:
        yield from _section(system, files)


def _section(system: Mapping[str, Any], files: Mapping[str, list[str]]) -> Iterator[str]:
    number = system.get("arxiv", "")
    code = sorted({*files.get(number, []), *system.get("code", [])})
    yield from ("", f"### {system['name']}", "", f"*{system['title']}*{f' ({_arxiv(number)})' if number else ''}", "")
    yield f"- **There:** {system['there']}"
    yield f"- **Not there:** {system['lacks']}"
    yield f"- **Read on:** {', '.join(f'[{_title(name)}]({name})' for name in system['docs'])}"
    yield f"- **Code:** {_quoted(code)}"
    yield f"- **Tests:** {_quoted(system['tests'])}"


def _title(name: str) -> str:
    """A page's title; a table's name."""
    first = (PAGE.parent / name).read_text("utf-8").partition("\n")[0]
    return first.removeprefix("# ") if name.endswith(".md") else name


def _left(group: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"### {group['group']}", "", group["why"], "")
    yield from (f"- {name}: *{title}*" for name, title in group["systems"])


def _others(titles: Mapping[str, str], files: Mapping[str, list[str]]) -> Iterator[str]:
    for number, title in titles.items():
        where = f": {_quoted(files[number])}" if number in files else ""
        yield f"- {title} ({_arxiv(number)}){where}"


def _arxiv(number: str) -> str:
    return f"[arXiv {number}](https://arxiv.org/abs/{number})"


def _quoted(paths: Iterable[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
