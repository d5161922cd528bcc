"""What is measured of captions that have references. One file each; a file defines ``METRIC``, a `CaptionMetric`.

Own code, and little: the one library that has them all (pycocoevalcap) is 100 MB and wants Java to cut texts into
words, and others have one of them each. On the same words the figures are the same: the tests hold pycocoevalcap's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from burnish import discovery
from burnish.evals.figures import Floats, Reading

if TYPE_CHECKING:
    from burnish.evals.captions import Sheet

KIND = "evals.caption_metrics"
Gram = tuple[str, ...]


class CaptionMetric(Protocol):
    """See the module."""

    def __call__(self, sheet: Sheet) -> Iterator[Reading]:
        """What a figure is made of; nothing where the sheet does not have what it takes."""
        ...


def load(name: str) -> CaptionMetric:
    """The metric called `name`; raises `UsageError` with the nearest name."""
    return cast(CaptionMetric, discovery.load(KIND, name))


def grams(words: Sequence[str], size: int) -> Counter[Gram]:
    """How often each run of `size` words occurs."""
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def mean(cases: Floats) -> float:
    """Of a single column."""
    return float(cases.mean()) if len(cases) else float("nan")
