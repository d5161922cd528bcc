"""The page of `benchmarks.ablation`, from whatever cells are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from statistics import fmean, stdev
from typing import Any

ARMS = {"none": "no negatives", "rules": "negatives by rule", "teacher": "negatives by the teacher"}
TASKS = {"both": "scores and rewrites", "score": "scores only", "rewrite": "rewrites only"}
Reading = Callable[[Mapping[str, Any]], float | None]


def _read(*path: str) -> Reading:
    def reading(cell: Mapping[str, Any]) -> float | None:
        found: Any = cell
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found[0] if isinstance(found, list) else found

    return reading


JUDGE: dict[str, Reading] = {"AUC, all": _read("judge", "auc"), "Spearman": _read("judge", "spearman")}
EDITOR: dict[str, Reading] = {
    "gain on spoilt": _read("editor", "spoilt", "gain"),
    "right": _read("editor", "spoilt", "right"),
    "edit": _read("editor", "spoilt", "edit"),
    "harm to clean": _read("editor", "clean", "gain"),
    "clean untouched": _read("editor", "clean", "untouched"),
    "edit of clean": _read("editor", "clean", "edit"),
    "worth after gate and rewrite": _read("together", "after"),
}
TITLES: dict[str, Reading] = {
    "AUC, all": _read("judge", "auc"),
    "Spearman": _read("judge", "spearman"),
    "above its spoilt forms": _read("judge", "above"),
}
TITLE_EDITS: dict[str, Reading] = {
    "gain on spoilt": _read("editor", "spoilt", "gain"),
    "right": _read("editor", "spoilt", "right"),
    "edit": _read("editor", "spoilt", "edit"),
    "harm to good": _read("editor", "good", "gain"),
    "good untouched": _read("editor", "good", "untouched"),
    "edit of good": _read("editor", "good", "edit"),
}
NOT_CELLS = {"base": "nothing (the base)", "builtin": "the built-in model"}
"""What is asked beside the cells, and its name on the page."""


def page(found: Mapping[str, Any]) -> str:
    """Markdown."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    cells, test = found["cells"], found["test"]
    yield "# AITQE's ablation in the small"
    yield ""
    yield f"`python -m benchmarks.ablation CAPTIONER --work WORK`: **{len(cells)} of {found['planned']} cells done.**"
    yield f"Each is a fine-tuning of one base of 2.3 million parameters (a captioner of scenes), {found['steps']} steps"
    yield f"of {found['batch']} samples made from {found['scenes']} scenes of the seed's own, asked about"
    yield f"{test['scenes']} held-out scenes (seed {test['seed']}): each scene's clean text, its spoilt alt text and"
    yield f"a text made worse by a rule; of {test['rewritten']} scenes all texts are rewritten. Mean and standard"
    yield "deviation over training seeds; one seed has none. A dash: not trained for it, or no cell done. Gains are on"
    yield "the truth's scale of 1 to 5."
    yield ""
    base = {"base": found["base"]}
    yield from _table("As a judge", cells, base, JUDGE, ("both", "score"))
    yield from _table("As an editor", cells, base, EDITOR, ("both", "rewrite"))
    yield from _kinds("AUC by what is wrong with the text", cells, base)
    yield from _differences("Against no negatives, the same seeds", cells, {**JUDGE, **_of_spoilt(EDITOR)})
    yield from _clipart(found.get("clipart", {}))


def _clipart(told: Mapping[str, Any]) -> Iterator[str]:
    """The part about real titles; nothing if nothing was asked."""
    if "base" not in told:
        return
    cells = {name: one for name, one in told.items() if name not in NOT_CELLS}
    others = {name: told[name] for name in NOT_CELLS if name in told}
    judge, editor = told["base"]["judge"], told["base"]["editor"]
    yield "## On real clip art"
    yield ""
    yield f"{judge['pictures']} held-out drawings of openclipart with the titles that people gave them, each title"
    yield f"also in five of eleven spoilt forms (n {judge['n']}), asked of {len(cells)} cells, of the base and of the"
    yield "built-in model, which was trained on other drawings of that library. Truth: a title is good or spoilt. Of"
    yield f"{editor['good']['n']} drawings the title and one spoilt form are rewritten: gain is how much nearer to the"
    yield f"title the rewrite is than what was given, a share of words ({editor['spoilt']['edit_needed']} is needed)."
    yield ""
    yield from _table("As a judge of titles", cells, others, TITLES, ("both", "score"))
    yield from _table("As an editor of titles", cells, others, TITLE_EDITS, ("both", "rewrite"))
    yield from _kinds("AUC by what is wrong with the title", cells, others)
    yield from _differences("Titles, against no negatives", cells, {**TITLES, **_of_spoilt(TITLE_EDITS)})


def _of_spoilt(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    return {name: reading for name, reading in readings.items() if name == "gain on spoilt"}


def _table(
    title: str,
    cells: Mapping[str, Any],
    others: Mapping[str, Any],
    readings: Mapping[str, Reading],
    tasks: tuple[str, ...],
) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield f"| taught | negatives | seeds | {' | '.join(readings)} |"
    yield f"|---|---|---|{'---|' * len(readings)}"
    for task in tasks:
        for arm, negatives in ARMS.items():
            of_arm = _of(cells, arm, task)
            shown = [_spread([r(cell) for cell in of_arm]) for r in readings.values()]
            yield f"| {TASKS[task]} | {negatives} | {len(of_arm)} | {' | '.join(shown)} |"
    for name, one in others.items():
        yield f"| {NOT_CELLS[name]} | | | {' | '.join(_spread([r(one)]) for r in readings.values())} |"
    yield ""


def _of(cells: Mapping[str, Any], arm: str, task: str) -> list[Mapping[str, Any]]:
    return [cell for name, cell in cells.items() if name.startswith(f"{arm}-{task}-")]


def _kinds(title: str, cells: Mapping[str, Any], others: Mapping[str, Any]) -> Iterator[str]:
    """AUC of clean texts against each kind."""
    counts = {kind: count for kind, (_, count) in others["base"]["judge"]["auc_by_kind"].items()}
    yield f"## {title} (scores and rewrites taught)"
    yield ""
    yield f"| kind | n | {' | '.join((*ARMS.values(), *(NOT_CELLS[name] for name in others)))} |"
    yield f"|---|---|{'---|' * (len(ARMS) + len(others))}"
    for kind, count in counts.items():
        reading = _read("judge", "auc_by_kind", kind)
        shown = [_spread([reading(cell) for cell in _of(cells, arm, "both")]) for arm in ARMS]
        shown += [_spread([reading(one)]) for one in others.values()]
        yield f"| {kind.replace('_', ' ')} | {count} | {' | '.join(shown)} |"
    yield ""


def _differences(title: str, cells: Mapping[str, Any], readings: Mapping[str, Reading]) -> Iterator[str]:
    """Against no negatives, seed by seed."""
    yield f"## {title}"
    yield ""
    for (task, taught), arm, (name, reading) in product(TASKS.items(), ("rules", "teacher"), readings.items()):
        each = _paired(cells, arm, task, reading)
        if each:
            shown = ", ".join(f"{value:+.3f}" for value in each)
            yield f"- {taught}, {ARMS[arm]}, {name}: mean {fmean(each):+.3f} ({shown})"
    yield ""


def _paired(cells: Mapping[str, Any], arm: str, task: str, reading: Reading) -> list[float]:
    """By how much an arm reads more than no negatives, for each seed that has both."""
    found = []
    for name, cell in cells.items():
        if name.startswith(f"{arm}-{task}-"):
            other = cells.get(f"none-{task}-{name.rpartition('-')[2]}", {})
            with_, without = reading(cell), reading(other)
            found += [] if with_ is None or without is None else [with_ - without]
    return found


def _spread(values: list[float | None]) -> str:
    there = [value for value in values if value is not None]
    if not there:
        return "-"
    return f"{fmean(there):.3f}" + (f" ± {stdev(there):.3f}" if len(there) > 1 else "")
