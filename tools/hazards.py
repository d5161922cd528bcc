"""Bring docs/hazards.md up to what the tests say: ``python -m tools.hazards``.

What a hazard is and what is done about it is written by hand. Where it is tested is taken from the test files and the
first sentence of their docstrings, what a figure came to from docs/figures/full_tier.json, with the time it took, and
how many mutants were noticed from docs/figures/mutation.json.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "hazards.md"
OUTCOMES = ROOT / "docs" / "figures" / "full_tier.json"
MUTATION = ROOT / "docs" / "figures" / "mutation.json"
HAZARDS = ROOT / "tests" / "hazards"

_ROW = re.compile(r"^\| (?P<number>\d+) \| (?P<hazard>[^|]*) \| (?P<done>[^|]*) \|(?P<tested>[^|]*)\|$")
_FIGURE = re.compile(r"^\| (?P<figure>F\d+) \| (?P<held>[^|]*) \| (?P<command>[^|]*) \|(?P<outcome>[^|]*)\|$")
_ABOUT = {"outcome", "date", "s", "cpu_s"}
_SECONDS = "All of them by themselves, one after the other: "
_SCORE = "The last count: "


def tests_of(number: int) -> list[Path]:
    """The test files of a hazard."""
    return sorted(HAZARDS.glob(f"test_h{number:03d}_*.py"))


def said(path: Path) -> str:
    """The first sentence of a test file's docstring, without its number."""
    text = " ".join((ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split())
    first = re.split(r"(?<=[.])\s", text, maxsplit=1)[0]
    return re.sub(r"^Hazards? [\d, and]+: ", "", first).replace("|", "\\|")


def tested(number: int, so_far: str) -> str:
    """The last cell of a hazard's row; what stands there by hand stays where there is no test."""
    files = tests_of(number)
    if not files:
        return so_far.strip()
    return "; ".join(f"[{said(file).rstrip('.')}](../{file.relative_to(ROOT)})" for file in files)


def outcome(tests: dict[str, dict[str, Any]]) -> str:
    """A figure's outcome over all of its tests: counts added up, the oldest day among them."""
    results = Counter(entry["outcome"] for entry in tests.values())
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for entry in tests.values():
        for name, value in entry.items():
            if name in _ABOUT:
                continue
            if isinstance(value, int):
                counts[name] += value
            else:
                words[name] = str(value)
    shown = [f"{name}: {count:,}" for name, count in counts.items()] + [f"{n}: {w}" for n, w in words.items()]
    seconds = sum(entry["s"] for entry in tests.values())
    state = ", ".join(f"{count} {name}" for name, count in sorted(results.items()))
    day = min(entry["date"] for entry in tests.values())
    return f"{'; '.join([*shown, f'tests: {state}'])} ({seconds:,} s, {day})"


@cache
def marked() -> dict[str, set[str]]:
    """Figures with the test files in which they are marked."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for figure in re.findall(r"mark\.full\(\"(F\d+)\"\)", path.read_text("utf-8")):
            found.setdefault(figure, set()).add(path.relative_to(ROOT).as_posix())
    return found


def left(figure: str, tests: Iterable[str]) -> list[str]:
    """The files of a figure none of whose tests are among `tests`."""
    return sorted(marked().get(figure, set()) - {test.partition("::")[0] for test in tests})


def seconds(outcomes: dict[str, dict[str, dict[str, Any]]]) -> str:
    """How long all tests of the full tier took, added up; the time of processors where it was measured."""
    entries = [entry for tests in outcomes.values() for entry in tests.values()]
    measured = [entry["cpu_s"] for entry in entries if "cpu_s" in entry]
    taken = f"{len(entries):,} tests in {sum(entry['s'] for entry in entries) / 60:.0f} minutes"
    if not measured:
        return f"{taken}."
    return f"{taken}; {len(measured):,} of them took {sum(measured) / 60:.0f} minutes of processor time."


def score(counted: dict[str, Any]) -> str:
    """What `tools.mutation` counted, by module."""
    by_module = []
    left = 0
    for name, tally in sorted(counted["modules"].items()):
        run = tally.get("noticed", 0) + tally.get("unnoticed", 0)
        by_module.append(f"{name} {tally.get('noticed', 0)} of {run}")
        left += tally.get("not run", 0)
    whole = "" if not left else f"; {left} more were not run"
    return (
        f"{counted['noticed']} of {counted['mutants']} noticed ({counted['score']:.1%}; {', '.join(by_module)}){whole}"
        f" ({counted['date']})."
    )


def page(text: str, outcomes: dict[str, dict[str, dict[str, Any]]]) -> str:
    """The page with its generated cells made anew."""
    lines = []
    for line in text.splitlines():
        if row := _ROW.match(line):
            cell = tested(int(row["number"]), row["tested"])
            lines.append(f"| {row['number']} | {row['hazard']} | {row['done']} | {cell} |")
        elif (row := _FIGURE.match(line)) and row["figure"] in outcomes:
            tests = outcomes[row["figure"]]
            cell = "; ".join([outcome(tests), *(f"not run yet: `{file}`" for file in left(row["figure"], tests))])
            lines.append(f"| {row['figure']} | {row['held']} | {row['command']} | {cell} |")
        elif line.startswith(_SECONDS):
            lines.append(_SECONDS + seconds(outcomes))
        elif line.startswith(_SCORE):
            lines.append(_SCORE + score(json.loads(MUTATION.read_text("utf-8"))))
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def outcomes() -> dict[str, dict[str, dict[str, Any]]]:
    """What the full tier came to the last time, by figure and test."""
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(OUTCOMES.read_text("utf-8")) if OUTCOMES.exists() else {}
    return found


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(page(PAGE.read_text("utf-8"), outcomes()), "utf-8")


if __name__ == "__main__":
    main()
