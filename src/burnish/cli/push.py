"""``burnish push``: an output to the Hugging Face Hub, an object store or another folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt

if TYPE_CHECKING:
    from burnish.publish import Pushed, Wanted

MAX_SHOWN = 20


def push(  # noqa: PLR0913 - options are arguments here
    out: opt.OutputFolder,
    destination: Annotated[
        str, typer.Argument(metavar="DEST", help="hf://user/name, s3://bucket/folder, any fsspec URL, or a folder.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be sent, with sizes; send nothing.")
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help="A new data set on the Hub is public; private if not.")
    ] = False,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Send what a run has committed so far, marked as unfinished.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of another set of burnish's there, or of a README.md.")
    ] = False,
    read_back: Annotated[
        bool, typer.Option("--read-back", help="Read every byte back at the end and compare.")
    ] = False,
    as_json: opt.Json = False,
) -> None:
    """Send OUT with its records, a dataset card and a Croissant file; the same command goes on after a stop."""
    from burnish import publish
    from burnish.storage.redact import json_line

    wanted = publish.Wanted(dry_run=dry_run, public=public, unfinished=unfinished, replace=replace, read_back=read_back)
    done = publish.push(out, destination, wanted)
    if as_json:
        files = {entry.name: entry.size for entry in done.sent}
        told = {"output": out, "to": done.shown, "sent": files, "bytes": done.sent_bytes, "there": done.there}
        told |= {"removed": list(done.removed), "replaced": list(done.replaced)}
        told |= {"whole": done.sealed, "dry_run": dry_run}
        typer.echo(json_line(told))
        return
    _tell(done, out, wanted)


def _tell(done: Pushed, out: str, wanted: Wanted) -> None:
    from burnish.cli._show import quoted, several, size
    from burnish.texts import terminal

    if done.dry_run:
        for entry in done.sent[:MAX_SHOWN]:
            typer.echo(f"{size(entry.size):>10}  {terminal(entry.name, 200)}")
        if len(done.sent) > MAX_SHOWN:
            typer.echo(f"... and {len(done.sent) - MAX_SHOWN:,} more")
    verb = "would be sent" if done.dry_run else "sent"
    there = f"; {done.there:,} were there with the same bytes" if done.there else ""
    typer.echo(f"{several(len(done.sent), 'file')}, {size(done.sent_bytes)}, {verb} to {quoted(done.shown)}{there}")
    if done.removed:
        typer.echo(f"{several(len(done.removed), 'file')} of an earlier push {'would go' if done.dry_run else 'gone'}")
    for name in done.replaced:
        typer.echo(f"{name} of others {'would be' if done.dry_run else 'was'} replaced by this set's card")
    if not done.sealed:
        typer.echo(f"unfinished: {quoted(done.shown)} has no seal, and will not pass for a whole set", err=True)
    if done.dry_run:
        flags = ("public", "unfinished", "replace", "read_back")
        same = "".join(f" --{flag.replace('_', '-')}" for flag in flags if getattr(wanted, flag))
        typer.echo(f"next: burnish push {quoted(out)} {quoted(done.shown)}{same}")
    else:
        typer.echo(f"next: burnish pull {quoted(done.shown)} -o copy")


COMMAND = push
