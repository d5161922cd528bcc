"""A whole run as a command: progress while it lasts, its log beside the output, the summary at its end."""

from __future__ import annotations

import time

import typer

from burnish.cli import _log, _progress, _settings, _show
from burnish.cli._log import LOGGER
from burnish.errors import BurnishError
from burnish.plan import Plan
from burnish.storage.ledger import Counts
from burnish.summary import Summary

TOO_MANY_BAD = 3


def run(plan: Plan, *, as_json: bool, retry: bool = False) -> int:
    """Run `plan`, print its summary, give the exit code."""
    summary = execute(plan, retry=retry)
    if retry and summary.shards_before == summary.shards and not as_json:
        typer.echo("nothing had failed: nothing was done again")
    typer.echo(_show.as_json(summary) if as_json else _show.summary(summary))
    code = exit_code(summary)
    if code == TOO_MANY_BAD:
        _warn(summary)
    if not as_json:
        typer.echo(_show.next_command(summary, retry=retry))
    return code


def execute(plan: Plan, *, retry: bool = False) -> Summary:
    """Run `plan` with progress on stderr and events in the log."""
    plan = _settings.needed(plan)
    from burnish import engines

    started = time.monotonic()
    with _log.beside(plan.output) as log, _progress.shown(plan) as show:
        LOGGER.info("run started", extra={"reason": "retry" if retry else ""})

        def tick(counts: Counts) -> None:
            log.open()
            show(counts)

        try:
            summary = engines.run(plan, on_progress=tick, retry=retry)
        except BurnishError as error:
            LOGGER.info("run stopped", extra={"reason": str(error), "ms": _ms(started), "exit_code": error.exit_code})
            raise
        log.open()
        extra = {"counts": summary.counts.as_json(), "ms": _ms(started), "exit_code": exit_code(summary)}
        LOGGER.info("run done", extra=extra)
    return summary


def exit_code(summary: Summary) -> int:
    """0, or 3 if the share of bad pairs is over the plan's `max_bad`."""
    counts = summary.counts
    bad = (counts.quarantined + counts.gaps) / max(1, counts.total)  # 29 of 100 are 0.29; 0.29 * 100 is less than 29
    return TOO_MANY_BAD if bad > summary.plan.max_bad else 0


def _warn(summary: Summary) -> None:
    counts = summary.counts
    bad = counts.quarantined + counts.gaps
    enough = -(-100 * bad // counts.total) / 100  # rounded up: a run with it ends with 0
    typer.echo(
        f"warning: {bad:,} of {counts.total:,} are bad, more than max_bad = {summary.plan.max_bad:.0%} allows.\n"
        f"They are in quarantine with their reasons; if that is as expected: --set max_bad={enough:.2f}",
        err=True,
    )


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1_000)


def dry_run(plan: Plan, *, as_json: bool) -> int:
    """Try a sample of `plan` for real, print what the whole run would do; writes nothing."""
    from burnish.cli import _dry_run, _trial

    trial = _trial.attempt(_settings.needed(plan))
    typer.echo(_dry_run.as_json(trial) if as_json else _dry_run.report(trial))
    return 0
