"""What a model has been used for: counted by chat models, limited by a purse, shown at the end of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a model has been used for so far; `possibly_billed` are calls whose answer never came, `uncounted` those of
    `calls` whose answer did not say how many tokens it took.
    """

    calls: int = 0
    prompt_tokens: int = 0
    written_tokens: int = 0
    possibly_billed: int = 0
    uncounted: int = 0

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Usage:
        """What `as_json` gave; counts that are not there are 0, others pass unseen."""
        return cls(**{field.name: counts.get(field.name, 0) for field in fields(cls)})

    @property
    def told(self) -> bool:
        """Whether tokens are known at all: a server may send answers without ``usage``, and then 0 is no count."""
        return not self.calls or bool(self.prompt_tokens or self.written_tokens)

    def __add__(self, other: Usage) -> Usage:
        return Usage(**{key: value + getattr(other, key) for key, value in self.as_json().items()})

    def __sub__(self, other: Usage) -> Usage:
        return Usage(**{key: value - getattr(other, key) for key, value in self.as_json().items()})

    def as_json(self) -> dict[str, int]:
        """All counts by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
