"""The marks of models for people, and as clip_benchmark's files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from burnish.evals.exams import Mark
from burnish.evals.judges_page import told
from burnish.values import Json

_HEAD = "| figure | value (95 %) | over seeds | knowing nothing | n |\n|---|---|---|---|---|"
_NOTE = "95 % intervals over pictures (bootstrap; of shares of yes and no Wilson's), over seeds: standard deviation."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """One exam taken, by whom (a model's identity), and its marks."""

    exam: str
    who: str
    marks: tuple[Mark, ...]


def terminal(sat: Sequence[Sat]) -> str:
    """Plain columns."""
    return "\n".join([*(line for each in sat for line in _plain(each)), f"{_NOTE} (docs/eval_models.md)"])


def page(sat: Sequence[Sat]) -> str:
    """Markdown."""
    parts = [f"## {each.exam}: {each.who}\n\n" + "\n\n".join(map(_table, each.marks)) for each in sat]
    return "\n\n".join(["# Models", f"How: `burnish eval models`. {_NOTE}", *parts]) + "\n"


def _plain(each: Sat) -> Iterator[str]:
    yield f"{each.exam}: {each.who}"
    for mark in each.marks:
        missing = f"; {mark.missing:,} could not be shown" if mark.missing else ""
        yield f" {mark.of}{missing}"
        for name, value, spread, chance, n in _rows(mark):
            beside = "" if chance == "-" else f", knowing nothing {chance}"
            yield f"  {name:<26}{value}, n {n}" + ("" if spread == "-" else f", over seeds {spread}") + beside


def _table(mark: Mark) -> str:
    missing = f" ({mark.missing:,} could not be shown)" if mark.missing else ""
    return f"{mark.of}{missing}\n\n{_HEAD}\n" + "\n".join(f"| {' | '.join(row)} |" for row in _rows(mark))


def _rows(mark: Mark) -> Iterator[tuple[str, str, str, str, str]]:
    for name, each in mark.figures.items():
        form = ".1%" if name not in mark.plain else ".3f"
        spread = "-" if each.spread is None else f"{each.spread:.3f}"
        chance = f"{mark.chance[name]:{form}}" if name in mark.chance else "-"
        yield name, told(each, form), spread, chance, f"{each.n:,}"


def standard(sat: Sequence[Sat], scenario: str) -> dict[str, dict[str, Json]]:
    """By clip_benchmark's name of a task, what it would have dumped."""
    found: dict[str, dict[str, Json]] = {}
    kind, _, source = scenario.partition(":")
    for each in sat:
        for mark in each.marks:
            if mark.task:
                architecture, _, weights = each.who.partition("/")
                row = found.setdefault(
                    mark.task,
                    {
                        "dataset": f"{kind}/{PurePath(source).name}" if source else kind,
                        "model": architecture,
                        "pretrained": weights,
                        "task": mark.task,
                        "metrics": {},
                        "language": "en",
                    },
                )
                metrics = row["metrics"]
                assert isinstance(metrics, dict)
                metrics |= dict(mark.standard)
    return found
