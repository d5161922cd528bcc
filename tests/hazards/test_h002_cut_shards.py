"""Hazard 2: a shard cut in a payload, in a header, between members, or without its end-of-archive blocks."""

import pytest

from burnish.values import Reason
from tests.stores._tar.shards import BLOCK, pairs, read, rows, spans_of, tar_bytes, triples

FIVE = tar_bytes(triples(5))
SPANS = spans_of(FIVE)
KEYS = [f"{at:09d}" for at in range(5)]


def test_cut_in_an_image(tmp_path):
    start = SPANS["000000003.jpg"][0]
    items = read(FIVE[: start + BLOCK + 300], tmp_path)
    assert [p.key for p in pairs(items)] == KEYS[:3]
    (fault,) = rows(items)
    assert fault.reason is Reason.TRUNCATED_MEMBER
    assert "300 of" in fault.detail
    assert (fault.start, fault.stop) == (start, start + BLOCK + 300)
    assert fault.raw == FIVE[start : start + BLOCK + 300]


def test_cut_in_a_text_keeps_the_image(tmp_path):
    start = SPANS["000000003.txt"][0]
    items = read(FIVE[: start + BLOCK + 3], tmp_path)
    assert [p.key for p in pairs(items)] == KEYS[:4]
    assert {"truncated_member", "no_eof_marker"} <= set(pairs(items)[3].flags)
    (fault,) = rows(items)
    assert fault.reason is Reason.TRUNCATED_MEMBER
    assert fault.members == ("000000003.txt",)
    assert fault.raw.endswith(b"a r")


def test_cut_in_a_header(tmp_path):
    start = SPANS["000000003.jpg"][0]
    items = read(FIVE[: start + 200], tmp_path)
    assert [p.key for p in pairs(items)] == KEYS[:3]
    (gap,) = rows(items)
    assert (gap.start, gap.stop, gap.reason) == (start, start + 200, Reason.BAD_HEADER)


@pytest.mark.parametrize("zeros", [0, BLOCK], ids=["none", "half_a_marker"])
def test_cut_between_members_is_told_by_the_missing_marker(zeros, tmp_path):
    stop = SPANS["000000003.txt"][1]
    items = read(FIVE[:stop] + bytes(zeros), tmp_path)
    assert [p.key for p in pairs(items)] == KEYS[:4]
    assert [p.flags for p in pairs(items)] == [(), (), (), ("no_eof_marker",)]
    (gap,) = rows(items)
    assert gap.reason is Reason.TRUNCATED_MEMBER
    assert gap.stop == stop + zeros
    assert "no end-of-archive marker" in gap.detail


def test_the_last_padding_may_be_missing(tmp_path):
    stop = SPANS["000000004.txt"][0] + BLOCK + len("a red apple")
    items = read(FIVE[:stop], tmp_path)
    assert pairs(items)[4].text == "a red apple"
    assert [r.reason for r in rows(items)] == [Reason.TRUNCATED_MEMBER]
