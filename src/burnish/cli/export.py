"""``burnish export``: an output as one file in the form that another tool reads."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli import _options as opt


def export(
    out: opt.OutputFolder,
    *,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="Form of the file (burnish list exports).")],
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="The new file: a path or a URL.")],
    store: opt.Store = None,
    as_json: opt.Json = False,
) -> None:
    """Write every pair of OUT, with its scores and its rewrite, as one JSONL file of another tool's form."""
    from dataclasses import asdict

    import orjson

    from burnish import exports
    from burnish.cli._show import quoted, several

    done = exports.write(out, form, output, store=store or "")
    if as_json:
        typer.echo(orjson.dumps({"output": output, "format": form, **asdict(done)}).decode())
        return
    typer.echo(f"{several(done.lines, 'pair')} in {quoted(output)}, {done.without_any:,} of them without any score")
    if done.without:
        typer.echo("no score: " + ", ".join(f"{key} {number:,}" for key, number in done.without.items()))
    if done.left_out:
        typer.echo(f"left out: {several(done.left_out, 'item')} of {quoted(out)} that cannot be read as a pair")
    typer.echo(f"next: head -n 1 {quoted(output)}")


COMMAND = export
