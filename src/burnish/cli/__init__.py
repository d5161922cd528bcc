"""The command line. One file a command: its name is the command's name, its ``COMMAND`` a function or a group.

Modules here import nothing heavy at their top: `burnish --help` imports them all. What is shared between commands
lies in the files whose names begin with an underscore.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Annotated

import typer

import burnish
from burnish.cli._command import wrap
from burnish.cli._grouped import GroupedCommand

_EPILOG = """\b
Exit codes:
  0    done
  1    a bug in burnish
  2    the call, the plan or the data's form is wrong; nothing was touched
  3    done, but more bad pairs than max_bad allows (--set max_bad=0.2)
  4    verify found a difference
  75   stopped by the environment; the same command goes on
  130  interrupted after a checkpoint; the same command goes on
"""


def main() -> None:
    """The entry point `burnish`; ends the process with one of the exit codes above."""
    build()(prog_name="burnish")


def build() -> typer.Typer:
    """The application with every command found in this folder."""
    app = typer.Typer(
        help="Image-text pairs in, the same number of better pairs out.",
        epilog=_EPILOG,
        no_args_is_help=True,
        rich_markup_mode=None,  # plain help and errors: quick to start, easy to pipe, never boxed
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name in sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")):
        command = importlib.import_module(f"{__name__}.{name}").COMMAND
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name, cls=GroupedCommand)(wrap(command))
    return app


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"burnish {burnish.__version__}")
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit.")
    ] = False,
) -> None:
    """Only there for ``--version``."""
