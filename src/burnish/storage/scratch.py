"""Temporary local files for remote data, which do not outlive a killed process for long."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from burnish.storage.stopping import stopping

_PREFIX = "burnish-scratch-"
_ALIVE = "alive"


@contextmanager
def scratch_file() -> Iterator[Path]:
    """A path for one new file in the system's temporary folder (``TMPDIR``); removed at the end.

    The folder holds a lock that dies with the process, so the next run can tell and sweep what a killed one left.
    """
    _sweep_once()
    with stopping("make a temporary file in", tempfile.gettempdir()):
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = os.open(folder / _ALIVE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder / "data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@cache
def _sweep_once() -> None:
    """Remove scratch folders of dead processes: those whose lock is free."""
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        # Another user's, one just being made, or one in use: none of our business.
        with suppress(OSError):
            _sweep(folder)


def _sweep(folder: Path) -> None:
    lock = os.open(folder / _ALIVE, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(lock)
