"""Pairs whose arms are good or bad by construction, and a learner of a millisecond to tell; all of it is real."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from burnish.proxy import Epoch, Floats, Rows
from burnish.records import RecordsWriter
from burnish.storage.ledger import Counts
from burnish.storage.run import Run
from burnish.stores import open_store
from burnish.values import Caption, Decision, Pair, Picture, Record, Score
from tests.proxy.lessons import toy
from tests.shards import write_shard


class Regressed:
    """A proxy as a user may bring one: the words of a text by ridge regression from the colours of 4 x 4 fields, on
    `drawn` samples of the seed's choice.
    """

    side_px = 96

    def __init__(self, *, drawn: int = 400) -> None:
        self._drawn = drawn
        self.identity = f"regressed-1(drawn={drawn})"
        self.trained = 0
        self.stop_after = 10**9

    def look(self, pictures: Iterable[npt.NDArray[np.uint8]]) -> Floats:
        return np.stack([_fields(rgb) for rgb in pictures])

    def train(self, seen: Floats, epochs: Sequence[Epoch], seed: int) -> Student:
        if self.trained >= self.stop_after:
            raise KeyboardInterrupt
        self.trained += 1
        rng = np.random.default_rng(seed)
        chosen = [rng.choice(len(epoch.texts), self._drawn // len(epochs)) for epoch in epochs]
        pictures = np.concatenate([epoch.pictures[rows] for epoch, rows in zip(epochs, chosen, strict=True)])
        texts = [epoch.texts[row] for epoch, rows in zip(epochs, chosen, strict=True) for row in rows]
        x, y = seen[pictures], _bags(texts)
        return Student(np.linalg.solve(x.T @ x + np.eye(x.shape[1], dtype=np.float32), x.T @ (y - y.mean(axis=0))))


class Student:
    def __init__(self, weights: Floats) -> None:
        self._weights = weights

    def scores(self, seen: Floats, texts: Sequence[str]) -> Floats:
        foretold, told = seen @ self._weights, _bags(texts)
        told = told / np.maximum(np.linalg.norm(told, axis=1, keepdims=True), 1e-9)
        return np.asarray(foretold @ told.T, np.float32)


def _fields(rgb: npt.NDArray[np.uint8]) -> Floats:
    small = np.asarray(Image.fromarray(rgb).resize((4, 4), Image.Resampling.BOX), np.float32).ravel() / 255
    return np.concatenate([small, small**2, [1.0]]).astype(np.float32)


_WORDS = ("a", "square", "on", "red", "green", "blue", "yellow", "purple", "black", "orange", "grey")


def _bags(texts: Sequence[str]) -> Floats:
    """Counts of the words of each text; the last two words are told from the first: "a red square on blue"."""
    found = np.zeros((len(texts), 2 * len(_WORDS)), np.float32)
    for row, text in enumerate(texts):
        words = [word for word in text.split() if word in _WORDS]
        for place, word in enumerate(words):
            found[row, _WORDS.index(word) + (len(_WORDS) if place > 1 else 0)] += 1
    return found


@dataclass(frozen=True)
class Told:
    """What is said of a picture: as found with its score, by enhance (None: the text as found stays), and new."""

    alt: str
    score: float | None
    rewrite: str | None = None
    ssc: str | None = None


@dataclass(frozen=True)
class Known:
    """An output, the exam beside it, and what is right for each picture of the output."""

    path: Path
    exam: Path
    right: tuple[str, ...] = field(repr=False, default=())


def half_wrong(number: int, right: Sequence[str], lots: random.Random) -> Told:
    """Half the texts are another picture's and stand low; enhance puts them right; a quarter of new captions errs."""
    other = right[(number + 1 + lots.randrange(len(right) - 1)) % len(right)]
    good = number % 2 == 0
    ssc = other if number % 4 == 1 else right[number]
    text = right[number]
    return Told(alt=text, score=4.5, ssc=ssc) if good else Told(alt=other, score=1.5, rewrite=text, ssc=ssc)


def make(
    folder: Path,
    say: Callable[[int, Sequence[str], random.Random], Told] = half_wrong,
    *,
    pairs: int = 240,
    asked: int = 120,
) -> Known:
    """An output of `pairs` toy pictures in two shards with what `say` has of each, and `asked` others, told right."""
    lesson, fresh = toy(pairs, seed=1), toy(asked, seed=2)
    lots = random.Random(0)
    told = [say(number, lesson.texts, lots) for number in range(pairs)]
    source = folder / "in"
    for shard, first in enumerate((0, pairs // 2)):
        texts = [one.alt for one in told[first : first + pairs // 2]]
        images = [png(rgb) for rgb in lesson.pictures]
        write_shard(source / f"{shard:05d}.tar", texts, first=first, image_of=images.__getitem__)
    write_shard(folder / "exam" / "00000.tar", fresh.texts, image_of=lambda number: png(fresh.pictures[number]))
    _judged(source, folder / "out", told)
    return Known(folder / "out", folder / "exam", lesson.texts)


def png(rgb: npt.NDArray[np.uint8]) -> bytes:
    sink = io.BytesIO()
    Image.fromarray(rgb).save(sink, "PNG")
    return sink.getvalue()


def _judged(source: Path, output: Path, told: Sequence[Told]) -> None:
    """Written by burnish's own writers, as a run would."""
    store = open_store(str(source), "webdataset")
    with Run.open(str(output), {"plan": {"rewrite.below": 2.5}}) as run:
        for shard in store.shards():
            with run.commit(shard) as commit:
                writer, records = store.writer(shard, commit), RecordsWriter(commit.create_records())
                count = 0
                for item in store.read(shard):
                    assert isinstance(item, Pair)
                    record = _record(item, told[int(item.key)])
                    writer.put(record)
                    records.put(record)
                    count += 1
                writer.finish()
                records.finish()
                commit.publish(Counts(total=count, kept=count))
        run.seal({})


def _record(pair: Pair, told: Told) -> Record:
    scores = () if told.score is None else (Score(criterion="overall", value=told.score, confidence=1.0),)
    captions = [Caption(text=pair.text, role="alt", maker="source", scores=scores)]
    if told.rewrite is not None:
        captions.append(Caption(text=told.rewrite, role="rewrite", maker="test", verdict="accepted"))
    chosen = len(captions) - 1
    if told.ssc is not None:
        captions.append(Caption(text=told.ssc, role="ssc", maker="test", verdict="accepted"))
    picture = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")
    made = Record(pair=pair, picture=picture, view=pair.text, captions=tuple(captions))
    kept: Any = {"decision": Decision.KEPT, "chosen": chosen}
    return replace(made, **kept)


def rows(texts: Sequence[str]) -> Rows:
    return np.arange(len(texts), dtype=np.int64)
