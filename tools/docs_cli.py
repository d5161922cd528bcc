"""Bring docs/cli.md up to date: ``python -m tools.docs_cli``. Its one source is the application itself.

What depends on typer's version is left out: how it wraps its help, and what it calls the types of values.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any

import typer

from burnish.cli import build

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
SHARED = frozenset({"quiet", "verbose", "log_format"})
"""Options of every command, told once."""

_HEAD = """\
# The command line

Every command with every option. This page is written by `python -m tools.docs_cli` from the application itself, as
`burnish COMMAND --help` is. [Settings](settings.md) that have no option are given with `--set KEY=VALUE`.
"""
_COMPLETION = """\
## Completion
`burnish --install-completion` teaches the shell in use (bash, zsh, fish, PowerShell) the names of commands and options;
`burnish --show-completion` prints what it would add. Start a new shell afterwards.
"""
_VALUES = {int: "N", float: "X", str: "TEXT"}


def leaves(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Full names of all commands with the commands themselves, as they stand in the help."""
    for key, command in group.commands.items():
        full = f"{name} {key}"
        if hasattr(command, "commands"):
            yield from leaves(command, full)
        else:
            yield full, command


def application() -> Any:
    """The application as a tree of commands."""
    return typer.main.get_command(build())


def page() -> str:
    """The page, made anew."""
    app = application()
    commands = sorted(leaves(app, "burnish"), key=lambda named: named[0])
    shared = [param for param in commands[0][1].params if param.name in SHARED]
    lines = [
        _HEAD,
        "Every command also takes:\n",
        *_rows(shared),
        "| `-h`, `--help` |  | Show the options and end. |",
        "",
        *_exit_codes(app.epilog),
        "",
        _COMPLETION,
        *(line for name, command in commands for line in _section(name, command)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _section(name: str, command: Any) -> Iterator[str]:
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param not in arguments and param.name not in SHARED]
    shown = " ".join([name, *(f"[{_value(a)}]" if not a.required else _value(a) for a in arguments), "[OPTIONS]"])
    yield from (f"## {name}", f"`{shown}`", "", _paragraphs(command.help), "")
    if arguments:
        yield from (*_rows(arguments, "argument"), "")
    panels = sorted(options, key=_panel)  # those without one stay first
    for panel, found in groupby(panels, key=_panel):
        if panel:
            yield from (f"{panel}:", "")
        yield from (*_rows(list(found)), "")


def _panel(param: Any) -> str:
    return str(getattr(param, "rich_help_panel", None) or "")


def _rows(params: Sequence[Any], kind: str = "option") -> Iterator[str]:
    yield f"| {kind} | default | meaning |"
    yield "|---|---|---|"
    for param in params:
        more = " May be repeated." if getattr(param, "multiple", False) and "repeat" not in param.help else ""
        yield f"| {_names(param)} | {_default(param)} | {_cell(param.help)}{more} |"


def _names(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"`{_code(_value(param))}`"
    value = "" if param.is_flag else f" {_value(param)}"
    names = [*param.opts[:-1], f"{param.opts[-1]}{value}", *param.secondary_opts]
    return ", ".join(f"`{_code(name)}`" for name in names)


def _value(param: Any) -> str:
    """What stands for the value: its metavar, else its choices, else a letter for its type."""
    if param.metavar:
        return str(param.metavar).removeprefix("[").removesuffix("]") if _bracketed(param) else str(param.metavar)
    if isinstance(param.default, Enum):
        return "|".join(str(choice.value) for choice in type(param.default))
    return _VALUES.get(type(param.default), param.name.upper())


def _bracketed(param: Any) -> bool:
    """Whether the whole metavar of an argument stands in brackets: the usage line sets its own."""
    shown = str(param.metavar)
    return param.param_type_name == "argument" and shown.startswith("[") and shown.find("]") == len(shown) - 1


def _default(param: Any) -> str:
    if param.required:
        return "required"
    value = param.default.value if isinstance(param.default, Enum) else param.default
    return "" if value is None or value is False or value in ((), [], "") else f"`{_code(str(value))}`"


def _exit_codes(epilog: str) -> Iterator[str]:
    """The list under the help as a table."""
    yield from ("## Exit codes", "| code | meaning |", "|---|---|")
    for line in inspect.cleandoc(epilog).splitlines():
        code, _, meaning = line.strip().partition(" ")
        if code.isdigit():
            yield f"| {code} | {_cell(meaning.strip())} |"


def _paragraphs(text: str) -> str:
    return inspect.cleandoc(text or "").replace("\b\n", "").replace("\f", "")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    """What stands in code in a cell: a bar there ends the cell for some readers, and keeps its backslash for others."""
    return " ".join(text.split()).replace("|", "/")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
