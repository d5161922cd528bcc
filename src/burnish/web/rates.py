"""How often one address may ask: a bucket of requests each, filled again as time passes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

BURST_S = 2.0
"""A bucket holds so many seconds' worth: a page asks for all its pictures at once."""
MOST_CLIENTS = 4_096
"""Addresses remembered; the one that was quiet longest goes, with a bucket that is most likely full again."""


class Rates:
    """Buckets by address."""

    def __init__(self, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`per_s` requests a second of each address; 0: any number."""
        self._per_s = per_s
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, client: str) -> float:
        """Take one request of `client`: 0 if it may be answered, else after how many seconds one may be."""
        if not self._per_s:
            return 0.0
        most = max(1.0, self._per_s * BURST_S)
        now = self._clock()
        left, then = self._buckets.pop(client, (most, now))
        left = min(most, left + (now - then) * self._per_s)
        allowed = left >= 1.0
        self._buckets[client] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1.0 - left) / self._per_s
