"""What every command shares: -q, -v, --log-format, and how each way of ending becomes a message and an exit code."""

from __future__ import annotations

import errno
import functools
import inspect
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, get_type_hints

import typer

from burnish.errors import BurnishError, MissingPackage

MAX_MESSAGE_LINES = 6


class LogFormat(StrEnum):
    """How log lines on stderr look."""

    TEXT = "text"
    JSON = "json"


_SHARED: dict[str, tuple[Any, Any]] = {
    "quiet": (Annotated[bool, typer.Option("-q", "--quiet", help="Errors only; no progress.")], False),
    "verbose": (Annotated[bool, typer.Option("-v", "--verbose", help="Say more; tracebacks for bugs.")], False),
    "log_format": (Annotated[LogFormat, typer.Option(help="Form of the log on stderr.")], LogFormat.TEXT),
}


def wrap(function: Callable[..., int | None]) -> Callable[..., None]:
    """`function` as a command: with the shared options, its return value as exit code, its errors as messages."""
    hints = get_type_hints(function, include_extras=True)

    @functools.wraps(function)
    def command(*, quiet: bool, verbose: bool, log_format: LogFormat, **arguments: Any) -> None:
        from burnish.cli import _log

        _log.start(quiet=quiet, verbose=verbose, as_json=log_format is LogFormat.JSON)
        code = run(functools.partial(function, **arguments), verbose=verbose)
        if code:
            raise typer.Exit(code)

    own = [p.replace(annotation=hints[name]) for name, p in inspect.signature(function).parameters.items()]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _SHARED.items()
    ]
    named = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
    command.__signature__ = inspect.Signature([*named, *shared])  # type: ignore[attr-defined]
    command.__annotations__ = {**hints, **{name: kind for name, (kind, _) in _SHARED.items()}, "return": None}
    return command


def run(function: Callable[[], int | None], *, verbose: bool = False) -> int:
    """Call `function`; the exit code for its value or its exception, whose message goes to stderr."""
    try:
        return function() or 0
    except BurnishError as error:
        _tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _tell("interrupted.")
        return 130
    except typer.Exit as done:
        return done.exit_code
    except ModuleNotFoundError as error:
        return _missing(error, verbose=verbose)
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            raise  # the reader of our stdout is gone (burnish list | head): typer ends quietly
        return _bug(error, verbose=verbose)


def _missing(error: ModuleNotFoundError, *, verbose: bool) -> int:
    package = (error.name or "").partition(".")[0]
    if package in {"", "burnish"}:
        return _bug(error, verbose=verbose)
    _tell(f"{MissingPackage(package)}\nIf it is a model of your own that needs it: pip install {package}")
    return MissingPackage.exit_code


def _bug(error: Exception, *, verbose: bool) -> int:
    import traceback

    from burnish.storage.redact import redact

    if verbose:
        sys.stderr.write(redact("".join(traceback.format_exception(error))))
    where = traceback.extract_tb(error.__traceback__)[-1]
    file = where.filename.rpartition("burnish/")[2]
    _tell(
        f"unexpected {type(error).__name__}: {str(error)[:300]}\n"
        f"at {file}:{where.lineno}. This is a bug in burnish, or in a model of your own; finished shards are safe.\n"
        "The same command with -v shows where; please report it if it is ours."
    )
    return 1


def _tell(message: str) -> None:
    """At most six lines on stderr, credentials cut, nothing that steers a terminal."""
    from burnish.storage.redact import redact
    from burnish.texts import terminal

    lines = [terminal(line, 1_000) for line in redact(message).splitlines() if line.strip()]
    typer.echo("\n".join(["error: " + lines[0] if lines else "error", *lines[1:MAX_MESSAGE_LINES]]), err=True)
