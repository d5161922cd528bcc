"""``burnish enhance``: the main job."""

from __future__ import annotations

from burnish.cli import _options as opt


def enhance(  # noqa: PLR0913 - options are arguments here
    src: opt.Source = None,
    *,
    output: opt.Output = None,
    store: opt.Store = None,
    backend: opt.Backend = None,
    recipe: opt.Recipe = None,
    explain: opt.Explain = None,
    blind: opt.Blind = None,
    ocr: opt.Ocr = None,
    fuse: opt.Fuse = None,
    assignments: opt.Assignments = None,
    config: opt.Config = None,
    workers: opt.Workers = None,
    limit: opt.Limit = None,
    price_in: opt.PriceIn = None,
    price_out: opt.PriceOut = None,
    max_cost: opt.MaxCost = None,
    max_tokens: opt.MaxTokens = None,
    dry_run: opt.DryRun = False,
    as_json: opt.Json = False,
) -> int:
    """Assess every pair, keep the good, rewrite the rest as little as needed, write all of them.

    The output has the source's form, keys, order and image bytes. The same command goes on after any stop.
    """
    from burnish.cli import _job, _settings

    flags = {
        "source": src,
        "output": output,
        "store": store,
        "backend": backend,
        "recipe": recipe,
        "explain": explain,
        "blind": blind,
        "ocr": ocr,
        "rewrite.fuse": fuse,
        "workers": workers,
        "limit": limit,
        "cost.price_in": price_in,
        "cost.price_out": price_out,
        "cost.max_cost": max_cost,
        "cost.max_tokens": max_tokens,
    }
    plan = _settings.resolve(flags, assignments or (), config).plan
    return _job.dry_run(plan, as_json=as_json) if dry_run else _job.run(plan, as_json=as_json)


COMMAND = enhance
