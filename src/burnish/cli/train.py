"""``burnish train``: make the built-in model's heads and the detector of orders again."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from burnish.cli._command import wrap

_INSTALLED = "/usr/share/openclipart"

_Clipart: TypeAlias = Annotated[
    str, typer.Option(metavar="DIR", help="Where the package openclipart-svg lies (holds svg/).")
]
_Weights: TypeAlias = Annotated[
    str | None, typer.Option("-o", "--output", metavar="DIR", help="Weights folder; the installed one if not given.")
]
_Seed: TypeAlias = Annotated[int, typer.Option(metavar="N", min=0, help="The same seed gives the same digest.")]

COMMAND = typer.Typer(help="Make again what burnish ships with.", no_args_is_help=True)


def builtin(
    *,
    clipart: _Clipart = _INSTALLED,
    output: _Weights = None,
    seed: _Seed = 0,
) -> None:
    """Train the built-in model's heads on Debian's clip art, on a CPU, in minutes. Needs the extra [train]."""
    from importlib.util import find_spec
    from pathlib import Path

    from burnish.errors import MissingExtra

    _must_hold_clipart(clipart)
    if find_spec("torch") is None or find_spec("resvg_py") is None:
        raise MissingExtra("burnish train builtin", "train")
    from burnish.backends.builtin import manifest
    from burnish.train.builtin import heads

    folder = Path(output) if output else manifest.FOLDER
    typer.echo(f"{heads.main(Path(clipart), folder, seed)}  {folder}")
    typer.echo("next: burnish doctor")


def injection(
    *,
    clipart: _Clipart = _INSTALLED,
    output: _Weights = None,
    seed: _Seed = 0,
) -> None:
    """Train the detector of orders in captions from its grammars and clip-art titles, on a CPU, in minutes."""
    from pathlib import Path

    from burnish.injection.learned import FOLDER
    from burnish.train.injection import fit

    _must_hold_clipart(clipart)
    folder = Path(output) if output else FOLDER
    typer.echo(f"{fit.main(Path(clipart), folder, seed)}  {folder}")


def _must_hold_clipart(folder: str) -> None:
    from pathlib import Path

    from burnish.errors import UsageError

    if not (Path(folder) / "svg").is_dir():
        raise UsageError(
            f"{folder} holds no svg/ folder.\n"
            "Install it with: apt-get install openclipart-svg, or name the folder with --clipart"
        )


COMMAND.command("builtin")(wrap(builtin))
COMMAND.command("injection")(wrap(injection))
