"""``burnish config``: what the settings are and where each came from."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli._command import wrap

COMMAND = typer.Typer(help="What the settings are and where each came from.", no_args_is_help=True)


def show(
    src: opt.Source = None,
    *,
    output: opt.Output = None,
    assignments: opt.Assignments = None,
    config: opt.Config = None,
    as_toml: Annotated[bool, typer.Option("--toml", help="As a plan file, for --config.")] = False,
    as_json: opt.Json = False,
) -> None:
    """Print every key of the plan, its value and where it comes from."""
    import orjson

    from burnish.cli import _settings

    resolved = _settings.resolve({"source": src, "output": output}, assignments or (), config)
    if as_toml:
        typer.echo(resolved.plan.to_toml(), nl=False)
        return
    rows = _settings.rows(resolved)
    if as_json:
        typer.echo(orjson.dumps({key: {"value": v, "origin": o} for key, v, o in rows}).decode())
        return
    width = max(len(key) for key, _, _ in rows)
    values = [orjson.dumps(value).decode() for _, value, _ in rows]
    value_width = min(40, max(map(len, values)))
    for (key, _, origin), value in zip(rows, values, strict=True):
        typer.echo(f"{key:<{width}}  {value:<{value_width}}  {origin}")
    typer.echo("\nSave them as a plan: burnish config show --toml > burnish.toml")


def schema() -> None:
    """Print the JSON Schema of a plan file, for editors that check TOML as it is typed.

    It is made from the plan itself, so it knows every key and default, and refuses what a run would refuse as unknown.
    """
    import orjson
    from pydantic import TypeAdapter

    from burnish.plan import Plan

    found = TypeAdapter(Plan).json_schema()
    found.pop("required")  # a file may leave the source to the command line
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": "burnish plan"}
    typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())


COMMAND.command("show")(wrap(show))
COMMAND.command("schema")(wrap(schema))
