"""Reading in a bounded child process: a crash or a hang costs one picture its evidence, never the pair or the run."""

from __future__ import annotations

import dataclasses
import json
import os
import select
import signal
import subprocess
import tempfile
import weakref
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from burnish import confined
from burnish.images import Limits
from burnish.ocr import lines, package
from burnish.ocr.lines import Line, Writing
from burnish.ocr.wire import CPU_S, LENGTH, MAX_ANSWER_BYTES, READY

SIDE_PX = 768
"""Longest side of what is read: small writing wants more pixels than a model of the whole picture does, but the finder
of lines misses what is small against its picture: more pixels cost more and find less (docs/figures/ocr.md). The reader
decodes for itself, so that the models' picture is the same with and without it.
"""

_WHAT = "the reader of writing in images"
_START_S = 180.0  # imports and weights from a cold, busy disk
_WALL_PER_CPU = 4.0  # it may wait for a CPU that others use, see `burnish.images.process`
_DEATH_S = 10.0  # between the end of its output and its exit status


def identity() -> str:
    """What reads and how: everything that can change what is read. Raises `MissingExtra`."""
    return f"{package.digest()}-{SIDE_PX}px-{lines.MIN_CONFIDENCE:g}"


class Reader:
    """Reads the writing in batches of encoded images, one batch ahead, in a child that is started at the first.

    A picture the child crashed on is tried once more in a fresh child; then, or when it took too long, its `Writing`
    is `failed`. Equal bytes, equal result. Raises `StopError` if the child cannot start or cannot read a line of
    its own drawing: that is the machine's fault. A `Reader` belongs to one thread.
    """

    def __init__(self, limits: Limits) -> None:
        """`limits` of decoding. Raises `MissingExtra`; starts nothing yet."""
        package.weights()
        self._limits = limits
        self._child: _Child | None = None
        self._hand: ThreadPoolExecutor | None = None
        self._batch: Future[list[Writing]] | None = None
        self._closed = False

    def submit(self, images: Sequence[bytes]) -> None:
        """Start reading `images` and return at once; what the last `submit` gave is waited for and forgotten."""
        self.collect()
        if images:
            self._hand = self._hand or ThreadPoolExecutor(1, "burnish-ocr")
            self._batch = self._hand.submit(self._read_all, list(images))

    def collect(self) -> list[Writing]:
        """Wait for the batch of the last `submit`: one result per image, same order; empty if there is none."""
        batch, self._batch = self._batch, None
        return batch.result() if batch else []

    def close(self) -> None:
        """End the child and forget the batch in flight; the reader is not used again."""
        self._closed = True
        if self._child is not None:
            self._child.kill()
        if self._hand is not None:
            self._hand.shutdown(wait=True, cancel_futures=True)
        self._drop()

    def __enter__(self) -> Self:
        """Starts nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _read_all(self, images: list[bytes]) -> list[Writing]:
        return [self._read(data) for data in images]

    def _read(self, data: bytes) -> Writing:
        if self._limits.excess(data) is not None:  # the decoder refuses it, and so the pair
            return Writing()
        for _ in range(2):  # the first crash may be an earlier picture's doing
            if self._closed:
                break
            self._child = self._child or _Child(self._limits)
            found = self._child.read(data)
            if found is not None:
                return Writing(lines=lines.chosen(found))
            spent = self._child.spent
            self._drop()
            if spent:  # it took its time: it would again
                break
        return Writing(failed=True)

    def _drop(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _Child:
    """A running child. Not restarted: when it died, make another."""

    def __init__(self, limits: Limits) -> None:
        """Start it and wait until it has read a line. Raises `StopError`, `MissingPackage`."""
        self.spent = False
        """Whether it ended because a picture took too long."""
        self._wall_s = (CPU_S + limits.timeout_s) * _WALL_PER_CPU
        with tempfile.TemporaryFile() as log:
            arguments = [str(SIDE_PX), json.dumps(dataclasses.asdict(limits))]
            self._popen = confined.start("burnish.ocr.child", arguments, log, what=_WHAT)
            self.end = weakref.finalize(self, confined.end, self._popen, os.getpid())
            """Kill it; also done when this object goes."""
            if self._receive(len(READY), _START_S) != READY:
                self.end()
                raise confined.not_started(_WHAT, log)

    def read(self, data: bytes) -> list[Line] | None:
        """All lines in one picture; None if the child died, hung or answered nonsense: then it is of no more use."""
        if not self._send(LENGTH.pack(len(data)) + data):
            return None
        head = self._receive(LENGTH.size, self._wall_s)
        size = LENGTH.unpack(head)[0] if head else 0
        return _parsed(self._receive(size, self._wall_s)) if 0 < size <= MAX_ANSWER_BYTES else None

    def kill(self) -> None:
        """End it from another thread: whoever waits for it finds it dead."""
        self._popen.kill()

    def _send(self, message: bytes) -> bool:
        """Whether it took all of `message`."""
        assert self._popen.stdin is not None
        pipe = self._popen.stdin.fileno()
        os.set_blocking(pipe, False)
        poll = select.poll()
        poll.register(pipe, select.POLLOUT)
        left = memoryview(message)
        while left:
            if not poll.poll(self._wall_s * 1_000):
                self.spent = True
                return False
            try:
                left = left[os.write(pipe, left) :]
            except BrokenPipeError:
                return False
        return True

    def _receive(self, size: int, timeout_s: float) -> bytes:
        """So many bytes of its output, b"" if it ended or stalls."""
        assert self._popen.stdout is not None
        got = b""
        poll = select.poll()
        poll.register(self._popen.stdout.fileno(), select.POLLIN)
        while len(got) < size:
            if not poll.poll(timeout_s * 1_000):
                self.spent = True
                return b""
            part = os.read(self._popen.stdout.fileno(), size - len(got))
            if not part:
                self.spent = self._status() == -signal.SIGXCPU
                return b""
            got += part
        return got

    def _status(self) -> int:
        try:
            return self._popen.wait(_DEATH_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            return self._popen.wait()


def _parsed(answer: bytes) -> list[Line] | None:
    """The lines of an answer; None for what no sound child writes."""
    try:
        said = json.loads(answer)
        return [Line(text=str(text), confidence=float(sure)) for text, sure in said]
    except (ValueError, TypeError, RecursionError):
        return None
