"""What a reader counts: the next item's ordinal, and the keys seen so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from burnish.values import Origin


@dataclass(slots=True, kw_only=True)
class Numbering:
    """Counts the items of one shard."""

    source: str
    shard: str
    next: int = 0
    _seen: set[int] = field(default_factory=set)

    def origin(self) -> Origin:
        """The identity of the next item."""
        origin = Origin(source=self.source, shard=self.shard, ordinal=self.next)
        self.next += 1
        return origin

    def flags(self, key: str) -> tuple[str, ...]:
        """What is to be said about `key`: whether it was there before."""
        # Hashes, not keys: memory stays flat over 10 million rows. A false alarm needs a 64-bit collision.
        before = len(self._seen)
        self._seen.add(hash(key))
        return () if len(self._seen) > before else ("duplicate_key",)
