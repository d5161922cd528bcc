"""``burnish train``: make the built-in model's heads again."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli._command import wrap

COMMAND = typer.Typer(help="Make the built-in model again.", no_args_is_help=True)


def builtin(
    *,
    clipart: Annotated[
        str, typer.Option(metavar="DIR", help="Where the package openclipart-svg lies (holds svg/).")
    ] = "/usr/share/openclipart",
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="DIR", help="Weights folder; the installed one if not given."),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="The same seed gives the same digest.")] = 0,
) -> None:
    """Train the built-in model's heads on Debian's clip art, on a CPU, in minutes. Needs the extra [train]."""
    from importlib.util import find_spec
    from pathlib import Path

    from burnish.errors import MissingExtra, UsageError

    if not (Path(clipart) / "svg").is_dir():
        raise UsageError(
            f"{clipart} holds no svg/ folder.\n"
            "Install it with: apt-get install openclipart-svg, or name the folder with --clipart"
        )
    if find_spec("torch") is None or find_spec("resvg_py") is None:
        raise MissingExtra("burnish train builtin", "train")
    from burnish.backends.builtin import manifest
    from burnish.train.builtin import heads

    folder = Path(output) if output else manifest.FOLDER
    typer.echo(f"{heads.main(Path(clipart), folder, seed)}  {folder}")
    typer.echo("next: burnish doctor")


COMMAND.command("builtin")(wrap(builtin))


@COMMAND.callback()
def _group() -> None:
    """Keeps ``train builtin`` a command of two words even while it is the only one."""
