"""What ``burnish mix`` does between its options and its table."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import typer

from burnish import plan as plans
from burnish.cli import _log
from burnish.errors import UsageError
from burnish.mixing import forms, presets, reading
from burnish.mixing.mixture import Mixture
from burnish.mixing.run import foresee, mix
from burnish.mixing.shares import Report, Share

EVERY_S = 10.0
_WARN = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One use of the command."""

    mixture: Mixture
    sources: tuple[str, ...]
    output: str
    workers: int
    limit: int


def preset_text(name: str | None) -> str:
    """The preset as it stands in its file."""
    if name is None:
        raise UsageError(f"--show needs --preset: {', '.join(presets.names())}")
    return presets.text(name)


def mixture(path: str | None, preset: str | None, given: Mapping[str, Any], assignments: Sequence[str]) -> Mixture:
    """The mixture that a command line names, changed by its options."""
    changes = [*map(plans.override, assignments), given]
    if (path is None) == (preset is None):
        raise UsageError(
            f"give either --mixture FILE or --preset NAME: {', '.join(presets.names())}.\n"
            "A mixture of your own may begin as: burnish mix --preset clip --show > mixture.toml"
        )
    found = reading.load(path, changes) if path is not None else reading.preset(preset or "", changes)
    forms.load(found.form)
    return found


def run(call: Call, *, dry_run: bool, as_json: bool) -> str:
    """Do it; what is to be printed."""
    if not call.sources and not any(source.path for _, _, source in call.mixture.entries()):
        raise UsageError("nothing to mix: give a source.\nExample: burnish mix better -o train --preset clip")
    bound = reading.bind(call.mixture, call.sources)
    if dry_run:
        found = foresee(bound, limit=call.limit)
    elif call.output:
        found = mix(bound, call.output, workers=call.workers, limit=call.limit, on_shard=_progress())
    else:
        raise UsageError("say where to write with -o TRAIN, or look first with --dry-run.")
    if as_json:
        return orjson.dumps(found.as_json()).decode()
    return "\n".join([*lines(bound, found), _next(call, dry_run=dry_run)])


def lines(mixture: Mixture, found: Report) -> Iterator[str]:
    """The report for people."""
    about = mixture.about
    if about.what:
        yield f"{about.what}"
        yield f"  {about.source}: {about.sure}"
    yield f"{found.samples:,} samples from {found.pairs:,} pairs, seed {mixture.seed}, epoch {mixture.epoch}"
    yield f"  {'of':<16} {'what':<16} {'asked':>8} {'possible':>9} {'got':>8} {'95 %':>7} {'samples':>12}"
    yield from map(_row, found.shares)
    yield from _notes(found)


def _row(share: Share) -> str:
    margin = f"±{100 * share.margin:.2f}" if share.margin else "exact"
    shown = f"{share.asked:>8.2%} {share.possible:>9.2%} {share.got:>8.2%} {margin:>7} {share.samples:>12,}"
    return f"  {share.within:<16} {share.name:<16} {shown}"


def _notes(found: Report) -> Iterator[str]:
    for source, bins in found.repeats.items():
        if len(bins) > 1:
            shown = ", ".join(f"{name}: {times:.3g}x" for name, times in bins.items())
            yield f"  {source}, pairs by score: {shown}"
    reasons = {
        "no_caption": "no usable caption",
        "not_drawn": "not drawn (weights under 1)",
        "not_kept": "left to others of their group or beyond a quota (keep)",
    }
    for reason, number in found.left_out.items():
        yield f"  left out: {number:,} {reasons.get(reason, reason)}"
    if found.levels:
        yield "  levels: " + ", ".join(f"{level}: {number:,}" for level, number in found.levels.items())
    yield from _beside(found)
    largest = found.largest
    if largest is None:
        return
    points = 100 * abs(largest.off)
    yield f"largest difference from what was asked: {points:.2f} points ({largest.name} of {largest.within})"
    if abs(largest.off) > _WARN:
        why = "pairs lack captions of some roles" if abs(largest.possible - largest.asked) > _WARN else "few samples"
        yield f"  more than 1 point: {why}"


def _beside(found: Report) -> Iterator[str]:
    """What stands in no table."""
    if found.respelt:
        yield f"  {found.respelt:,} texts said <image> or the like, which trainers take for a place: now < image>"
    if found.faults:
        yield f"  {found.faults:,} could not be read and are in .burnish/quarantine"


def _next(call: Call, *, dry_run: bool) -> str:
    if dry_run:
        return "next: the same command without --dry-run"
    return f"next: burnish verify {shlex.quote(call.output)}"


def _progress() -> Callable[[int, int], None]:
    """A line on stderr now and then."""
    last = time.monotonic()

    def tell(done: int, whole: int) -> None:
        nonlocal last
        if not _log.is_quiet() and time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            typer.echo(f"{done:,} of {whole:,} shards", err=True)

    return tell
