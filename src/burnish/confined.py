"""What holds in child processes that touch what strangers made: no keys in their environment, bounded memory and CPU
time, and an end with the parent's.
"""

from __future__ import annotations

import math
import os
import re
import resource
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO

from burnish.errors import BurnishError, MissingPackage, StopError

_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")
"""All a child gets of the environment: one taken over by an image finds no keys there."""

_NO_MORE: Mapping[str, str] = MappingProxyType({})

_IDLE_S = 5.0  # between two looks whether the parent lives: a sibling may hold the pipe open
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")


def environment() -> dict[str, str]:
    """For starting one: one thread, and the import path as it is here without the working directory, where a
    stranger's numpy.py may lie.
    """
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    path = os.pathsep.join(filter(None, sys.path))
    return {**kept, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def start(
    module: str,
    arguments: Sequence[str],
    log: IO[bytes],
    *,
    what: str,
    shared: Sequence[int] = (),
    more: Mapping[str, str] = _NO_MORE,
) -> subprocess.Popen[bytes]:
    """A child that runs `module` with pipes to its input and output, unbuffered, and its complaints in `log`.

    `shared`: descriptors it inherits; `more`: variables beside those of `environment`. Raises `StopError`.
    """
    try:
        return subprocess.Popen(  # noqa: S603  our own module, no shell
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            bufsize=0,
            pass_fds=shared,
            env={**environment(), **more},
        )
    except OSError as error:
        raise StopError(f"{what} could not start: {error}") from error


def end(popen: subprocess.Popen[bytes], owner: int, *files: IO[bytes]) -> None:
    """Kill a child, if this is the process `owner` that started it and no fork, and close its pipes and `files`."""
    if os.getpid() == owner:
        popen.kill()
        popen.wait()
    for stream in (popen.stdin, popen.stdout, *files):
        if stream is not None:
            stream.close()


def address_space() -> int:
    """Bytes of address space this process has now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def limit_memory(size: int) -> None:
    """Bound the address space of this process to `size` bytes; a crash leaves no core file."""
    resource.setrlimit(resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_cpu(seconds: float) -> None:
    """Let SIGXCPU end this process when it computes longer; whole seconds are what the kernel offers."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def receive(descriptor: int, size: int, parent: int) -> bytes:
    """Exactly `size` bytes that arrive at `descriptor`; empty if they end before or `parent` is gone."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    parts: list[bytes] = []
    while size > 0:
        while not poll.poll(_IDLE_S * 1000):
            if os.getppid() != parent:
                return b""
        part = os.read(descriptor, size)
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def not_started(what: str, log: IO[bytes]) -> BurnishError:
    """The error for a child that ended before it was ready, by the last words it wrote to `log`."""
    log.seek(0)
    lines = log.read(64_000).decode("utf-8", "replace").strip().splitlines()
    why = lines[-1] if lines else "it ended without a message"
    missing = _NO_MODULE.fullmatch(why)
    return MissingPackage(missing[1]) if missing else StopError(f"{what} could not start: {why}")
