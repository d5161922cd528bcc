"""``burnish pull``: a pushed output into a folder, verified."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli import _options as opt


def pull(
    source: Annotated[
        str, typer.Argument(metavar="SRC", help="hf://user/name, s3://bucket/folder, any fsspec URL, or a folder.")
    ],
    *,
    output: Annotated[str, typer.Option("-o", "--output", metavar="DIR", help="A new folder, or one to go on with.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched; fetch nothing.")] = False,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Fetch what is committed there although there is no seal.")
    ] = False,
    as_json: opt.Json = False,
) -> None:
    """Fetch an output that was pushed, every file held against its SHA-256. Exit code 4 if a byte was changed there."""
    from burnish import publish
    from burnish.cli._show import quoted, several, size
    from burnish.storage.redact import json_line

    done = publish.pull(source, output, unfinished=unfinished, dry_run=dry_run)
    if as_json:
        files = {entry.name: entry.size for entry in done.fetched}
        told = {"output": done.shown, "fetched": files, "bytes": done.fetched_bytes, "there": done.there}
        told |= {"pairs": done.pairs, "whole": done.sealed, "dry_run": dry_run}
        typer.echo(json_line(told))
        return
    verb = "would be fetched" if dry_run else "fetched and verified"
    there = f"; {done.there:,} were there already" if done.there else ""
    typer.echo(f"{several(len(done.fetched), 'file')}, {size(done.fetched_bytes)}, {verb}{there}")
    typer.echo(
        f"{several(done.pairs, 'pair')} in {quoted(done.shown)}" if not dry_run else f"{done.pairs:,} pairs in all"
    )
    if not done.sealed:
        typer.echo("unfinished: there is no seal; the run that made it has to go on", err=True)
    same = f"pull {quoted(source)} -o {quoted(output)}{' --unfinished' * unfinished}"
    typer.echo(f"next: burnish {same if dry_run else f'report {quoted(output)}'}")


COMMAND = pull
