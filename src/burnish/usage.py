"""What a model has been used for: counted by chat models, limited by a purse, shown at the end of a run."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a model has been used for so far; `possibly_billed` are calls whose answer never came."""

    calls: int = 0
    prompt_tokens: int = 0
    written_tokens: int = 0
    possibly_billed: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(**{key: value + getattr(other, key) for key, value in self.as_json().items()})

    def __sub__(self, other: Usage) -> Usage:
        return Usage(**{key: value - getattr(other, key) for key, value in self.as_json().items()})

    def as_json(self) -> dict[str, int]:
        """All counts by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
