"""What every command that serves has: where it listens, the token, the names it goes by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

import typer

from burnish import web

_WEB = "Who may ask"
_DEFAULT = web.Bind()

Bind: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="IP:PORT",
        rich_help_panel=_WEB,
        help=f"Where it listens; port 0 takes a free one. [{_DEFAULT.host}:{_DEFAULT.port}]",
    ),
]
TokenFile: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--token-file",
        metavar="FILE",
        rich_help_panel=_WEB,
        help="Holds the token to be shown; else BURNISH_TOKEN. Needed where others can reach it.",
    ),
]
AllowHost: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        metavar="NAME",
        rich_help_panel=_WEB,
        help="A name it is called by, as behind a proxy; repeatable.",
    ),
]


def guarding(bind: str | None, token_file: str | None, allow_host: Sequence[str] | None) -> dict[str, Any]:
    """What these options say of `burnish.web.Guards`, as its arguments. Raises `UsageError`."""
    where = _DEFAULT if bind is None else web.Bind.parse(bind)
    return {"bind": where, "token": web.token(token_file), "hosts": tuple(name.lower() for name in allow_host or ())}
