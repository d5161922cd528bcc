"""Outputs of burnish with captions of several roles, written by burnish's own writers; their content is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from burnish.records import RecordsWriter
from burnish.storage.ledger import Counts
from burnish.storage.run import Run
from burnish.stores import open_store
from burnish.values import Caption, Decision, Pair, Picture, Record, Score
from tests.builders import jpeg
from tests.shards import write_shard

Make = Callable[[int], Mapping[str, tuple[str, float | None]]]
"""From a pair's number to its further captions: role -> (text, overall score)."""


@dataclass(frozen=True)
class Known:
    """An output's folder and how many pairs are in it."""

    path: Path
    pairs: int


def both(number: int) -> Mapping[str, tuple[str, float | None]]:
    """Every pair has a short synthetic caption, scored 1 to 5 in turn."""
    return {"ssc": (f"short {number}", 1.0 + number % 5)}


def make(
    folder: Path,
    make_captions: Make = both,
    *,
    shards: int = 2,
    each: int = 10,
    alt: float | None = 2.0,
    image_of: Callable[[int], bytes] = jpeg,
) -> Known:
    """An output with `shards` tars of `each` pairs; pair n has the AltText "alt n" with score `alt`."""
    source = folder.parent / f"{folder.name}-in"
    for shard in range(shards):
        first = shard * each
        write_shard(
            source / f"{shard:05d}.tar", [f"alt {first + i}" for i in range(each)], first=first, image_of=image_of
        )
    store = open_store(str(source), "webdataset")
    with Run.open(str(folder), {"plan": {"made": "for a test"}}) as run:
        for shard in store.shards():
            with run.commit(shard) as commit:
                writer, records = store.writer(shard, commit), RecordsWriter(commit.create_records())
                count = 0
                for item in store.read(shard):
                    assert isinstance(item, Pair)
                    record = _record(item, make_captions(int(item.key)), alt)
                    writer.put(record)
                    records.put(record)
                    count += 1
                writer.finish()
                records.finish()
                commit.publish(Counts(total=count, kept=count))
        run.seal({})
    return Known(folder, shards * each)


def _record(pair: Pair, more: Mapping[str, tuple[str, float | None]], alt: float | None) -> Record:
    captions = [Caption(text=pair.text, role="alt", maker="source", scores=_scores(alt))]
    captions += [Caption(text=t, role=r, maker="test", scores=_scores(s)) for r, (t, s) in more.items()]
    picture = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="JPEG", mode="RGB")
    made = Record(pair=pair, picture=picture, view=pair.text, captions=tuple(captions))
    return replace(made, decision=Decision.KEPT)


def _scores(value: float | None) -> tuple[Score, ...]:
    return () if value is None else (Score(criterion="overall", value=value, confidence=1.0),)


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder that are there to stay."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock"
    }
