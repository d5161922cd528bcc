"""The child processes of this one, from the kernel's point of view."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def children() -> list[int]:
    """Living children of this process that are image decoders."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            found += [int(pid) for pid in (task / "children").read_text().split()]
    return sorted(pid for pid in found if b"burnish.images.child" in _command(pid) and cpu_s(pid) is not None)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):  # gone before, or just after, it was opened
        return b""


def _is_ready(pid: int) -> bool:
    """A child silences its standard error when it has tested itself."""
    try:
        return Path(f"/proc/{pid}/fd/2").readlink() == Path("/dev/null")
    except OSError:
        return False


def cpu_s(pid: int) -> float | None:
    """CPU seconds a process has used, None if it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def attacker(sent: signal.Signals, after_s: float, times: int) -> Iterator[list[int]]:
    """Sends a signal to each child that has used `after_s` seconds of CPU since it was first seen ready to decode,
    until it has sent `times`. Gives the list of those hit: from outside, as a crash or the kernel would do it.
    """
    hit: list[int] = []
    over = threading.Event()

    def attack() -> None:
        first: dict[int, float] = {}
        while not over.is_set() and len(hit) < times:
            for pid in {pid for pid in children() if _is_ready(pid)} - set(hit):
                used = cpu_s(pid)
                if used is not None and used - first.setdefault(pid, used) > after_s:
                    with suppress(ProcessLookupError):  # it ended by itself meanwhile
                        os.kill(pid, sent)
                        hit.append(pid)
            time.sleep(0.01)

    thread = threading.Thread(target=attack)
    thread.start()
    try:
        yield hit
    finally:
        over.set()
        thread.join()
