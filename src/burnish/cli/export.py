"""``burnish export``: an output in the form that another tool reads."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli import _options as opt


def export(
    out: opt.OutputFolder,
    *,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="Form to write (burnish list exports).")],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="DEST", help="The new file, or folder for some forms: path or URL.")
    ],
    store: opt.Store = None,
    as_json: opt.Json = False,
) -> None:
    """Write every pair of OUT, with its scores and its rewrite, in another tool's form: a JSONL file or a folder."""
    from dataclasses import asdict

    import orjson

    from burnish import exports
    from burnish.cli._show import quoted, several

    done = exports.write(out, form, output, store=store or "")
    if as_json:
        typer.echo(orjson.dumps({"output": output, "format": form, **asdict(done)}).decode())
        return
    lines = _lines_of(form, output)
    without = f", {done.without_any:,} of them without any score" if exports.load(form).keys else ""
    typer.echo(f"{several(done.lines, 'pair')} in {quoted(lines)}{without}")
    if done.images:
        typer.echo(f"images beside it: {done.images:,}")
    if done.without:
        typer.echo("no score: " + ", ".join(f"{key} {number:,}" for key, number in done.without.items()))
    if done.left_out:
        typer.echo(f"left out: {several(done.left_out, 'item')} of {quoted(out)} that cannot be read as a pair")
    typer.echo(f"next: head -n 1 {quoted(lines)}")


def _lines_of(form: str, output: str) -> str:
    """The file of pairs."""
    from burnish import exports

    made = exports.load(form)
    return f"{output.rstrip('/')}/{made.layout.lines}" if isinstance(made, exports.FolderExport) else output


COMMAND = export
