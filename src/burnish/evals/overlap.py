"""Is an evaluation set in a data set? By its texts' n-grams, and by pictures and texts that are nearly the same.

Only the evaluation set's n-grams are held; the data goes through, caption by caption. A short text is one n-gram as a
whole, and one of fewer than `SHORTEST` words is not looked for: everybody writes those.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import xxhash

from burnish import edits
from burnish.evals.editor import Rate, wilson
from burnish.mixing.keeping import name_of
from burnish.mixing.sources import Source
from burnish.passes.alike import Way
from burnish.passes.duplicates import Wanted, duplicates
from burnish.storage.opening import open_files

WORDS = 8
SHORTEST = 4
MOSTLY = 0.5
EXAMPLES = 5
NEAR = ("near_image", "near_text")
UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Items of the evaluation set that are also in the data. `any_ngram`, `mostly`: one of a text's n-grams, or at
    least half of them, stands in some caption; `looked_for`: texts long enough. `near`: by way of being alike.
    `examples`: keys of such items.
    """

    items: int
    looked_for: int
    any_ngram: Rate
    mostly: Rate
    near: dict[str, Rate]
    examples: tuple[str, ...]


class Index:
    """The n-grams of an evaluation set, and which of them have turned up."""

    def __init__(self, texts: Iterable[tuple[str, str]], words: int = WORDS) -> None:
        """`texts`: key and text of each item."""
        self._words = words
        self._items = [(key, tuple(dict.fromkeys(_grams(text, words)))) for key, text in texts]
        self._wanted = {gram for _, grams in self._items for gram in grams}
        self._short = {size for _, text_grams in self._items for size, _ in text_grams}
        self._found: set[tuple[int, int]] = set()

    def see(self, text: str) -> None:
        """A caption of the data goes by."""
        words = edits.words(text)
        for size in self._short:
            for at in range(len(words) - size + 1):
                gram = (size, _hash(words[at : at + size]))
                if gram in self._wanted:
                    self._found.add(gram)

    def overlap(self, near: dict[str, Rate]) -> Overlap:
        """What has turned up so far."""
        shares = {
            (at, key): sum(gram in self._found for gram in grams) / len(grams)
            for at, (key, grams) in enumerate(self._items)
            if grams
        }
        hit = [key for (_, key), share in shares.items() if share > 0]
        return Overlap(
            items=len(self._items),
            looked_for=len(shares),
            any_ngram=wilson(len(hit), len(shares)),
            mostly=wilson(sum(share >= MOSTLY for share in shares.values()), len(shares)),
            near=near,
            examples=tuple(hit[:EXAMPLES]),
        )


def _grams(text: str, size: int) -> Iterator[tuple[int, int]]:
    words = edits.words(text)
    if len(words) < SHORTEST:
        return
    size = min(size, len(words))
    for at in range(len(words) - size + 1):
        yield size, _hash(words[at : at + size])


def _hash(words: Sequence[str]) -> int:
    return xxhash.xxh3_64_intdigest("\0".join(words).encode("utf-8", "surrogatepass"))


def near(data: Sequence[Source], unseen: Source, ways: Sequence[str] = NEAR, workers: int = 1) -> dict[str, Rate]:
    """By way of being alike: the items of `unseen` (a source of that name) that are like a pair of `data`."""
    return {way: _near(data, unseen, way, workers) for way in ways}


def _near(data: Sequence[Source], unseen: Source, way: str, workers: int) -> Rate:
    with tempfile.TemporaryDirectory(prefix="burnish-overlap-") as scratch:
        folder = str(Path(scratch) / "alike")
        duplicates([*data, unseen], Wanted(by=(Way.of(way),)), folder, workers=workers)
        rows = list(_rows(folder, unseen))
    own = {group for group, place in rows if place == 0}  # the first of a group is in the data if any of it is
    return wilson(sum(group not in own for group, _ in rows), sum(_pairs(unseen)))


def _rows(folder: str, source: Source) -> Iterator[tuple[str, int]]:
    import pyarrow.parquet as pq

    files = open_files(folder)
    for shard in source.shards:
        with files.open(name_of(source.name, shard.name)) as file:
            table = pq.read_table(file, columns=["group", "place"])
        yield from zip(table["group"].to_pylist(), table["place"].to_pylist(), strict=True)


def _pairs(source: Source) -> Iterator[int]:
    from burnish.mixing.sources import entries

    return (1 for shard in source.shards for _ in entries(source, shard))
