"""Pages of docs/figures made from the measured json: nothing is typed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks import limits

COMMAND = "python -m benchmarks.{module} --work DIR --clipart DIR"
SMALL, LARGE = 6_000, 24_000


def data_path_page(results: dict[str, Any]) -> str:
    """docs/figures/data_path.md."""
    parts = [
        "# The data path without a model",
        f"Made by `{COMMAND.format(module='data_path')}`. Whole processes, start included, {_two_workers()}",
        "CPU is user and system time of all processes; memory is the largest sum of proportional set sizes.",
    ]
    for name, section in (("peers", _peers), ("juicer", _juicer), ("cost", _cost), ("workers", _workers)):
        if name in results:
            parts += [section(results[name]), _machine(results[name])]
    return "\n\n".join(parts) + "\n"


def _two_workers() -> str:
    return "two workers each, tools in turns; medians over the rounds, smallest and largest of several in brackets."


def _row(runs: list[dict[str, float]], pairs: int) -> str:
    rates, costs = [pairs / r["wall_s"] for r in runs], [r["cpu_s"] / pairs * 1e3 for r in runs]
    return f"{_spread(rates, ',.0f')} | {_spread(costs, '.2f')} | {median(r['peak_mb'] for r in runs):.0f}"


def _spread(values: Sequence[float], form: str) -> str:
    """The median, and the smallest and the largest where there is more than one."""
    shown = f"{median(values):{form}}"
    return shown if len(values) == 1 else f"{shown} ({min(values):{form}}-{max(values):{form}})"


def _table(runs: dict[str, list[dict[str, float]]]) -> str:
    head = "| tool | pairs | pairs/s | CPU ms a pair | peak MB |\n|---|---|---|---|---|\n"
    rows = []
    for name, values in runs.items():
        tool, _, pairs = name.rpartition(" ")
        rows.append(f"| {tool} | {int(pairs):,} | {_row(values, int(pairs))} |")
    return head + "\n".join(rows)


def _of(runs: dict[str, list[dict[str, float]]], name: str, key: str) -> float:
    return median(r[key] for r in runs[name])


def _peers(part: dict[str, Any]) -> str:
    runs, ours = part["runs"], f"burnish {LARGE}"
    others = [name for name in runs if not name.startswith("burnish")]
    lines = []
    for key, what in (("wall_s", "pairs/s"), ("cpu_s", "CPU")):
        best = min(others, key=lambda name: _of(runs, name, key))
        ratio = _of(runs, best, key) / _of(runs, ours, key)
        lines.append(f"- Against the best of them by {what} ({best.split()[0]}): **{ratio:.2f}x**.")
    memory = _of(runs, ours, "peak_mb") / _of(runs, f"datatrove {LARGE}", "peak_mb")
    lines.append(f"- Peak memory against datatrove: {memory:.2f}x.")
    growth = _of(runs, ours, "peak_mb") / _of(runs, f"burnish {SMALL}", "peak_mb") - 1
    lines.append(f"- Peak memory from {SMALL:,} to {LARGE:,} pairs: {growth:+.1%}.")
    lines += _share(part)
    text = "The tools decode with Pillow and neither sync nor keep a journal; burnish does both."
    return "\n".join(["## Beside other tools", "", text, "", _table(runs), "", *lines, "", _limit(part)])


def _share(part: dict[str, Any]) -> list[str]:
    runs = part["runs"]
    limit_us = sum(us for _, us in limits.best(part["limit"]).values())
    whole_us = _of(runs, f"burnish {LARGE}", "cpu_s") / LARGE * 1e6
    marginal_s = _of(runs, f"burnish {LARGE}", "cpu_s") - _of(runs, f"burnish {SMALL}", "cpu_s")
    marginal_us = marginal_s / (LARGE - SMALL) * 1e6
    share = (
        f"- Share of the physical limit ({limit_us:.0f} us of CPU a pair): {limit_us / whole_us:.0%} with start-up,"
        f" {limit_us / marginal_us:.0%} of each further pair ({whole_us:.0f} and {marginal_us:.0f} us)."
    )
    return [share]


def _limit(part: dict[str, Any]) -> str:
    return "### The physical limit, measured after the last round\n\n" + limits.table(part["limit"])


def _juicer(part: dict[str, Any]) -> str:
    runs = part["runs"]
    juicer, ours = f"data_juicer {SMALL}", f"burnish {SMALL}"
    wall, cpu = (_of(runs, juicer, key) / _of(runs, ours, key) for key in ("wall_s", "cpu_s"))
    text = (
        "Data-Juicer runs six operators of its own (size, aspect ratio, text length, word repetition, special"
        " characters, perceptual hash), reads image files and writes JSONL without images."
    )
    line = f"- Whole process: **{wall:.1f}x** in time, {cpu:.1f}x in CPU."
    return "\n".join(["## Beside Data-Juicer", "", text, "", _table(runs), "", line])


def _cost(part: dict[str, Any]) -> str:
    runs = part["runs"]
    least, first, last = sorted(int(name.split()[1]) for name in runs)
    cpu = {n: _of(runs, f"burnish {n}", "cpu_s") for n in (least, first, last)}
    early, late = ((cpu[n] - cpu[least]) / (n - least) * 1e6 for n in (first, last))
    memory = _of(runs, f"burnish {last}", "peak_mb") / _of(runs, f"burnish {first}", "peak_mb") - 1
    inside = [run["growth"] for run in runs[f"burnish {last}"] if "growth" in run]
    text = (
        "Images of 32 px, 1,000 pairs a shard, the same ten shards again and again under new shard names: what is not"
        " decoding shows most. Start-up is in the table, and taken out below by the run of the fewest pairs."
    )
    cost = (
        f"- CPU of each further pair: {early:.0f} us up to {first:,} pairs, {late:.0f} us up to {last:,}"
        f" (**{late / early - 1:+.1%}**)."
    )
    lines = ["## Cost of a pair as the run grows", "", text, "", _table(runs), "", cost]
    lines.append(f"- Peak memory from {first:,} to {last:,} pairs: {memory:+.1%}.")
    if inside:
        lines.append(f"- Memory within the run of {last:,}, second quarter to last quarter: **{median(inside):+.1%}**.")
    return "\n".join(lines)


def _workers(part: dict[str, Any]) -> str:
    runs = part["runs"]
    ratio = _of(runs, "workers 1", "wall_s") / _of(runs, "workers 2", "wall_s")
    cpu = _of(runs, "workers 2", "cpu_s") / _of(runs, "workers 1", "cpu_s")
    head = "| workers | pairs/s | CPU ms a pair | peak MB |\n|---|---|---|---|\n"
    rows = [f"| {name.split()[1]} | {_row(values, LARGE)} |" for name, values in runs.items()]
    text = (
        f"- {LARGE:,} pairs: {ratio:.2f}x with two workers, at {cpu:.2f}x the CPU. Each worker has a decoding child,"
        " so one worker already uses more than one core."
    )
    return "\n".join(["## Workers", "", head + "\n".join(rows), "", text])


def _machine(part: dict[str, Any]) -> str:
    machine = dict(part["machine"])
    peers = machine.pop("peers", {})
    rest = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in machine.items())
    others = ", ".join(f"{key} {value}" for key, value in peers.items())
    note = f"n = {part['rounds']} rounds. {rest}. The machine was shared: compare only within a table."
    return f"{note} Peers: {others}." if others else note
