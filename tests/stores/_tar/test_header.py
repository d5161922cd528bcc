"""One header, against the writer of the standard library and against what must be refused."""

import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.stores._tar.header import number, parse, pax_records
from tests.stores._tar.shards import resummed


def block(name="a.jpg", size=5, form=tarfile.USTAR_FORMAT) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(form)


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20),
    st.integers(0, 8**11 - 1),
    st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT]),
)
def test_reads_what_tarfile_writes(name, size, form):
    assert parse(block(name, size, form)) == (name, size, ord("0"))


def test_sizes_beyond_octal():
    assert parse(block(size=8**11 + 5, form=tarfile.GNU_FORMAT)) == ("a.jpg", 8**11 + 5, ord("0"))


def test_a_prefix_belongs_to_the_name():
    name = "d" * 80 + "/" + "f" * 90
    assert parse(block(name)) == (name, 5, ord("0"))


@pytest.mark.parametrize("at", range(0, 512, 7))
@pytest.mark.parametrize("bit", [0, 6])
def test_any_flipped_bit_is_seen(at, bit):
    """But for the blank behind the checksum's digits and what stands for the same number there."""
    sound = block()
    flipped = sound[:at] + bytes([sound[at] ^ 1 << bit]) + sound[at + 1 :]
    assert parse(flipped) is None or at in range(154, 156)


def test_the_signed_sum_of_old_writers_counts():
    sound = bytearray(block("\udcff\udcfe.jpg"))
    low = sum(b - 256 if b > 127 else b for b in sound) - sum(sound[148:156]) + 256
    sound[148:156] = b"%06o\0 " % low
    assert parse(bytes(sound)) == ("\udcff\udcfe.jpg", 5, ord("0"))


@pytest.mark.parametrize("tail", [b"\0 ", b" \0", b"\0\0", b"  "])
def test_the_checksum_may_end_in_any_way(tail):
    sound = block()
    assert parse(sound[:154] + tail + sound[156:]) == ("a.jpg", 5, ord("0"))


@pytest.mark.parametrize("length", [0, 1, 300, 345, 346, 511])
def test_short_blocks_are_none(length):
    assert parse(block()[:length]) is None


def test_zeros_and_nameless_headers_are_none():
    assert parse(bytes(512)) is None
    assert parse(resummed(bytes(100) + block()[100:], 0)) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (b"00000000017\0", 15),
        (b"         17 ", 15),
        (b"17\0garbage..", 15),
        (b"\0" * 12, 0),
        (b"\x80" + b"\0" * 10 + b"\x0f", 15),
        (b"\xff" * 12, None),
        (b"\x81" + b"\0" * 11, None),
        (b"000000000-1\0", None),
        (b"18\0         ", None),
        (b"1_7\0        ", None),
        ("１７".encode().ljust(12, b"\0"), None),
    ],
)
def test_numbers(field, value):
    assert number(field) == value


@pytest.mark.parametrize(
    ("payload", "records"),
    [
        (b"", {}),
        (b"14 path=a.jpg\n", {"path": b"a.jpg"}),
        (b"14 path=a.jpg\n\0\0\0", {"path": b"a.jpg"}),
        (b"9 size=5\n14 path=a=b.j\n", {"size": b"5", "path": b"a=b.j"}),
        (b"12 path=a\nb\n", {"path": b"a\nb"}),
        (b"14 path=a.jpg", None),
        (b"15 path=a.jpg\n", None),
        (b"0 path=a.jpg\n", None),
        (b"-1 path=a\n", None),
        (b"99999999999999999999 a=b\n", None),
        (b"8 noval\n", None),
        (b"path=a\n", None),
    ],
)
def test_pax_records(payload, records):
    assert pax_records(payload) == records
