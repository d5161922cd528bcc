"""Bring docs/figures/README.md up to the figures beside it: ``python -m tools.docs_figures``.

Which figures a command writes is said by hand, a row each; titles, links and days are read from the files, and what is
only in JSON is shown as tables below the mark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
PAGE = FIGURES / "README.md"
MARK = "<!-- from here on written by python -m tools.docs_figures -->"
ELSEWHERE = "told in"
"""In a row's command: another page shows these figures."""
MAX_ROWS = 24
MAX_LIST = 8
_ABOUT = {"command", "machine", "versions", "python", "webdataset"}

_ROW = re.compile(r"^\| `(?P<pattern>[^`|]+)` \| (?P<command>.*?) \|(?: (?P<files>\[.*?) \|)?$", re.MULTILINE)


def files(pattern: str) -> list[Path]:
    """The figures of a row, pages first."""
    found = [path for path in FIGURES.iterdir() if fnmatch(path.name, pattern) and path != PAGE]
    return sorted(found, key=lambda path: (path.suffix != ".md", path.name))


def rows(text: str) -> dict[str, str]:
    """Patterns of the table with their commands."""
    return {row["pattern"]: row["command"] for row in _ROW.finditer(text)}


def page(text: str) -> str:
    """The page with its generated cells and tables made anew."""
    by_hand = text.partition(MARK)[0].rstrip()
    linked = _ROW.sub(lambda row: f"| `{row['pattern']}` | {row['command']} | {_links(row['pattern'])} |", by_hand)
    return "\n".join([linked, "", MARK, *_tables(rows(by_hand))]) + "\n"


def _links(pattern: str) -> str:
    found = files(pattern)
    shown = [f"[{_title(path) if path.suffix == '.md' else path.suffix[1:]}]({path.name})" for path in found]
    days = sorted({day for path in found if path.suffix == ".json" for day in _days(_read(path))})
    return ", ".join([*shown, *days[-1:]])


def _title(path: Path) -> str:
    return path.read_text("utf-8").partition("\n")[0].removeprefix("# ")


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _days(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        yield from (str(value) for key, value in found.items() if key == "date")
    for value in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _days(value)


def _tables(commands: dict[str, str]) -> Iterator[str]:
    yield from ("## Figures without a page of their own",)
    for pattern, command in sorted(commands.items()):
        found = files(pattern)
        if any(path.suffix == ".md" for path in found) or ELSEWHERE in command:
            continue
        for path in found:
            if path.suffix == ".json":
                yield from _table(path)


def _table(path: Path) -> Iterator[str]:
    leaves = list(_leaves(_read(path), ()))
    yield from ("", f"### {path.stem.replace('_', ' ')}", "", "| what | value |", "|---|---|")
    yield from (f"| {' / '.join(names)} | {shown} |" for names, shown in leaves[:MAX_ROWS])
    if len(leaves) > MAX_ROWS:
        yield from ("", f"{len(leaves) - MAX_ROWS:,} more in [{path.name}]({path.name}).")


def _leaves(found: Any, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(found, dict):
        for key, value in found.items():
            if key not in _ABOUT:
                yield from _leaves(value, (*names, key.replace("_", " ").replace("|", "\\|")))
    elif isinstance(found, list):
        plain = [_shown(value) for value in found if not isinstance(value, dict | list)]
        if len(plain) == len(found) and plain:
            yield names, ", ".join(plain[:MAX_LIST]) + (", ..." if len(plain) > MAX_LIST else "")
        else:
            for number, value in enumerate(found, 1):
                yield from _leaves(value, (*names, str(number)))
    else:
        yield names, _shown(found)


def _shown(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}"
    return str(value).replace("|", "\\|")


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
