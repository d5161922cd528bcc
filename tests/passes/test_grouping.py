"""Groups are those of comparing everybody with everybody, in any order, with memory that does not grow."""

import tracemalloc
from itertools import combinations

import numpy as np
import pytest

from burnish.passes.alike.near_image import NearImage
from burnish.passes.components import Components
from burnish.passes.grouping import REACH, Signatures, link, mapped, places


def near(rng, count, families):
    """Signatures in families: of each family some bits of the hash are turned, never so many that families meet."""
    way = NearImage(4)
    heads = rng.integers(0, 256, (families, way.size), np.uint8)
    heads[:, 8:16] = 0  # square
    family = rng.integers(0, families, count)
    rows = heads[family].copy()
    for row in rows:
        for bit in rng.choice(64, rng.integers(0, 3), replace=False):
            row[bit // 8] ^= 1 << (bit % 8)
    return way, rows, family


def grouped(way, rows, folder, part_rows=1 << 20):
    signatures = Signatures(folder / "way", way, len(rows))
    signatures.put(0, [row.tobytes() for row in rows])
    components = Components(mapped(folder / "parents", "<i8", (len(rows),)))
    met = link(signatures, components, folder, part_rows)
    found = places(components, np.zeros(len(rows)), {"way": signatures}, folder)
    return components.roots(np.arange(len(rows))).tolist(), found, met


def by_comparing_all(way, rows):
    roots = list(range(len(rows)))
    pairs = np.array(list(combinations(range(len(rows)), 2)))
    for one, other in pairs[way.same(rows[pairs[:, 0]], rows[pairs[:, 1]])]:
        low, high = sorted((roots[one], roots[other]))
        roots = [low if root == high else root for root in roots]
    return roots


@pytest.mark.parametrize("part_rows", [7, 1 << 20])
def test_groups_are_those_of_comparing_all(tmp_path, part_rows):
    way, rows, _ = near(np.random.default_rng(1), 90, 30)
    roots, found, met = grouped(way, rows, tmp_path, part_rows)
    assert roots == by_comparing_all(way, rows)
    assert met.signed == 90
    sizes = np.bincount(roots, minlength=90)[roots]
    assert found.size.tolist() == np.where(sizes > 1, sizes, 0).tolist()
    heads = found.place[found.size > 1] == 0
    assert heads.sum() == len({root for root in roots if roots.count(root) > 1})


def test_the_order_of_rows_changes_no_group(tmp_path):
    rng = np.random.default_rng(2)
    way, rows, _ = near(rng, 300, 60)
    first, *_ = grouped(way, rows, tmp_path / "a")
    order = rng.permutation(len(rows))
    second, *_ = grouped(way, rows[order], tmp_path / "b")
    assert partition(first) == partition([second[at] for at in np.argsort(order)])


def partition(roots):
    groups = {}
    for row, root in enumerate(roots):
        groups.setdefault(root, []).append(row)
    return sorted(groups.values())


def test_the_preferred_row_is_first_and_far_ones_are_marked(tmp_path):
    way = NearImage(2)
    rows = np.zeros((3, way.size), np.uint8)
    rows[1, 0], rows[2, 0] = 0b11, 0b1111  # 0 - 1 - 2: each like the next, the ends not like each other
    signatures = Signatures(tmp_path / "way", way, 3)
    signatures.put(0, [row.tobytes() for row in rows])
    components = Components(np.zeros(3, np.int64))
    link(signatures, components, tmp_path)
    found = places(components, np.array([0.0, 0.5, 0.9]), {"way": signatures}, tmp_path)
    assert found.place.tolist() == [2, 1, 0]
    assert found.first.tolist() == [2, 2, 2]
    assert found.near.tolist() == [False, True, True]


def test_equal_signatures_meet_however_many_there_are_and_crowds_are_told(tmp_path):
    way = NearImage(0)
    rows = np.zeros((5_000, way.size), np.uint8)
    roots, _, met = grouped(way, rows, tmp_path / "equal")
    assert set(roots) == {0}
    assert (met.equal, met.compared, met.crowded) == (4_999, 0, 0)
    rows[:, 20] = np.arange(5_000) % 250  # other grey pictures under one hash
    _, _, met = grouped(way, rows, tmp_path / "crowd")
    assert met.crowded == 250 - REACH - 1


def test_memory_does_not_grow_with_the_rows(tmp_path):
    peaks = []
    for count in (20_000, 80_000):
        rng = np.random.default_rng(3)
        way = NearImage(2)
        signatures = Signatures(tmp_path / str(count), way, count)
        for at in range(0, count, 1_000):
            rows = rng.integers(0, 256, (1_000, way.size), np.uint8)
            signatures.put(at, [row.tobytes() for row in rows])
        components = Components(mapped(tmp_path / f"parents{count}", "<i8", (count,)))
        tracemalloc.start()
        link(signatures, components, tmp_path, 4_000)
        places(components, mapped(tmp_path / f"p{count}", "<f8", (count,)), {"way": signatures}, tmp_path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]  # of four times the rows
    assert peaks[1] < 40e6
