"""``burnish train``: make the built-in model's heads again."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli._command import wrap

COMMAND = typer.Typer(help="Make the built-in model again.", no_args_is_help=True)


def builtin(
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[ARGS]...", help="Handed on; --help after -- lists them.")
    ] = None,
) -> int:
    """Train the heads of the built-in model from public packages, on a CPU. Needs the extra [train]."""
    from importlib.util import find_spec

    from burnish.errors import MissingExtra

    if find_spec("torch") is None:
        raise MissingExtra("burnish train builtin", "train")
    from burnish.train.builtin import main

    return main(arguments or [])


COMMAND.command("builtin", context_settings={"ignore_unknown_options": True})(wrap(builtin))


@COMMAND.callback()
def _group() -> None:
    """Keeps ``train builtin`` a command of two words even while it is the only one."""
