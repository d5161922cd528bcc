"""The bill: what was asked, answered, generated and never seen. Exact, because only the event loop's thread writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

NO_STATUS = "none"
"""Counted as status where the connection ended before one was sent."""


@dataclass(slots=True)
class Bill:
    """Counts since the start or the last reset."""

    calls: int = 0
    billed_calls: int = 0
    billed_unseen: int = 0
    gave_up: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    in_flight: int = 0
    max_in_flight: int = 0
    status: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    bodies: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While a call is at work or waiting for its turn."""
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1

    def generated(self, prompt: int, completion: int) -> None:
        """A model would have worked: this call is billed."""
        self.billed_calls += 1
        self.prompt_tokens += prompt
        self.completion_tokens += completion

    def as_json(self) -> dict[str, object]:
        """The counts as ``GET /stats`` shows them."""
        return {
            "fake": True,
            "calls": self.calls,
            "billed_calls": self.billed_calls,
            "billed_unseen": self.billed_unseen,
            "gave_up": self.gave_up,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "status": dict(sorted(self.status.items())),
            "faults": dict(sorted(self.faults.items())),
            "in_flight": self.in_flight,
            "max_in_flight": self.max_in_flight,
            "distinct_bodies": len(self.bodies),
        }
