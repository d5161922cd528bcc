"""Which clip art trains and which is held out, fixed once in `split.json.gz`.

Groups join pictures whose normalised texts are equal or whose vision features have a cosine above 0.9, so
look-alikes never straddle: with text groups alone 17 % of test pictures had such a neighbour in train.
A group goes to train / dev / test by a hash of its first stem. Two lists lie inside test: `editor_holdout`,
whose titles nobody reads before an evaluator labels them, and `sample_pool`, where the demo sample comes from.
"""

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

TRAIN_PERCENT = 80
DEV_PERCENT = 5
LOOK_ALIKE_COSINE = 0.9
EDITOR_HOLDOUT = 300
SAMPLE_POOL = 400
SERIES = 40  # a title under more pictures than this is a collection's name
PER_GROUP = 3  # members of one group in either list, so that no series of flags fills it
SPLIT_FILE = "split.json.gz"

Split = dict[str, list[str]]


def text_keys(texts: Mapping[str, str]) -> dict[str, str]:
    """Stem -> what makes two texts the same: lower-case words without digits.

    The file name speaks where the title has no words, or stands under so many pictures that it names none of them.
    """
    titles = {stem: _words(title) for stem, title in texts.items()}
    often = Counter(titles.values())
    return {
        stem: key if key and often[key] <= SERIES else _words(stem.rsplit("/", 1)[-1]) for stem, key in titles.items()
    }


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", text.lower()))


def groups(texts: Mapping[str, str], features: npt.NDArray[np.float32]) -> dict[str, list[str]]:
    """First stem of a group -> its stems; `features` (n, d) are in the order of `texts` (stem -> title)."""
    stems = list(texts)
    parent = list(range(len(stems)))

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def union(one: int, other: int) -> None:
        low, high = sorted((find(one), find(other)))
        parent[high] = low

    first: dict[str, int] = {}
    for index, key in enumerate(text_keys(texts).values()):
        union(first.setdefault(key, index), index)
    for one, other in look_alikes(features):
        union(one, other)
    found: dict[str, list[str]] = {}
    for index, stem in enumerate(stems):
        found.setdefault(stems[find(index)], []).append(stem)
    return found


def look_alikes(features: npt.NDArray[np.float32], cosine: float = LOOK_ALIKE_COSINE) -> Iterable[tuple[int, int]]:
    """Index pairs (low, high) whose features are closer than `cosine`."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    for start in range(0, len(unit), 512):
        rows, columns = np.nonzero(unit[start : start + 512] @ unit.T > cosine)
        for row, column in zip(rows + start, columns, strict=True):
            if row < column:
                yield int(row), int(column)


def make(texts: Mapping[str, str], features: npt.NDArray[np.float32]) -> Split:
    """The whole split from stem -> title and the matching features."""
    split: Split = {"train": [], "dev": [], "test": []}
    members: list[tuple[str, str]] = []
    for root, stems in groups(texts, features).items():
        place = percent(root)
        part = "train" if place < TRAIN_PERCENT else "dev" if place < TRAIN_PERCENT + DEV_PERCENT else "test"
        split[part] += stems
        if part == "test":
            members += [(root, stem) for stem in stems]
    split["editor_holdout"] = _draw(members, EDITOR_HOLDOUT, "editor")
    taken = set(split["editor_holdout"])
    split["sample_pool"] = _draw([pair for pair in members if pair[1] not in taken], SAMPLE_POOL, "sample")
    return {part: sorted(stems) for part, stems in split.items()}


def percent(root: str) -> int:
    """0..99, by a hash of a group's first stem."""
    return int.from_bytes(hashlib.sha256(f"burnish split 1 {root}".encode()).digest()[:8], "big") % 100


def _draw(members: Sequence[tuple[str, str]], count: int, salt: str) -> list[str]:
    order = sorted(members, key=lambda pair: hashlib.sha256(f"{salt} {pair[1]}".encode()).digest())
    used: dict[str, int] = {}
    drawn: list[str] = []
    for root, stem in order:
        if used.get(root, 0) < PER_GROUP and len(drawn) < count:
            used[root] = used.get(root, 0) + 1
            drawn.append(stem)
    return drawn


def pack(split: Split) -> bytes:
    """The split as the bytes of `split.json.gz`; the same split gives the same bytes."""
    return gzip.compress(json.dumps(split, indent=0).encode(), mtime=0)


@cache
def load() -> dict[str, frozenset[str]]:
    """The fixed split that ships with the code: name of the part -> stems."""
    raw = (files(__package__) / SPLIT_FILE).read_bytes()
    parts: Split = json.loads(gzip.decompress(raw))
    return {part: frozenset(stems) for part, stems in parts.items()}
