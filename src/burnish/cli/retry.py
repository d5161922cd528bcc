"""``burnish retry``: what failed, once more."""

from __future__ import annotations

from burnish.cli import _options as opt


def retry(out: opt.OutputFolder, *, workers: opt.Workers = None, as_json: opt.Json = False) -> int:
    """Do again what failed in OUT, and only that: repaired pairs take their place in the same shards.

    For failures that may pass: a source that was repaired, a model that was out of order.
    """
    from dataclasses import replace

    from burnish import runs
    from burnish.cli import _job

    plan = runs.plan_of(out)
    if workers is not None:
        plan = replace(plan, workers=workers)
    return _job.run(plan, as_json=as_json, retry=True)


COMMAND = retry
