"""``burnish inspect``: what is in a source. No model, nothing written."""

from __future__ import annotations

import typer

from burnish.cli import _options as opt


def inspect(
    src: opt.Source = None,
    *,
    store: opt.Store = None,
    assignments: opt.Assignments = None,
    config: opt.Config = None,
    limit: opt.Limit = None,
    as_json: opt.Json = False,
) -> None:
    """Show form, shards, pairs, languages and problems of a source. Images are not decoded."""
    from burnish.cli import _inspection, _settings
    from burnish.errors import UsageError

    flags = {"source": src, "store": store, "limit": limit}
    plan = _settings.resolve(flags, assignments or (), config).plan
    if not plan.source:
        raise UsageError("nothing to read: give a source.\nExample: burnish inspect ./my_shards")
    found = _inspection.look(plan)
    typer.echo(_inspection.as_json(found) if as_json else _inspection.report(found))


COMMAND = inspect
