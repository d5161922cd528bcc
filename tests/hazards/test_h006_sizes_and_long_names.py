"""Hazard 6: PAX and GNU long names, base-256 and negative sizes, sizes beyond the file."""

import tarfile

import pytest

from burnish.values import Reason
from tests.stores._tar.shards import BLOCK, pairs, read, resummed, rows, spans_of, tar_bytes, triple, triples

FORMS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
TEN = tar_bytes(triples(10))
AT, STOP = spans_of(TEN)["000000004.jpg"]
KEYS = [f"{at:09d}" for at in range(10)]


def with_size(field: bytes) -> bytes:
    return resummed(TEN[: AT + 124] + field + TEN[AT + 136 :], AT)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", ["d" * 60 + "/" + "k" * 90, "k", "ü" * 45], ids=["long", "short", "utf8"])
def test_names_in_every_form(form, key, tmp_path):
    items = read(tar_bytes(triple(key), FORMS[form]), tmp_path)
    assert [p.key for p in pairs(items)] == [key]
    assert not rows(items)


@pytest.mark.parametrize("form", ["gnu", "pax"])
def test_names_no_field_can_hold(form, tmp_path):
    key = "x" * 5000
    (pair,) = pairs(read(tar_bytes(triple(key), FORMS[form]), tmp_path))
    assert pair.key == key


def test_base_256_sizes(tmp_path):
    size = STOP - AT - BLOCK
    exact = int(TEN[AT + 124 : AT + 135], 8)
    items = read(with_size(b"\x80" + exact.to_bytes(11, "big")), tmp_path)
    assert [p.key for p in pairs(items)] == KEYS
    assert not rows(items)
    assert exact <= size


@pytest.mark.parametrize(
    "field",
    [
        b"\xff" * 12,
        b"-0000000001\0",
        b"77777777777\0",
        b"\x80" + b"\xff" * 11,
        b"0000000008\0\0",
        b"000_0000010\0",
        b"+0000000010\0",
        b"0x000000010\0",
    ],
    ids=["negative256", "minus", "8GB", "huge", "digit8", "underscore", "plus", "hex"],
)
def test_wild_sizes_cost_that_member_and_no_other(field, tmp_path):
    items = read(with_size(field), tmp_path)
    assert [p.key for p in pairs(items)] == KEYS[:4] + KEYS[5:]
    gap, fault = rows(items)[:2]
    assert (gap.reason, gap.start, gap.stop) == (Reason.BAD_HEADER, AT, STOP)
    assert fault.reason is Reason.NO_IMAGE


def test_a_size_in_a_pax_record_counts(tmp_path):
    """Readers that disagree on the size see different archives: POSIX says the record wins."""
    info = tarfile.TarInfo("a.txt")
    info.pax_headers = {"size": "11"}
    headers = info.tobuf(tarfile.PAX_FORMAT)
    data = tar_bytes([("a.jpg", b"\xff\xd8\xff")])[:1024] + headers + b"eleven byte" + bytes(501) + bytes(10240)
    (pair,) = pairs(read(data, tmp_path))
    assert pair.text == "eleven byte"


@pytest.mark.parametrize("records", [{"path": "evil.jpg"}, {"size": "0"}, {"linkpath": "x"}], ids=str)
def test_a_global_header_may_not_rename_everything(records, tmp_path):
    data = tarfile.TarInfo.create_pax_global_header(records) + tar_bytes(triples(3))
    items = read(data, tmp_path)
    assert [p.key for p in pairs(items)] == KEYS[:3]
    assert [r.reason for r in rows(items)] == [Reason.BAD_HEADER]


def test_a_global_header_may_comment(tmp_path):
    data = tarfile.TarInfo.create_pax_global_header({"comment": "0123abcd"}) + tar_bytes(triples(3))
    items = read(data, tmp_path)
    assert len(items) == len(pairs(items)) == 3


@pytest.mark.parametrize("body", [b"nonsense", b"9999 path=x\n", b"12 path=a\x00b", b"\xff" * 50], ids=str)
def test_a_malformed_pax_block_costs_its_member(body, tmp_path):
    block = tarfile.TarInfo("././@PaxHeader")
    block.type, block.size = tarfile.XHDTYPE, len(body)
    before, after = tar_bytes(triples(2))[:-10240], tar_bytes(triple("000000009"))
    start = spans_of(tar_bytes(triples(2)))["000000001.txt"][1]
    data = tar_bytes(triples(2))[:start] + block.tobuf(tarfile.USTAR_FORMAT) + body.ljust(BLOCK, b"\0") + after
    assert before is not None
    items = read(data, tmp_path)
    assert [p.key for p in pairs(items)][:2] == KEYS[:2]
    assert rows(items)[0].reason is Reason.BAD_HEADER
