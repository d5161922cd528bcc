"""Hazard 19: where a reader is in a table is our own (row group, row): none is skipped or given twice."""

from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish.storage.commit import Commit
from burnish.storage.opening import open_files
from burnish.stores import open_store
from burnish.values import Pair
from tests.builders import jpeg
from tests.stores.forms import RUN_ID, contents, copy, items, record

ROWS = 500


@pytest.fixture
def store(tmp_path):
    """Row groups of 70 that no batch size divides, every 97th image null."""
    (tmp_path / "src").mkdir()
    images = [None if at % 97 == 5 else jpeg(at % 7) for at in range(ROWS)]
    made = pa.table({"image": images, "text": [f"row {at}" for at in range(ROWS)]})
    pq.write_table(made, tmp_path / "src" / "0.parquet", row_group_size=70)
    return open_store(str(tmp_path / "src"))


def test_each_row_is_given_once_in_order(store):
    found = items(store)
    assert [i.origin.ordinal for i in found] == list(range(ROWS))
    assert all(i.text == f"row {i.origin.ordinal}" for i in found if isinstance(i, Pair))
    assert sum(not isinstance(i, Pair) for i in found) == 6


@pytest.mark.parametrize("stops", [(1,), (69, 70, 71), (300, 100, 499)])
def test_an_interrupted_shard_is_done_again_whole(store, tmp_path, stops):
    copy(store, tmp_path / "quiet")
    files = open_files(tmp_path / "out")
    files.make_folder("")
    for stop in stops:
        shard = store.shards()[0]
        with Commit(files, RUN_ID, shard) as commit:
            writer = store.writer(shard, commit)
            for item in islice(store.read(shard), stop):
                if isinstance(item, Pair):
                    writer.put(record(item))
    assert contents(tmp_path / "out") == {}
    copy(store, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tmp_path / "quiet")
    kept = [at for at in range(ROWS) if at % 97 != 5]
    assert pq.read_table(tmp_path / "out" / "0.parquet")["text"].to_pylist() == [f"row {at}" for at in kept]
