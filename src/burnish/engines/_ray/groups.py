"""How many shards a task holds: enough that handing it out costs nothing, few enough that all workers end together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from burnish.values import Shard

MAX_SHARDS = 1_000
"""A task's results are kept until it ends."""


class Groups:
    """The shards of a run in order, in groups that last about `task_s` by what earlier ones took per byte."""

    def __init__(self, shards: Sequence[Shard], task_s: float, workers: int) -> None:
        """The first groups are of one shard: nothing is known yet."""
        self._left = deque(shards)
        self._again: deque[Shard] = deque()
        self._weight_left = sum(map(_weight, shards))
        self._task_s = task_s
        self._workers = workers
        self._seconds = 0.0
        self._weight = 0

    def __bool__(self) -> bool:
        """Whether anything is left to hand out."""
        return bool(self._left or self._again)

    def next(self) -> list[Shard]:
        """The next group; empty if nothing is left. What was put back comes first, each shard by itself."""
        if self._again:
            return [self._again.popleft()]
        group: list[Shard] = []
        budget_s = min(self._task_s, self._expected_s(self._weight_left) / (2 * self._workers))
        while self._left and len(group) < MAX_SHARDS:
            if group and (not self._weight or self._expected_s(sum(map(_weight, (*group, self._left[0])))) > budget_s):
                break
            group.append(self._left.popleft())
        self._weight_left -= sum(map(_weight, group))
        return group

    def took(self, shards: Iterable[Shard], seconds: float) -> None:
        """A group of `shards` took a worker so long."""
        self._weight += sum(map(_weight, shards))
        self._seconds += seconds

    def put_back(self, shards: Iterable[Shard]) -> None:
        """Hand these out once more."""
        self._again.extend(shards)

    def _expected_s(self, weight: int) -> float:
        return self._seconds * weight / self._weight if self._weight else 0.0


def _weight(shard: Shard) -> int:
    return max(1, shard.size)
