"""The process around a fake server: runs until told to stop, or as long as a command it was started for."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from burnish.errors import UsageError
from burnish.fakeserver.server import FakeServer

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def until_told() -> Iterator[None]:
    """Yields once when signals are watched, and returns after SIGINT or SIGTERM. For the main thread."""
    told = threading.Event()
    with _handled(lambda _number, _frame: told.set()):
        yield
        told.wait()


def beside(server: FakeServer, command: Sequence[str]) -> int:
    """Run `command` with OPENAI_BASE_URL and OPENAI_API_KEY set for the running `server`; its exit code.

    SIGTERM is passed on. Ctrl-C reaches the command by itself, so here it is only waited for.
    """
    found = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": server.settings.api_key or "fake"}
    try:
        process = subprocess.Popen(list(command), env={**os.environ, **found})  # noqa: S603 - what the user wrote
    except OSError as error:
        raise UsageError(f"fakeserver: cannot run {command[0]!r}: {error.strerror}.") from error

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGTERM:
            process.terminate()

    with _handled(pass_on):
        code = process.wait()
    return code if code >= 0 else 128 - code  # as shells tell of signals


@contextmanager
def _handled(handler: signal._HANDLER) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
