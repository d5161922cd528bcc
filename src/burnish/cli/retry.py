"""``burnish retry``: what failed, once more."""

from __future__ import annotations

from burnish.cli import _options as opt


def retry(
    out: opt.OutputFolder,
    *,
    engine: opt.Engine = None,
    workers: opt.Workers = None,
    assignments: opt.How = None,
    as_json: opt.Json = False,
) -> int:
    """Do again what failed in OUT, and only that: repaired pairs take their place in the same shards.

    For failures that may pass: a source that was repaired, a model that was out of order.
    """
    from burnish import plan as plans
    from burnish import runs
    from burnish.cli import _job

    flags = {key: value for key, value in (("engine", engine), ("workers", workers)) if value is not None}
    plan = runs.plan_of(out, *map(plans.override, assignments or ()), flags)
    return _job.run(plan, as_json=as_json, retry=True)


COMMAND = retry
