"""The scanner as a property: whatever the bytes, it ends, and its spans tile the file."""

import io
import os
import tarfile
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from burnish.stores._tar.group import Group, group
from burnish.stores._tar.scan import scan
from burnish.stores._tar.source import Source
from burnish.stores._tar.spans import End, Member, Sort
from tests.stores._tar.shards import BLOCK, resummed, tar_bytes, triples

SOUND = tar_bytes(triples(4))
TYPES = b"0\x001234567xgLKSX"


def spans(data: bytes):
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return list(scan(Source(os.dup(file.fileno()), len(data), "test")))


def check_tiling(data: bytes) -> None:
    found = spans(data)
    at = 0
    for span in found:
        assert span.start == at
        assert span.stop >= span.start
        at = span.stop
    assert at == len(data)
    assert sum(isinstance(span, End) for span in found) == 1
    for member in found:
        if isinstance(member, Member):
            assert member.start < member.data <= len(data) + BLOCK
            assert member.sort is not Sort.FILE or member.data + member.size <= member.stop


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=4000))
@example(b"")
@example(bytes(512))
@example(bytes(1024))
def test_any_bytes(data):
    check_tiling(data)


EDIT = st.tuples(st.integers(0, len(SOUND)), st.integers(0, 2000), st.binary(max_size=1200))


@settings(max_examples=400, deadline=None)
@given(st.lists(EDIT, min_size=1, max_size=4))
def test_any_edits_of_a_sound_shard(edits):
    data = SOUND
    for at, removed, added in edits:
        data = data[:at] + added + data[at + removed :]
    check_tiling(data)


HEADER = st.builds(
    lambda name, size, kind, payload: resummed(_header(name, size, kind), 0) + payload,
    st.sampled_from(["a.jpg", "a.txt", "b.jpg", "b/", "x"]),
    st.one_of(st.integers(0, 3000), st.integers(0, 8**11 - 1)),
    st.sampled_from(list(TYPES)),
    st.one_of(st.just(b""), st.binary(max_size=600), st.just(b"18 path=long.jpg\n\n"), st.just(bytes(1024))),
)


def _header(name: str, size: int, kind: int) -> bytes:
    block = bytearray(tarfile.TarInfo(name).tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = b"%011o\0" % size
    block[156] = kind
    return bytes(block)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(HEADER, max_size=8), st.booleans(), st.booleans())
def test_any_row_of_headers(pieces, padded, marked):
    data = b"".join(p + bytes(-len(p) % BLOCK if padded else 0) for p in pieces)
    check_tiling(data + bytes(1024 if marked else 0))


def test_a_sound_shard_is_members_and_an_end():
    *members, end = spans(SOUND)
    assert all(isinstance(span, Member) for span in members)
    with tarfile.open(fileobj=io.BytesIO(SOUND)) as tar:
        assert [(m.name, m.data, m.size) for m in members] == [(i.name, i.offset_data, i.size) for i in tar]
    assert end.marked


def test_groups_hold_every_member_once(tmp_path: Path):
    path = tmp_path / "a.tar"
    path.write_bytes(SOUND)
    with path.open("rb") as file:
        source = Source(file.fileno(), len(SOUND), "a.tar")
        groups = [entry for entry in group(source) if isinstance(entry, Group)]
    assert [part.member.name for entry in groups for part in entry.parts] == [name for name, _ in triples(4)]
    assert [part.body for entry in groups for part in entry.parts] == [raw for _, raw in triples(4)]
