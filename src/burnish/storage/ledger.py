"""The ledger: in = out + quarantined + gaps, checked and not assumed (hazard rule 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from burnish.errors import BurnishError
from burnish.values import Json


class LedgerError(BurnishError):
    """Items were lost or counted twice: a bug in burnish, never the user's fault. Nothing is committed (exit 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many items came in and where each of them went. Counts of several shards add up."""

    total: int = 0
    kept: int = 0
    rewritten: int = 0
    recaptioned: int = 0
    passed: int = 0
    quarantined: int = 0
    gaps: int = 0

    @property
    def written(self) -> int:
        """Pairs in the output."""
        return self.kept + self.rewritten + self.recaptioned + self.passed

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    def check(self) -> None:
        """Raise `LedgerError` unless total = kept + rewritten + recaptioned + passed + quarantined + gaps, all >= 0."""
        if min(getattr(self, f.name) for f in fields(self)) < 0:
            raise LedgerError(f"a count is negative: {self}")
        if self.total != self.written + self.quarantined + self.gaps:
            raise LedgerError(
                f"{self.total:,} items came in, but {self.written:,} written + {self.quarantined:,} quarantined"
                f" + {self.gaps:,} gaps = {self.written + self.quarantined + self.gaps:,}.\nPlease report this bug."
            )

    def as_json(self) -> dict[str, Json]:
        """The counts by name, in a fixed order."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> Counts:
        """The inverse of `as_json`. Raises `ValueError` for anything but exactly these counts as whole numbers."""
        names = [f.name for f in fields(cls)]
        if sorted(row) != sorted(names):
            raise ValueError(f"counts must be named {', '.join(names)}")
        counts: dict[str, int] = {}
        for name, value in row.items():
            if not isinstance(value, int) or isinstance(value, bool):
                raise ValueError(f"count {name} is not a whole number: {value!r}")  # noqa: TRY004 -- bad data, not types
            counts[name] = value
        return cls(**counts)
