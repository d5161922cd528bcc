"""What every engine does with a run: feed its crew, count, seal; on Ctrl-C let the shards in flight finish."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from typing import Protocol

from burnish.engines import OnProgress, processes
from burnish.runs import OpenRun
from burnish.shard_run import ShardDone
from burnish.storage.ledger import Counts
from burnish.summary import Summary

DRAIN_S = 10.0
"""After the first Ctrl-C, shards in flight get this long to commit."""

_POLL_S = 0.2

_LOG = logging.getLogger("burnish")


class Crew(Protocol):
    """Workers, wherever they are, and the shards they have been given."""

    def feed(self) -> bool:
        """Give out as many of the run's shards as can be done soon; False if nothing is left to wait for."""
        ...

    def collect(self, timeout_s: float) -> list[ShardDone]:
        """The shards finished since the last call, waiting at most `timeout_s` for the first. Raises `StopError`."""
        ...

    def ticks(self) -> Iterable[tuple[str, Counts]]:
        """How far shards in flight have come since the last call, by their names."""
        ...

    def drain(self, timeout_s: float) -> list[ShardDone]:
        """Give out nothing more; the shards in flight that finish in time."""
        ...

    def end(self) -> None:
        """End all workers at once."""
        ...


class Progress:
    """Counts of finished shards plus the latest of each shard in flight."""

    def __init__(self, before: Counts, listener: OnProgress | None) -> None:
        """`before`: what earlier runs have done."""
        self._finished = before
        self._running: dict[str, Counts] = {}
        self._listener = listener

    def tick(self, shard: str, counts: Counts) -> None:
        """`shard` has come so far."""
        self._running[shard] = counts
        self._tell()

    def finished(self, done: ShardDone) -> None:
        """A shard is committed."""
        self._running.pop(done.shard.name, None)
        self._finished += done.counts
        self._tell()

    def _tell(self) -> None:
        if self._listener:
            self._listener(sum(self._running.values(), start=self._finished))


def through(crew: Crew, progress: Progress) -> Iterator[ShardDone]:
    """All that `crew` has to do, as it is done. Raises `StopError`, `Interrupted`; the crew is ended in any case."""
    try:
        while crew.feed():
            ready = crew.collect(_POLL_S)
            for shard, counts in crew.ticks():
                progress.tick(shard, counts)
            yield from _told(ready, progress)
    except KeyboardInterrupt:
        yield from _told(_in_flight(crew), progress)
        raise processes.interrupted() from None
    finally:
        crew.end()


def _told(ready: Iterable[ShardDone], progress: Progress) -> Iterator[ShardDone]:
    for done in ready:
        progress.finished(done)
        yield done


def _in_flight(crew: Crew) -> list[ShardDone]:
    _LOG.warning("interrupted: shards in flight get %g s to finish; Ctrl-C again stops at once", DRAIN_S)
    try:
        return crew.drain(DRAIN_S)
    except KeyboardInterrupt:  # the second Ctrl-C: give up the shards in flight, they will be redone
        return []


def finish(opened: OpenRun, done: Iterable[ShardDone], started: float) -> Summary:
    """Take what is `done` into the run as it comes, then seal it. `started`: when, by the monotonic clock."""
    try:
        for shard in done:
            opened.finished(shard)
        return opened.seal(time.monotonic() - started)
    except KeyboardInterrupt:
        raise processes.interrupted() from None
