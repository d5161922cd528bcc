"""Memory of `burnish mix` as the sources grow: part of `benchmarks.mixing`.

The same 10,000 pairs of 32 px again and again under ever new shard names (`benchmarks.corpus.linked`), mixed by the
preset clip, exact, as a whole process with two workers: two readings of every source. Memory is the largest sum of the
processes' proportional set sizes.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import corpus
from benchmarks.measure import run


def measured(work: Path, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """A row for each number of pairs, smallest first. What is written is taken away again."""
    rows = []
    for pairs in sorted(sizes):
        source, output = corpus.linked(work, pairs), work / f"mixed-{pairs}"
        shutil.rmtree(output, ignore_errors=True)
        call = [sys.executable, "-m", "burnish", "mix", str(source), "-o", str(output), "--preset", "clip"]
        found = run([*call, "--workers", "2"], log=work / "mix.log", timeout_s=7_200)
        shutil.rmtree(output)
        cost = round(1e6 * found.cpu_s / pairs, 1)
        rows.append({"pairs": pairs, "peak_mb": round(found.peak_mb, 1), "cpu_us_a_pair": cost})
    return rows


def page(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The rows as Markdown, each beside the first."""
    yield "Memory of `burnish mix`, two workers, exact counts, pairs of 32 px (n = 1 each):"
    yield ""
    yield "| pairs | largest memory, MB | against the smallest | CPU a pair, us |"
    yield "|---:|---:|---:|---:|"
    for row in rows:
        growth = f"{row['peak_mb'] / rows[0]['peak_mb'] - 1:+.1%}"
        yield f"| {row['pairs']:,} | {row['peak_mb']:.0f} | {growth} | {row['cpu_us_a_pair']:g} |"
