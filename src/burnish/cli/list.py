"""``burnish list``: what there is to choose from."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from burnish.cli import _options as opt

KINDS = ("backends", "criteria", "exports", "formats", "recipes", "stores")


def list_(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help=", ".join(KINDS))] = None,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One of them, in full.")] = None,
    *,
    as_json: opt.Json = False,
) -> None:
    """List what there is to choose from; with KIND and NAME, one in full."""
    import orjson

    from burnish import discovery
    from burnish.errors import UsageError

    if kind is not None and kind not in KINDS:
        raise UsageError(f"there is no kind {kind!r}.\nChoose from: {', '.join(KINDS)}")
    if kind is not None and name is not None:
        found = _facts(kind, name)
        typer.echo(orjson.dumps(found).decode() if as_json else _lines(found))
        return
    chosen = {k: {n: _summary(k, n) for n in discovery.names(k)} for k in ([kind] if kind else KINDS)}
    if as_json:
        typer.echo(orjson.dumps(chosen).decode())
        return
    for group, entries in chosen.items():
        typer.echo(f"{group}")
        for entry, summary in entries.items():
            typer.echo(f"  {entry:<24} {summary}")
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
        return {"name": name, "kind": kind, **dataclasses.asdict(thing)}
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
