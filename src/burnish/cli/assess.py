"""``burnish assess``: scores only."""

from __future__ import annotations

from burnish.cli import _options as opt


def assess(  # noqa: PLR0913 - options are arguments here
    src: opt.Source = None,
    *,
    output: opt.Output = None,
    store: opt.Store = None,
    backend: opt.Backend = None,
    assignments: opt.Assignments = None,
    config: opt.Config = None,
    workers: opt.Workers = None,
    limit: opt.Limit = None,
    dry_run: opt.DryRun = False,
    as_json: opt.Json = False,
) -> int:
    """Score every pair by every criterion and change no text: `enhance` with the recipe assess_only."""
    from burnish.cli import _job, _settings

    flags = {
        "source": src,
        "output": output,
        "store": store,
        "backend": backend,
        "recipe": "assess_only",
        "workers": workers,
        "limit": limit,
    }
    plan = _settings.resolve(flags, assignments or (), config).plan
    return _job.dry_run(plan, as_json=as_json) if dry_run else _job.run(plan, as_json=as_json)


COMMAND = assess
