"""Hazard 15: files of one source may lack columns; a column with another kind of value is refused before the run."""

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish.errors import UsageError
from burnish.stores import open_store
from burnish.values import Pair, Reason
from tests.builders import jpeg
from tests.stores.forms import copy, faults, items, pairs


def source(tmp_path, *more):
    (tmp_path / "src").mkdir()
    for at, columns in enumerate(more):
        base = {"image": [jpeg(at)], "text": [f"text {at}"]}
        made = {name: column for name, column in (base | columns).items() if column is not None}
        pq.write_table(pa.table(made), tmp_path / "src" / f"{at}.parquet")
    return open_store(str(tmp_path / "src"))


FINE = {
    "missing": ({"n": [1]}, {}),
    "null type": ({"n": pa.nulls(1)}, {"n": [1]}, {"n": pa.nulls(1)}),
    "null text": ({"text": pa.nulls(1)}, {}),
    "dictionary": ({"text": pa.array(["a"]).dictionary_encode()}, {"text": pa.array(["a"], pa.large_string())}),
    "width": ({"n": pa.array([1], pa.int8())}, {"n": pa.array([1.5])}),
    "nested": ({"n": [{"a": 1}]}, {"n": [{"b": "x"}]}),
}


@pytest.mark.parametrize("more", FINE.values(), ids=FINE)
def test_each_file_keeps_its_own_columns(tmp_path, more):
    store = source(tmp_path, *more)
    assert copy(store, tmp_path / "out", lambda _: "new").rewritten == len(more)
    for at in range(len(more)):
        before, after = (pq.read_table(tmp_path / d / f"{at}.parquet") for d in ("src", "out"))
        assert after.column_names[: before.num_columns] == before.column_names
        assert all(after[name] == before[name] for name in before.column_names if name != "text")
        assert after["text"].to_pylist() == ["new"]


CONFLICTS = {
    "number and text": ({"n": [1]}, {"n": ["1"]}, r"column 'n' holds numbers in 0.parquet and text in 1.parquet"),
    "bytes and struct": (
        {},
        {"image": [{"bytes": jpeg(), "path": None}]},
        r"column 'image' holds bytes in 0.parquet and records in 1.parquet",
    ),
    "list and text": ({"tags": [["a"]]}, {"tags": ["a"]}, r"column 'tags' holds lists in 0.parquet and text in 1"),
    "text elsewhere": (
        {},
        {"text": None, "alt": ["x"]},
        r"the text is in column 'text' of 0.parquet and in 'alt' of 1.parquet",
    ),
    "no text": ({}, {"text": None}, r"1.parquet: which column holds the text"),
    "no image": ({}, {"image": None}, r"1.parquet: which column holds the image"),
}


@pytest.mark.parametrize(("one", "two", "message"), CONFLICTS.values(), ids=CONFLICTS)
def test_conflicts_are_refused_with_both_names(tmp_path, one, two, message):
    with pytest.raises(UsageError, match=message) as told:
        source(tmp_path, one, two).shards()
    assert len(str(told.value).splitlines()) <= 6


def test_a_corrupt_footer_is_quarantined_and_the_rest_goes_on(tmp_path):
    store = source(tmp_path, {}, {})
    path = tmp_path / "src" / "0.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    (fault,) = faults(items(store))
    assert (fault.reason, fault.raw[:4], fault.raw_size) == (Reason.BAD_PARQUET, b"PAR1", path.stat().st_size)
    assert [p.text for p in pairs(store)] == ["text 1"]


def test_damaged_files_never_raise_and_never_lose_a_row_silently(tmp_path):
    """120 mutants with fixed seeds. Checksums of pages are on, as we write them: no wrong byte gets through."""
    (tmp_path / "src").mkdir()
    path = tmp_path / "src" / "0.parquet"
    known = [(jpeg(at), f"text {at}") for at in range(12)]
    made = pa.table({"image": [i for i, _ in known], "text": [t for _, t in known]})
    pq.write_table(made, path, row_group_size=3, write_page_checksum=True)
    sound = path.read_bytes()
    store = open_store(str(tmp_path / "src"), "parquet", {"image_column": "image", "text_column": "text"})
    for seed in range(120):
        path.write_bytes(mutant(sound, random.Random(seed)))
        try:
            shards = store.shards()
        except UsageError:
            continue  # the names or types of columns were hit
        found = [item for shard in shards for item in store.read(shard)]
        assert {(p.image, p.text) for p in found if isinstance(p, Pair)} <= set(known)
        assert len(found) == 12 or any(f.reason is Reason.BAD_PARQUET for f in faults(found))
        assert copy(store, tmp_path / "out").total == len(found)


def mutant(sound: bytes, dice: random.Random) -> bytes:
    raw = bytearray(sound)
    if dice.random() < 0.3:
        return bytes(raw[: dice.randrange(len(raw))])
    start = dice.choice([4, len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")])
    for _ in range(dice.randint(1, 4)):
        raw[dice.randrange(start, len(raw))] ^= 1 << dice.randrange(8)
    return bytes(raw)
