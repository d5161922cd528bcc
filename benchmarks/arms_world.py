"""A world for `benchmarks.arms`: an output of burnish that holds several texts of the same pictures, and exams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from burnish.arms.asked import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`output`: what the arms are made of; `sizes` of the pools; `caption`: role of the synthetic captions; `proxies`:
    names, each with the recall at how many that is its figure; `fault`: how often the oracle errs that made it, if one
    did.
    """

    name: str
    what: str
    output: Path
    exams: Sequence[Asked]
    sizes: Sequence[int]
    caption: str
    proxies: Mapping[str, int]
    fault: float | None = None
