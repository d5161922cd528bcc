"""Good texts spoilt in every known way: the kinds of corruption that the text-quality head is measured by, and swapped
texts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from burnish import edits
from burnish.evals.trials import Item
from burnish.train.builtin.corruption import CORRUPTIONS
from burnish.values import Picture

SWAPPED = "swapped"


def spoilt(pairs: Sequence[tuple[str, Picture, str]], seed: int) -> Iterator[Item]:
    """For each (name, picture, good text): the text as it is, once in each kind of corruption, and another's text that
    shares no word with it, if there is one.
    """
    for at, (name, picture, text) in enumerate(pairs):
        lots = random.Random(f"burnish evaluate corruptions 1 {seed} {name}")
        yield Item(key=f"{name}/good", picture=picture, text=text, kind="", group=name)
        for kind, made in _made(at, [words for *_, words in pairs], lots):
            yield Item(key=f"{name}/{kind}", picture=picture, text=made, kind=kind, group=name, base=f"{name}/good")


def _made(at: int, texts: Sequence[str], lots: random.Random) -> Iterator[tuple[str, str]]:
    for kind, corrupt in CORRUPTIONS.items():
        made = corrupt(texts[at], lots)
        if made != texts[at]:
            yield kind, made
    own = set(edits.words(texts[at]))
    others = lots.sample(range(len(texts)), len(texts))
    other = next((texts[one] for one in others if own.isdisjoint(edits.words(texts[one]))), "")
    if other:
        yield SWAPPED, other
