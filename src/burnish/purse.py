"""What a run may still spend: shared by all workers on a machine, checked before each batch of calls (hazard 54)."""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock

from burnish.errors import StopError
from burnish.plan import CostRules
from burnish.storage.answers import spent
from burnish.storage.stopping import stopping
from burnish.usage import Usage

PROBE_CALLS = 16
"""So many calls are made before their mean is believed."""
MARGIN = 1.1
"""Calls are reckoned this much dearer than they were so far: a batch may be, and the limit is a limit."""
WAIT_S = 600.0
"""Longer than any batch takes: a worker that died leaves its calls open, and the run with it."""
_POLL_S = 0.05
_NAME = "spending.json"


class Unlimited:
    """A purse without a bottom."""

    def reserve(self, calls: int) -> int:
        """All of them."""
        return calls

    def settle(self, reserved: int, used: Usage) -> None:
        """Nothing to count."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A purse in a file that the workers of a run share. Make it ready with `fill` once, before they start."""

    folder: Path
    rules: CostRules

    def fill(self) -> None:
        """Begin with what the answers in the folder have cost; what dead runs had reserved is forgotten."""
        with self._lock():
            self._write(spent(self.folder), 0)

    def reserve(self, calls: int) -> int:
        """How many of `calls` more calls fit into the limits; the rest has to wait for what these really cost.

        While other workers' calls are open it waits for what they cost. Raises `StopError` if no call fits.
        """
        given_up = time.monotonic() + WAIT_S
        while (taken := self._take(calls, wait=time.monotonic() < given_up)) == 0:
            time.sleep(_POLL_S)
        return taken

    def _take(self, calls: int, *, wait: bool) -> int:
        """Calls taken, 0 if it has to wait."""
        with self._lock():
            used, reserved = self._read()
            fitting = self._fitting(used, reserved)
            if fitting < 1 and reserved and wait:
                return 0
            if fitting < 1:
                raise StopError(self._used_up(used))
            taken = min(calls, fitting if used["calls"] >= PROBE_CALLS else min(fitting, PROBE_CALLS))
            self._write(used, reserved + taken)
        return taken

    def settle(self, reserved: int, used: Usage) -> None:
        """`reserved` calls are done and cost `used`."""
        with self._lock():
            before, open_calls = self._read()
            before.update(used.as_json())
            self._write(before, max(0, open_calls - reserved))

    def _fitting(self, used: Counter[str], reserved: int) -> int:
        """Calls that fit, at the mean cost so far and a margin; as many as asked for while nothing is known."""
        left = [limit - so_far for limit, so_far in self._limits(used)]
        if min(left) <= 0:
            return 0
        if not used["calls"]:
            return PROBE_CALLS - reserved
        each = [so_far / used["calls"] * MARGIN for _, so_far in self._limits(used)]
        return min(math.floor(rest / cost) if cost else 2**31 for rest, cost in zip(left, each, strict=True)) - reserved

    def _limits(self, used: Counter[str]) -> list[tuple[float, float]]:
        """Each limit that is set, and how much of it is used."""
        limits: list[tuple[float, float]] = []
        if self.rules.max_cost:
            limits.append((self.rules.max_cost, self.rules.cost(Usage(**used))))
        if self.rules.max_tokens:
            limits.append((self.rules.max_tokens, used["prompt_tokens"] + used["written_tokens"]))
        return limits

    def _used_up(self, used: Counter[str]) -> str:
        tokens = f"{used['prompt_tokens'] + used['written_tokens']:,} tokens"
        cost = f", {self.rules.cost(Usage(**used)):,.4f} at the given prices" if self.rules.max_cost else ""
        return (
            f"the budget leaves no room for another call: {used['calls']:,} calls used {tokens}{cost}.\n"
            "Every answer is kept: raise --max-cost or --max-tokens and run the same command again."
        )

    def _lock(self) -> FileLock:
        with stopping("write", str(self.folder)):
            self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / f"{_NAME}.lock")

    def _read(self) -> tuple[Counter[str], int]:
        with stopping("read", str(self.folder / _NAME)):
            content: dict[str, Any] = orjson.loads((self.folder / _NAME).read_bytes())
        return Counter(content["used"]), content["reserved"]

    def _write(self, used: Counter[str], reserved: int) -> None:
        with stopping("write", str(self.folder / _NAME)):
            (self.folder / _NAME).write_bytes(orjson.dumps({"used": dict(used), "reserved": reserved}))
