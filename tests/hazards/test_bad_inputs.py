"""Figure F5: 250,000 bad inputs of more than 80 kinds. No crash, no hang, each is an item or a reason (hazards 1-33).

Images are in test_h020_broken_images.py, shards of known damage in tests/stores/test_salvage.py; here are the rest, by
the generators in tests/zoo. A hang would run into the time limit of the test.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from burnish.errors import UsageError
from burnish.stores import open_store
from burnish.stores._strict_json import StrictJsonError, parse
from burnish.stores.webdataset import WebDatasetStore
from burnish.texts import MAX_CHARS, decode, look, storable
from burnish.values import Fault, Gap, Item, Pair, Reason
from tests.builders import jpeg
from tests.zoo import images, rows, tars
from tests.zoo.rows import Damage

Note = Callable[[str, object], None]
CUT_MORE = 200
"""A view may be a little longer than its budget of characters: a cluster is never cut."""


def drawn(kinds: dict[str, Damage], count: int, seed: int):
    rng = random.Random(seed)
    for number in range(count):
        yield rng, rng.choice(list(kinds.values())), number


def accounted(items: list[Item], *, known: set[Reason]) -> None:
    """Items follow each other without a hole, and whatever is no pair has a reason of the closed list."""
    assert [item.origin.ordinal for item in items] == list(range(len(items)))
    for item in items:
        if isinstance(item, Fault | Gap):
            assert item.reason in known
            assert item.detail


def json_objects(count: int) -> Counter[str]:
    seen: Counter[str] = Counter()
    for rng, damage, number in drawn(dict(rows.JSON), count, 1):
        try:
            parse(damage(rng, rows.sound_row(rng, number)))
            seen["read"] += 1
        except StrictJsonError:
            seen["refused"] += 1
    return seen


def lines(count: int, folder: Path) -> Counter[str]:
    """Files of 100 damaged lines: every line that is not blank is one item, whatever is in it."""
    seen: Counter[str] = Counter()
    for at in range(4):
        (folder / f"{at}.jpg").write_bytes(jpeg(at, (16, 16)))
    rng = random.Random(2)
    for _ in range(count // 100):
        head = [b'{"image": "0.jpg", "caption": "a"}']  # the plain first line of every file: its columns are known
        data = b"\n".join(
            [*head, *(d(r, rows.sound_row(r, n)) for r, d, n in drawn(dict(rows.LINES), 99, rng.random()))]
        )
        (folder / "rows.jsonl").write_bytes(data)
        store = open_store(str(folder / "rows.jsonl"), "jsonl", {})
        items = [item for shard in store.shards() for item in store.read(shard)]
        accounted(items, known={Reason.BAD_LINE, Reason.MISSING_FILE, Reason.PATH_ESCAPE, Reason.NO_IMAGE})
        assert len(items) == sum(bool(line.strip(b" \t\r")) for line in data.split(b"\n"))
        seen.update("pair" if isinstance(item, Pair) else str(item.reason) for item in items)
    return seen


def tables(count: int, path: Path) -> Counter[str]:
    seen: Counter[str] = Counter()
    for rng, damage, _ in drawn(dict(rows.TABLES), count, 3):
        path.write_bytes(damage(rng, rows.sound_table(rng)))
        store = open_store(str(path), "parquet", {})
        try:
            items = [item for shard in store.shards() for item in store.read(shard)]
        except UsageError:  # what its columns mean cannot be told: the run is refused before it begins
            seen["refused"] += 1
            continue
        accounted(items, known={Reason.BAD_PARQUET, Reason.NO_IMAGE, Reason.TOO_LARGE})
        seen["pairs" if any(isinstance(item, Pair) for item in items) else "faults only"] += 1
    return seen


def texts(count: int) -> Counter[str]:
    seen: Counter[str] = Counter()
    for rng, damage, _ in drawn(dict(rows.TEXTS), count, 4):
        raw = damage(rng, rows.sound_text(rng))
        text = decode(raw)
        text = text if isinstance(text, str) else text[0]
        view = look(text)
        view.clean.encode()
        assert len(view.clean) <= MAX_CHARS + CUT_MORE
        storable(text)[0].encode()
        seen["flagged" if view.flags else "plain"] += 1
    return seen


def shards(count: int, path: Path) -> Counter[str]:
    seen: Counter[str] = Counter()
    for seed in range(1_000_000, 1_000_000 + count):
        path.write_bytes(tars.mutant(seed).data)
        store = WebDatasetStore(str(path))
        (shard,) = store.shards()
        items = list(store.read(shard))
        accounted(items, known=set(Reason))
        seen["whole" if all(isinstance(item, Pair) for item in items) else "with rows"] += 1
    return seen


def test_there_are_more_than_80_kinds():
    damages = sum(len(kinds) for kinds in (rows.JSON, rows.LINES, rows.TABLES, rows.TEXTS, tars.KINDS))
    assert damages + len(images._DAMAGES) * len(images.sound()) > 80


def check(size: int, folder: Path, note: Note) -> None:
    outcomes = {
        "json": json_objects(size),
        "lines": lines(size, folder),
        "tables": tables(size, folder / "rows.parquet"),
        "texts": texts(size),
    }
    for name, seen in outcomes.items():
        assert seen.total() >= size, name
        assert len(seen) >= 2, (name, seen)
        note(name, seen.total())


def test_a_few_hundred_of_every_kind(tmp_path, record_property):
    check(300, tmp_path, record_property)
    assert shards(150, tmp_path / "shard.tar").total() == 150


@pytest.mark.full("F5")
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_json_lines_tables_and_texts(tmp_path, record_property):
    check(25_000, tmp_path, record_property)


@pytest.mark.full("F5")
@pytest.mark.timeout(3600)
def test_fifty_thousand_damaged_shards(tmp_path, record_property):
    record_property("shards", shards(50_000, tmp_path / "shard.tar").total())
