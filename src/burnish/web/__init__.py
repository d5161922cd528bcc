"""What every web server of ours keeps to, whatever it serves: `run` is the one way in, and it puts the guards round the
application by itself.

An application is any ASGI callable. ``run(app, Guards(bind=Bind.parse("127.0.0.1:0")), announce=print)`` listens
until SIGTERM or SIGINT and then finishes what it has accepted. Needs the extra [serve] to run; nothing here
loads it before. What needs asyncio is loaded when it is used: `burnish --help` needs the words alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from burnish.web.asgi import App, Receive, Scope, Send
from burnish.web.binding import Bind
from burnish.web.guards import Guards, Limits
from burnish.web.secrets import TOKEN_VARIABLE, token

if TYPE_CHECKING:
    from burnish.web.guarding import BodyError, guarded
    from burnish.web.serving import Server, run

_HOME = {"BodyError": "guarding", "Server": "serving", "guarded": "guarding", "run": "serving"}

__all__ = [
    "TOKEN_VARIABLE",
    "App",
    "Bind",
    "BodyError",
    "Guards",
    "Limits",
    "Receive",
    "Scope",
    "Send",
    "Server",
    "guarded",
    "run",
    "token",
]


def __getattr__(name: str) -> object:
    import importlib

    if name not in _HOME:
        raise AttributeError(f"module 'burnish.web' has no attribute {name!r}")
    return getattr(importlib.import_module(f"burnish.web.{_HOME[name]}"), name)
