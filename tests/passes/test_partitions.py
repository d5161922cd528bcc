import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.passes.partitions import Partitions, hashed, mixed, starts

KEYS = st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2**63, 2**64 - 1]), min_size=1, max_size=80)


@given(keys=KEYS, size=st.integers(1, 80), part_rows=st.integers(1, 80))
def test_equal_keys_come_out_side_by_side_and_nothing_is_lost(tmp_path_factory, keys, size, part_rows):
    folder = tmp_path_factory.mktemp("parts")
    parts = Partitions(folder, len(keys), part_rows)
    for at in range(0, len(keys), size):
        piece = np.array(keys[at : at + size], np.uint64)
        parts.add(piece, np.arange(at, at + len(piece)))
    found = [(int(k), int(r)) for ks, rs in parts.read(again=True) for k, r in zip(ks, rs, strict=True)]
    assert found == sorted((key, row) for row, key in enumerate(keys))
    assert found == [(int(k), int(r)) for ks, rs in parts.read() for k, r in zip(ks, rs, strict=True)]
    assert not list(folder.iterdir())


def test_starts_are_where_runs_begin():
    assert starts(np.array([3, 3, 5, 7, 7, 7], np.uint64)).tolist() == [0, 0, 2, 3, 3, 3]
    assert not len(starts(np.array([], np.uint64)))


@pytest.mark.parametrize(
    "make", [lambda n: np.arange(n, dtype=np.uint64), lambda n: np.arange(n, dtype=np.uint64) << 40]
)
def test_mixed_numbers_differ_and_spread(make):
    found = mixed(make(20_000))
    assert len(np.unique(found)) == 20_000
    assert np.bincount((found >> np.uint64(60)).astype(np.int64), minlength=16).min() > 1_000


def test_a_hash_tells_rows_of_bytes_apart():
    rows = np.random.default_rng(0).integers(0, 256, (5_000, 24), np.uint8)
    rows[1] = rows[0]
    found = hashed(rows)
    assert found[0] == found[1]
    assert len(np.unique(found)) == 4_999
