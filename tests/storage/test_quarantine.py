"""Quarantine files: every row complete, the same bytes for the same rows, bounded memory."""

import hashlib
import io
import tracemalloc

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnish.storage.files import LocalFiles
from burnish.storage.quarantine import (
    DETAIL_CAP,
    GROUP_BYTES,
    RAW_CAP_BYTES,
    Quarantine,
    kinds,
    read_quarantine,
    without_bytes,
)
from burnish.values import Fault, Gap, Origin, Reason
from tests.storage.job import shards, work

_TEXT = st.text(st.characters(), max_size=20)  # lone surrogates included
_ORIGIN = st.builds(Origin, source=_TEXT, shard=_TEXT, ordinal=st.integers(0, 2**40))
_FAULT = st.builds(
    Fault, origin=_ORIGIN, key=_TEXT, reason=st.sampled_from(Reason), detail=_TEXT, start=st.integers(-1, 2**50),
    stop=st.integers(-1, 2**50), raw=st.binary(max_size=50), members=st.lists(_TEXT, max_size=3).map(tuple),
    retryable=st.booleans(),
)  # fmt: skip
_GAP = st.builds(
    Gap, origin=_ORIGIN, reason=st.sampled_from(Reason), detail=_TEXT, start=st.integers(0, 2**50), stop=st.integers(0)
)


class Sink(io.BytesIO):
    """Keeps its bytes when closed."""

    def close(self):
        self.data = self.getvalue()


def written(items):
    sink = Sink()
    quarantine = Quarantine(lambda: sink)
    for item in items:
        quarantine.put(item)
    quarantine.finish()
    return sink.data


def fault(**change):
    given_ = {
        "origin": Origin(source="s", shard="a.tar", ordinal=3),
        "key": "k",
        "reason": Reason.NO_IMAGE,
        "detail": "",
    }
    return Fault(**(given_ | change))


@settings(max_examples=40)
@given(st.lists(_FAULT | _GAP.filter(lambda gap: gap.stop < 2**60), min_size=1, max_size=5))
def test_any_item_becomes_one_row_and_the_same_bytes(items):
    data = written(items)
    assert written(items) == data
    rows = pq.read_table(io.BytesIO(data)).to_pylist()
    assert [row["ordinal"] for row in rows] == [item.origin.ordinal for item in items]
    for row, item in zip(rows, items, strict=True):
        assert (row["start"], row["stop"], row["reason"]) == (item.start, item.stop, item.reason)
        assert row["kind"] == ("fault" if isinstance(item, Fault) else "gap")
        if isinstance(item, Fault):
            assert row["raw"] == item.raw
            assert row["sha256"] == hashlib.sha256(item.raw).hexdigest()
            assert (row["retryable"], len(row["members"])) == (item.retryable, len(item.members))


def test_nothing_makes_no_file():
    Quarantine(lambda: pytest.fail("no file must be made")).finish()


def test_caps():
    (row,) = pq.read_table(
        io.BytesIO(written([fault(raw=bytes(RAW_CAP_BYTES + 9), raw_size=RAW_CAP_BYTES + 99, detail="x" * 9999)]))
    ).to_pylist()
    assert (len(row["raw"]), row["raw_size"]) == (RAW_CAP_BYTES, RAW_CAP_BYTES + 99)
    assert len(row["detail"]) == DETAIL_CAP


def test_credentials_are_cut():
    data = written(
        [fault(origin=Origin(source="s3://u:hush@b/x", shard="a", ordinal=0), detail="at https://h/x?k=hush")]
    )
    assert b"hush" not in data


def test_a_thousand_bad_images_do_not_sit_in_memory(tmp_path):
    """1,000 images of 256 KiB are 250 MiB; what waits is at most a row group."""
    with (tmp_path / "q.parquet").open("wb") as file:
        quarantine = Quarantine(lambda: file)
        tracemalloc.start()
        for at in range(1000):
            quarantine.put(fault(raw=at.to_bytes(4) * 2**16, raw_size=2**18))
        quarantine.finish()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 6 * GROUP_BYTES
    table = pq.ParquetFile(tmp_path / "q.parquet")
    assert table.metadata.num_rows == 1000
    assert table.metadata.num_row_groups > 20


def test_rows_are_read_back_shard_by_shard(quick_path):
    work(quick_path, 6)
    rows = list(read_quarantine(LocalFiles(quick_path)))
    bad = sorted(shard.name for shard in shards(6) if shard.size % 3 == 0)
    assert [(row["shard"], row["kind"]) for row in rows] == [(name, kind) for name in bad for kind in ("fault", "gap")]


def test_rows_without_their_bytes_and_counts_by_kind(tmp_path):
    work(tmp_path / "out", 6)
    files = LocalFiles(tmp_path / "out")
    whole = list(read_quarantine(files))
    assert list(without_bytes(files)) == [{name: row[name] for name in row if name != "raw"} for row in whole]
    assert kinds(files) == {"fault": len(whole) // 2, "gap": len(whole) // 2}
    assert whole
