"""One life of a decoding child: start, send, receive, death."""

from __future__ import annotations

import dataclasses
import json
import mmap
import os
import select
import signal
import subprocess
import tempfile
import time
import weakref
from collections.abc import Sequence
from typing import IO, TypeAlias

from burnish import confined
from burnish.images import layout
from burnish.images.limits import Limits
from burnish.values import ImageFault, Picture, Reason

_START_S = 120.0  # imports from a cold, busy disk
_DEATH_S = 10.0  # between the end of a child's output and its exit status; a large core takes a moment
_LOOK_S = 1.0
_WALL_PER_CPU = 4.0
"""A child may wait for a CPU that others use: it counts as hanging when it made no progress for so many times its
CPU limit. A decoder that computes too long is ended by the CPU limit itself, whatever the load."""

_WHAT = "the image decoder"

_Result: TypeAlias = Picture | ImageFault


class Process:
    """A running child and the memory shared with it. Not restarted: when it died, make another."""

    def __init__(self, limits: Limits, side_px: int) -> None:
        """Start it and wait until it has proved that it can decode. Raises `StopError`, `MissingPackage`."""
        self._side_px = side_px
        self._timeout_s = limits.timeout_s
        self._count = 0
        self._owner = os.getpid()
        self._file = _shared_file()
        self._memory = _grown(self._file, mmap.PAGESIZE)
        with tempfile.TemporaryFile() as log:
            self._popen = _spawn(self._file.fileno(), side_px, limits, log)
            self.end = weakref.finalize(self, confined.end, self._popen, self._owner, self._file)
            """Kill the child and free what is shared; also done when this object goes."""
            if self._byte(_START_S) != b"r":
                self.end()
                raise confined.not_started(_WHAT, log)

    @property
    def is_ours(self) -> bool:
        """Whether this process started the child; a fork of it must not use it."""
        return self._owner == os.getpid()

    def send(self, images: Sequence[bytes]) -> None:
        """Give it a batch. That it died meanwhile is for `receive` to find."""
        size = layout.size_for(images, self._side_px)
        if size > len(self._memory):
            self._memory.close()
            self._memory = _grown(self._file, size)
        layout.put_images(self._memory, images)
        self._count = len(images)
        assert self._popen.stdin is not None
        try:
            os.write(self._popen.stdin.fileno(), layout.BATCH.pack(len(images), size))
        except BrokenPipeError:
            self._popen.kill()

    def receive(self) -> tuple[list[_Result], ImageFault | None]:
        """(results in order, None), or (the results it had finished, the fault of the next) if it died or stalled."""
        death = None if self._await() else self._death()
        done = self._count if death is None else min(layout.finished(self._memory), self._count - 1)
        results, nonsense = _read(self._memory, done, self._side_px)
        return results, nonsense or death

    def _await(self) -> bool:
        """Whether the batch was finished; False if the child is dead or makes no progress."""
        done, since = -1, time.monotonic()
        while time.monotonic() - since < self._timeout_s * _WALL_PER_CPU:
            byte = self._byte(min(_LOOK_S, self._timeout_s * _WALL_PER_CPU))
            if byte is not None:
                return byte == b"d"
            if layout.finished(self._memory) != done:
                done, since = layout.finished(self._memory), time.monotonic()
        return False

    def _byte(self, timeout_s: float) -> bytes | None:
        """The next byte of the child, b"" if it is dead, None if the time is over."""
        assert self._popen.stdout is not None
        poll = select.poll()
        poll.register(self._popen.stdout.fileno(), select.POLLIN)
        return os.read(self._popen.stdout.fileno(), 1) if poll.poll(timeout_s * 1000) else None

    def _death(self) -> ImageFault:
        assert self._popen.stdout is not None
        if self._byte(0) is None:  # its output is open: it lives and stalls
            self._popen.kill()
            return _fault(Reason.DECODE_TIMEOUT, f"no progress for {self._timeout_s * _WALL_PER_CPU:g} s")
        try:
            status = self._popen.wait(_DEATH_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            status = self._popen.wait()
        if status == -signal.SIGXCPU:
            return _fault(Reason.DECODE_TIMEOUT, f"more than {self._timeout_s:g} s of CPU time")
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        return _fault(Reason.DECODER_CRASH, f"the decoder ended by {how}")


def _read(memory: mmap.mmap, count: int, side_px: int) -> tuple[list[_Result], ImageFault | None]:
    """The first `count` results; up to the first that no sound child writes, and that as a fault."""
    results: list[_Result] = []
    for index in range(count):
        try:
            result = layout.get_result(memory, index, side_px)
        except layout.BrokenReplyError as error:
            return results, _fault(Reason.DECODER_CRASH, f"the decoder answered nonsense: {error}")
        results.append(result)
    return results, None


def _fault(reason: Reason, detail: str) -> ImageFault:
    return ImageFault(reason=reason, detail=detail)


def _shared_file() -> IO[bytes]:
    """A file in memory without a name; on systems without such, a temporary one that is already unlinked."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("burnish-images"), "r+b", buffering=0)
    return tempfile.TemporaryFile()


def _grown(file: IO[bytes], size: int) -> mmap.mmap:
    os.ftruncate(file.fileno(), size)
    return mmap.mmap(file.fileno(), size)


def _spawn(memory: int, side_px: int, limits: Limits, log: IO[bytes]) -> subprocess.Popen[bytes]:
    # glibc's malloc gives freed pixels back to the kernel after each image unless told otherwise: the page faults
    # were 0.2 ms an image, an eighth of the work. Above 4 MiB it still does. Other systems ignore the names.
    heap = {"MALLOC_MMAP_THRESHOLD_": str(2**22), "MALLOC_TRIM_THRESHOLD_": str(2**24)}
    arguments = [str(memory), str(side_px), json.dumps(dataclasses.asdict(limits))]
    return confined.start("burnish.images.child", arguments, log, what=_WHAT, shared=(memory,), more=heap)
