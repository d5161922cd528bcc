"""``burnish list``: what there is to choose from."""

from __future__ import annotations

import textwrap
from typing import Annotated, Any

import typer

from burnish.cli import _options as opt

SHOWN = ("backends", "criteria", "exports", "formats", "recipes", "stores")
"""What most users choose from; the other kinds are shown if asked for."""


def list_(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help=f"{', '.join(SHOWN)}, and more.")] = None,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One of them, in full.")] = None,
    *,
    as_json: opt.Json = False,
) -> None:
    """List what there is to choose from; with KIND and NAME, one in full."""
    import orjson

    from burnish import discovery
    from burnish.errors import UsageError

    if kind is not None and kind not in discovery.kinds():
        raise UsageError(f"there is no kind {kind!r}.\nChoose from: {', '.join(discovery.kinds())}")
    if kind is not None and name is not None:
        found = _facts(kind, name)
        typer.echo(orjson.dumps(found).decode() if as_json else _lines(found))
        return
    chosen = {k: {n: _summary(k, n) for n in discovery.names(k)} for k in ([kind] if kind else SHOWN)}
    if as_json:
        typer.echo(orjson.dumps(chosen).decode())
        return
    for group, entries in chosen.items():
        typer.echo(f"{group}")
        for entry, summary in entries.items():
            typer.echo(f"  {entry:<24} {summary}")
    if kind is None:
        more = ", ".join(kind for kind in discovery.kinds() if kind not in SHOWN)
        typer.echo(textwrap.fill(f"more kinds: {more}", 100, break_on_hyphens=False))
    typer.echo("next: burnish list KIND NAME")


def _facts(kind: str, name: str) -> dict[str, Any]:
    """The plug-in's fields if it is data, and its module's documentation."""
    import dataclasses
    import inspect

    from burnish import discovery

    thing = discovery.load(kind, name)
    module = inspect.getmodule(thing) if not dataclasses.is_dataclass(thing) else None
    document = inspect.getdoc(module) or inspect.getdoc(thing) or ""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        told = {key: value for key, value in dataclasses.asdict(thing).items() if not callable(value)}
        return {"name": name, "kind": kind, **told}
    return {"name": name, "kind": kind, "about": document}


def _lines(facts: dict[str, Any]) -> str:
    rows = []
    for key, value in facts.items():
        shown = "\n".join(f"  {entry}" for entry in value) if isinstance(value, tuple) else str(value)
        rows.append(f"{key}:\n{shown}" if "\n" in shown or isinstance(value, tuple) else f"{key}: {shown}")
    return "\n".join(rows)


def _summary(kind: str, name: str) -> str:
    """The beginning of the module's docstring, read from its source: nothing heavy is imported to list names."""
    import ast
    import importlib.util
    import textwrap
    from pathlib import Path

    from burnish import discovery

    spec = importlib.util.find_spec(discovery.module(kind, name))
    if spec is None or spec.origin is None:
        return "(from another package)"
    document = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""
    return textwrap.shorten(document.split("\n\n", 1)[0].replace("``", ""), 90, placeholder=" ...")


COMMAND = list_
