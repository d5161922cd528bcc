"""Hazard 1: a flipped bit in a header, a zeroed or missing header: a gap with its byte range, all other pairs kept."""

import tarfile

import pytest

from burnish.values import Gap, Reason
from tests.stores._tar.shards import BLOCK, pairs, read, rows, spans_of, tar_bytes, triples

TEN = tar_bytes(triples(10))
START, STOP = spans_of(TEN)["000000004.jpg"]
KEYS = [f"{at:09d}" for at in range(10)]

DAMAGE = {
    "bit": TEN[: START + 3] + bytes([TEN[START + 3] ^ 1]) + TEN[START + 4 :],
    "size_bit": TEN[: START + 130] + bytes([TEN[START + 130] ^ 4]) + TEN[START + 131 :],
    "zeroed": TEN[:START] + bytes(BLOCK) + TEN[START + BLOCK :],
    "garbage": TEN[:START] + b"\xa5" * BLOCK + TEN[START + BLOCK :],
    "dropped": TEN[:START] + TEN[START + BLOCK :],
}


@pytest.mark.parametrize("how", DAMAGE)
def test_one_damaged_header_costs_one_image(how, tmp_path):
    items = read(DAMAGE[how], tmp_path)
    assert [p.key for p in pairs(items)] == KEYS[:4] + KEYS[5:]
    gap, fault = rows(items)
    lost = BLOCK if how == "dropped" else 0
    assert isinstance(gap, Gap)
    assert gap.reason is Reason.BAD_HEADER
    assert (gap.start, gap.stop) == (START, STOP - lost)
    assert fault.reason is Reason.NO_IMAGE
    assert fault.members == ("000000004.json", "000000004.txt")


def test_tarfile_stops_there_without_a_word(tmp_path):
    """Why the reader is ours."""
    path = tmp_path / "a.tar"
    path.write_bytes(DAMAGE["bit"])
    with tarfile.open(path) as tar:
        assert len(tar.getmembers()) == 12


@pytest.mark.parametrize("suffix", ["json", "txt"])
def test_a_pair_that_keeps_its_image_stays(suffix, tmp_path):
    at = spans_of(TEN)[f"000000004.{suffix}"][0]
    items = read(TEN[:at] + bytes(BLOCK) + TEN[at + BLOCK :], tmp_path)
    assert [p.key for p in pairs(items)] == KEYS
    assert "beside_gap" in pairs(items)[4].flags
    assert pairs(items)[4].text == ("from json" if suffix == "txt" else "a red apple")
    assert [r.reason for r in rows(items)] == [Reason.BAD_HEADER]


@pytest.mark.parametrize("extra", [137, 512, 5000], ids=str)
def test_garbage_between_members_need_not_be_whole_blocks(extra, tmp_path):
    items = read(TEN[:START] + b"\x5a" * extra + TEN[START:], tmp_path)
    assert [p.key for p in pairs(items)] == KEYS
    (gap,) = rows(items)
    assert (gap.start, gap.stop) == (START, START + extra)


@pytest.mark.parametrize("lost", [500, 512], ids=str)
def test_bytes_missing_from_a_payload_do_not_take_the_next_member_along(lost, tmp_path):
    data = TEN[: START + BLOCK + 50] + TEN[START + BLOCK + 50 + lost :]
    items = read(data, tmp_path)
    assert [p.key for p in pairs(items)] == KEYS[:4] + KEYS[5:]
    (fault,) = rows(items)
    assert fault.reason is Reason.TRUNCATED_MEMBER
    assert fault.members == ("000000004.jpg", "000000004.json", "000000004.txt")


def test_bytes_missing_that_may_have_been_padding_only(tmp_path):
    """Which of the two it was only the decoder can say: the pair stays, with a row and a flag."""
    stop = spans_of(TEN)["000000004.jpg"][1]
    items = read(TEN[: stop - 40] + TEN[stop:], tmp_path)
    assert [p.key for p in pairs(items)] == KEYS
    assert "beside_gap" in pairs(items)[4].flags
    (gap,) = rows(items)
    assert (gap.start, gap.stop) == (stop - 40, stop - 40)
