"""Progress on stderr: a live line on a terminal, one line every 30 s elsewhere, nothing with -q."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from burnish.cli import _log
from burnish.cli._show import duration
from burnish.plan import Plan
from burnish.storage.ledger import Counts

if TYPE_CHECKING:
    from rich.progress import Progress

EVERY_S = 30.0
SETTLE_S = 2.0
"""No speed is known before so much has passed since the first tick."""
_LOOK = 16
"""Pairs read to guess how many there are."""

Show = Callable[[Counts], None]


@contextmanager
def shown(plan: Plan) -> Iterator[Show]:
    """A function that takes the counts so far and shows them in the way that fits where stderr goes."""
    if _log.is_quiet():
        yield lambda _: None
    elif sys.stderr.isatty() and not _log.is_json():
        with _live(plan) as show:
            yield show
    else:
        yield _Lines().tick


class Pace:
    """Pairs a second since the first tick: what was done by earlier runs, or while a model was loaded, is no speed."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def rate(self, total: int, now: float) -> float:
        """Pairs a second, 0.0 while unknown: workers finish their first batches together, in no time as it were."""
        if self._first is None:
            self._first = (now, total)
        since, before = self._first
        return (total - before) / (now - since) if now - since >= SETTLE_S else 0.0


def line(counts: Counts, rate: float, expected: int | None) -> str:
    """One line of progress; the time left only where the number of pairs is known or estimated."""
    if not counts.total:
        return "waiting for the first pairs"
    left = (expected - counts.total) / rate if expected and expected > counts.total and rate else None
    of = f" of {expected:,}" if expected and expected >= counts.total else ""
    eta = f"  {duration(left)} left" if left is not None else ""
    speed = f"  {rate:,.1f}/s" if rate else ""
    numbers = f"kept {counts.kept:,} rewritten {counts.rewritten:,} passed {counts.passed:,}"
    return f"{counts.total:,}{of} pairs{speed}{eta}  {numbers} bad {counts.quarantined + counts.gaps:,}"


class _Lines:
    def __init__(self) -> None:
        self._pace = Pace()
        self._next = time.monotonic() + EVERY_S

    def tick(self, counts: Counts) -> None:
        now = time.monotonic()
        rate = self._pace.rate(counts.total, now)
        if now < self._next:
            return
        self._next = now + EVERY_S
        if _log.is_json():
            _log.LOGGER.info("progress", extra={"counts": counts.as_json()})
        else:
            typer.echo(line(counts, rate, None), err=True)


@contextmanager
def _live(plan: Plan) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    progress: Progress = Progress(
        BarColumn(bar_width=8), TextColumn("{task.description}", markup=False), console=console, transient=True
    )
    pace = Pace()
    with progress:
        task = progress.add_task("waiting for the first shard", total=None)
        expected = plan.limit or estimate(plan)

        def show(counts: Counts) -> None:
            text = line(counts, pace.rate(counts.total, time.monotonic()), expected)
            total = expected if expected and expected >= counts.total else None
            progress.update(task, completed=counts.total, total=total, description=text)

        yield show


def estimate(plan: Plan) -> int | None:
    """About how many pairs the source holds, from its size and its first pairs; None if that says nothing."""
    from burnish.cli import _sampling
    from burnish.stores import open_store

    store = open_store(plan.source, plan.store or None, plan.store_options)
    return _sampling.estimate_pairs(store, _LOOK)
