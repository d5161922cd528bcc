"""``burnish enhance``: the main job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from burnish.cli import _options as opt

if TYPE_CHECKING:
    from burnish.plan import Plan

_KEYS = {
    "src": "source",
    "fuse": "rewrite.fuse",
    "claims": "rewrite.claims",
    "fetch_allow": "fetching.allow",
    "entities": "entities.table",
    "price_in": "cost.price_in",
    "price_out": "cost.price_out",
    "max_cost": "cost.max_cost",
    "max_tokens": "cost.max_tokens",
}
"""The settings of options that are called otherwise, by the arguments."""
_NO_SETTINGS = frozenset({"assignments", "config", "dry_run", "as_json"})


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
    claims: opt.Claims = None,
    fetch: opt.Fetch = None,
    fetch_allow: opt.FetchAllow = None,
    entities: opt.Entities = None,
    assignments: opt.Assignments = None,
    config: opt.Config = None,
    engine: opt.Engine = None,
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
    plan = plan_of(dict(locals()))
    from burnish.cli import _job

    return _job.dry_run(plan, as_json=as_json) if dry_run else _job.run(plan, as_json=as_json)


def plan_of(given: Mapping[str, Any]) -> Plan:
    """The plan that these options and all other places of settings give; `given` are options by their arguments."""
    from burnish.cli import _settings

    flags = {_KEYS.get(name, name): value for name, value in given.items() if name not in _NO_SETTINGS}
    return _settings.resolve(flags, given.get("assignments") or (), given.get("config")).plan


COMMAND = enhance
