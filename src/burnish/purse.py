"""What a run may still spend: shared by all workers on a machine, checked before each batch of calls (hazard 54).

What a call costs is learnt from calls: the first is made alone, then up to `PROBE_CALLS` at a time.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
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


@dataclass(slots=True, kw_only=True)
class Account:
    """What is known at one moment: what was `used` in all, how much of it `since` it was opened and for how many
    `asked` calls, and how many calls are `open`. What is one call here may be several to a server.
    """

    rules: CostRules
    used: Usage = field(default_factory=Usage)
    since: Usage = field(default_factory=Usage)
    asked: int = 0
    open: int = 0

    def take(self, calls: int) -> int:
        """How many of `calls` more calls are open now; 0 if none fits before it is known what the open ones cost."""
        fitting = self._fitting()
        taken = max(0, min(calls, fitting if self._known >= PROBE_CALLS else min(fitting, PROBE_CALLS)))
        self.open += taken
        return taken

    def settle(self, reserved: int, used: Usage) -> None:
        """`reserved` of the open calls are done and cost `used`."""
        self.used += used
        self.since += used
        self.asked += reserved
        self.open = max(0, self.open - reserved)

    @property
    def _known(self) -> int:
        """Calls whose cost is known. A call may have cost nothing, as one that a cascade's first model answers."""
        return min(self.since.calls, self.asked)

    @property
    def _blind(self) -> bool:
        return bool(self.used.uncounted) and not self.used.told

    def _fitting(self) -> int:
        """Calls that fit, at the mean cost so far and a margin; one, then some more, while nothing is known."""
        left = [limit - so_far for limit, so_far in self.limits(self.used)]
        if self._blind or min(left) <= 0:
            return 0
        if not self._known:
            return min(PROBE_CALLS, 1 + self.asked) - self.open
        each = [so_far / self._known * MARGIN for _, so_far in self.limits(self.since)]
        return (
            min(math.floor(rest / cost) if cost else 2**31 for rest, cost in zip(left, each, strict=True)) - self.open
        )

    def limits(self, used: Usage) -> list[tuple[float, float]]:
        """Each limit that is set, and how much of it is used; answers that tell no tokens count like the others."""
        counted = used.calls - used.uncounted
        scale = used.calls / counted if counted > 0 else 1.0
        limits: list[tuple[float, float]] = []
        if self.rules.max_cost:
            limits.append((self.rules.max_cost, self.rules.cost(used) * scale))
        if self.rules.max_tokens:
            limits.append((self.rules.max_tokens, (used.prompt_tokens + used.written_tokens) * scale))
        return limits

    def refusal(self) -> StopError:
        """Why no further call is made."""
        used = self.used
        if self._blind:
            return StopError(
                f"the limit cannot be held: of {used.calls:,} calls no answer says how many tokens it took (`usage`).\n"
                "This server does not count tokens, or what stands before it leaves the counts out. Every answer is\n"
                "kept: run the same command without --max-tokens and --max-cost, or let another server answer into a\n"
                "new output folder."
            )
        tokens = f"{used.prompt_tokens + used.written_tokens:,} tokens"
        cost = f", {self.rules.cost(used):,.4f} at the given prices" if self.rules.max_cost else ""
        return StopError(
            f"the budget leaves no room for another call: {used.calls:,} calls used {tokens}{cost}.\n"
            "Every answer is kept: raise --max-cost or --max-tokens and run the same command again."
        )


@dataclass(slots=True)
class Own:
    """A purse of one process alone, kept nowhere. `empty`: whether a call was refused because no further one fits."""

    account: Account
    empty: bool = False

    def reserve(self, calls: int) -> int:
        """How many of `calls` more calls fit into the limits. Raises `StopError` if none does, or if answers tell no
        tokens.
        """
        taken = self.account.take(calls)
        if not taken:
            self.empty = self.account.used.told
            raise self.account.refusal()
        return taken

    def settle(self, reserved: int, used: Usage) -> None:
        """`reserved` calls are done and cost `used`."""
        self.account.settle(reserved, used)


@dataclass(frozen=True, slots=True)
class Shared:
    """A purse in a file that the workers of a run share. Make it ready with `fill` once, before they start."""

    folder: Path
    rules: CostRules

    def fill(self) -> None:
        """Begin with what the answers in the folder have cost; what dead runs had reserved is forgotten."""
        with self._lock():
            self._write(Account(rules=self.rules, used=Usage.of(spent(self.folder))))

    def reserve(self, calls: int) -> int:
        """How many of `calls` more calls fit into the limits; the rest has to wait for what these really cost.

        While other workers' calls are open it waits for what they cost. Raises `StopError` if no call fits, or if
        answers tell no tokens.
        """
        given_up = time.monotonic() + WAIT_S
        while (taken := self._take(calls, wait=time.monotonic() < given_up)) == 0:
            time.sleep(_POLL_S)
        return taken

    def _take(self, calls: int, *, wait: bool) -> int:
        """Calls taken, 0 if it has to wait."""
        with self._lock():
            account = self._read()
            taken = account.take(calls)
            if not taken and not (account.open and wait):
                raise account.refusal()
            if taken:
                self._write(account)
        return taken

    def settle(self, reserved: int, used: Usage) -> None:
        """`reserved` calls are done and cost `used`."""
        with self._lock():
            account = self._read()
            account.settle(reserved, used)
            self._write(account)

    def _lock(self) -> FileLock:
        with stopping("write", str(self.folder)):
            self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / f"{_NAME}.lock")

    def _read(self) -> Account:
        with stopping("read", str(self.folder / _NAME)):
            found: dict[str, Any] = orjson.loads((self.folder / _NAME).read_bytes())
        used, since = Usage.of(found["used"]), Usage.of(found["since"])
        return Account(rules=self.rules, used=used, since=since, asked=found["asked"], open=found["open"])

    def _write(self, account: Account) -> None:
        told = {"used": account.used.as_json(), "since": account.since.as_json()}
        with stopping("write", str(self.folder / _NAME)):
            (self.folder / _NAME).write_bytes(orjson.dumps({**told, "asked": account.asked, "open": account.open}))
