"""Does the interval that a dry run prints for a paid model hold the real cost? Part of `benchmarks.ux`.

One set of 1,000 pairs with different pictures and texts of 2 to 60 words goes the whole way once, behind the fake
server (scores by hash of the request, so about half of the pairs are rewritten): that is the real cost. Then 60 dry
runs, each over the same pairs in another order, so that another 50 are drawn and the truth stays the same.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import corpus
from burnish.answers import usage
from burnish.cli import _trial
from burnish.fakeserver import FakeServer, Settings
from burnish.flow import enhance
from burnish.intervals import wilson
from burnish.plan import build
from burnish.stores import store_of
from burnish.tools import load_tools

PAIRS = 1_000
TRIALS = 60
SEED = 11
SIDE_PX = 48
PRICES = {"price_in": 0.2, "price_out": 0.8}
_WORDS = (
    "red",
    "boat",
    "on",
    "a",
    "lake",
    "old",
    "photo",
    "IMG_2041",
    "buy",
    "cheap",
    "tiles",
    "window",
    "dog",
    "blue",
)


def sources() -> list[corpus.Source]:
    """Pairs that differ in picture, text and length of text."""
    lots, pixels = random.Random(SEED), np.random.default_rng(SEED)
    found = []
    for number in range(PAIRS):
        image = Image.fromarray(pixels.integers(0, 256, (SIDE_PX, SIDE_PX, 3), np.uint8))
        words = lots.choices(_WORDS, k=min(60, int(2 * lots.paretovariate(1.1))))
        found.append(corpus.Source(jpeg=corpus._jpeg(image), text=f"{' '.join(words)} {number}"))  # noqa: SLF001
    return found


def laid(folder: Path, found: list[corpus.Source]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    corpus.pack(folder, found, per_shard=PAIRS // 4)
    return folder


def plan_of(source: Path, url: str) -> Any:
    return build(
        {
            "source": str(source),
            "output": str(source) + "-never",
            "backend": "openai",
            "backend_options": {"base_url": url, "model": "fake"},
            "cost": PRICES,
        }
    )


def real_cost(source: Path, url: str) -> float:
    """Of all pairs, asked in this process."""
    plan = plan_of(source, url)
    store = store_of(plan)
    with closing(load_tools(plan)) as tools:
        before = usage(tools.backend)
        items = (item for shard in store.shards() for item in store.read(shard))
        asked = sum(1 for _ in enhance(items, tools))
        assert asked == PAIRS
        return plan.cost.cost(usage(tools.backend) - before)


def trials(work: Path, found: list[corpus.Source], url: str) -> Iterator[tuple[float, float]]:
    """What a dry run says, over and over."""
    for number in range(TRIALS):
        order = random.Random(f"{SEED} {number}").sample(found, len(found))
        cost = _trial.attempt(plan_of(laid(work / "ux-trial", order), url)).cost()
        assert cost is not None, "this server counts tokens"
        yield cost


def measured(work: Path) -> dict[str, Any]:
    found = sources()
    with FakeServer(Settings(model_id="fake")) as server:
        real = real_cost(laid(work / "ux-all", found), server.url)
        said = list(trials(work, found, server.url))
    hits = sum(low <= real <= high for low, high in said)
    low, high = wilson(hits, TRIALS)
    return {
        "pairs": PAIRS,
        "trials": TRIALS,
        "seed": SEED,
        "real": round(real, 6),
        "inside": hits,
        "share": round(hits / TRIALS, 4),
        "share_95": [round(low, 4), round(high, 4)],
        "width": round(sum(b - a for a, b in said) / TRIALS / real, 4),
        "below": sum(real < a for a, _ in said),
        "above": sum(real > b for _, b in said),
        "said": [[round(a, 6), round(b, 6)] for a, b in said],
        "target": 0.9,
    }


def lines(found: dict[str, Any]) -> list[str]:
    low, high = found["share_95"]
    text = f"""
## What it will cost (U6)

{found["trials"]} dry runs over {found["pairs"]:,} pairs (seed {found["seed"]}) behind the fake server, each drawing
another 50; the real cost is that of all pairs, asked once. **Inside the printed interval: {found["inside"]} of
{found["trials"]}** ({found["share"]:.0%}, 95 % interval {low:.0%} to {high:.0%}; target 90 %). The interval is
{found["width"]:.0%} of the cost wide on average; the cost lay under it {found["below"]} times, over it
{found["above"]} times. Made-up answers cost other tokens than a model's; and equal pictures with equal texts, of which
there are none here, are paid for once: a set with many of them costs less than it says."""
    return [text]
