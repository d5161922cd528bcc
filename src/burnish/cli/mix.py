"""``burnish mix``: a training set from one or more outputs."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli import _options as opt

_PANEL = "What is mixed"


def mix(  # noqa: PLR0913 - options are arguments here
    src: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=]SRC...", help="Outputs of burnish, or any sources of pairs.")
    ] = None,
    *,
    output: opt.Output = None,
    mixture: Annotated[
        str | None, typer.Option(metavar="FILE", rich_help_panel=_PANEL, help="What to mix, in TOML (docs/mixing.md).")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(metavar="NAME", rich_help_panel=_PANEL, help="A mixture that comes with burnish.")
    ] = None,
    form: Annotated[str | None, typer.Option(metavar="NAME", help="Form of the training set.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", rich_help_panel=_PANEL, help="Decides every draw.")] = None,
    epoch: Annotated[
        int | None, typer.Option(metavar="N", min=0, rich_help_panel=_PANEL, help="Another epoch draws other captions.")
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            rich_help_panel=_PANEL,
            help="Any key of the mixture; may be repeated.",
        ),
    ] = None,
    workers: opt.Workers = None,
    limit: opt.Limit = None,
    show: Annotated[bool, typer.Option("--show", help="Print the preset's TOML, to be changed, and stop.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count the shares, write nothing.")] = False,
    as_json: opt.Json = False,
) -> None:
    """Write a training set: which caption of a pair trains is drawn by hash, so that workers and stops change nothing.

    Shares are printed as they were asked and as they came. The same command goes on after any stop.
    """
    from burnish.cli import _mixing

    if show:
        typer.echo(_mixing.preset_text(preset), nl=False)
        return
    given = {"form": form, "seed": seed, "epoch": epoch}
    wanted = _mixing.mixture(mixture, preset, {k: v for k, v in given.items() if v is not None}, assignments or ())
    call = _mixing.Call(
        mixture=wanted, sources=tuple(src or ()), output=output or "", workers=workers or 0, limit=limit or 0
    )
    typer.echo(_mixing.run(call, dry_run=dry_run, as_json=as_json))


COMMAND = mix
