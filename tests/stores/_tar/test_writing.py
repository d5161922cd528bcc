"""The way back: what is not ours comes out to the byte, what is ours is added, and twice gives the same."""

import gzip
import io
import json
import random
import tarfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish.stores._tar.group import CARRIED_BYTES
from burnish.stores._tar.pack import pack_member
from burnish.stores.webdataset import WebDatasetStore
from tests.builders import jpeg
from tests.stores._tar.shards import pairs, read, tar_bytes, triple, triples
from tests.stores.forms import contents, copy


def rewritten(data: bytes, tmp_path, name="00000.tar", rewrite=lambda _: None) -> bytes:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir(exist_ok=True)
    (source / name).write_bytes(data)
    copy(WebDatasetStore(str(source)), out, rewrite)
    return contents(out)[name]


def parts(data: bytes) -> list[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [(m.name, tar.extractfile(m).read()) for m in tar]


def raw_spans(data: bytes) -> dict[str, bytes]:
    """Headers and payload of each member, as they stand."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {m.name: data[m.offset : m.offset_data + m.size] for m in tar}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_what_did_not_change_is_copied_with_its_headers(form, tmp_path):
    key = "d" * 40 + "/" + "k" * 90
    members = [("README", b"hi"), *triple(key), (f"{key}.npy", b"\x93"), *triples(3), ("0.jpg", jpeg())]
    data = tar_bytes(members, form)
    before, after = raw_spans(data), raw_spans(rewritten(data, tmp_path))
    assert list(after) == [*before, "0.json", "0.txt"]
    assert {n: raw for n, raw in after.items() if not n.endswith(".json") and n in before} == {
        n: raw for n, raw in before.items() if not n.endswith(".json")
    }


def test_only_the_changed_text_is_new(tmp_path):
    data = tar_bytes(triples(3))
    out = rewritten(data, tmp_path, rewrite=lambda p: "A new text." if p.origin.ordinal == 1 else None)
    before, after = dict(parts(data)), dict(parts(out))
    assert after["000000001.txt"] == b"A new text."
    assert {n for n in before if before[n] != after[n]} == {"000000001.txt", *(n for n in before if "json" in n)}
    fields = json.loads(after["000000001.json"])
    assert list(fields)[:2] == ["caption", "caption_original"]
    assert fields["caption"] == "from json"
    assert fields["caption_original"] == "a red apple"


def test_all_pairs_get_the_same_members(tmp_path):
    out = rewritten(tar_bytes([("a.jpg", jpeg()), *triple("b")]), tmp_path)
    assert [n for n, _ in parts(out)] == ["a.jpg", "a.json", "a.txt", "b.jpg", "b.json", "b.txt"]
    assert dict(parts(out))["a.txt"] == b""


def test_new_members_carry_no_trace_of_place_and_time(tmp_path):
    out = rewritten(tar_bytes([("a.jpg", jpeg())]), tmp_path)
    with tarfile.open(fileobj=io.BytesIO(out)) as tar:
        new = [m for m in tar if not m.name.endswith("jpg")]
    assert {(m.mtime, m.uid, m.gid, m.mode, m.uname, m.gname) for m in new} == {(0, 0, 0, 0o644, "", "")}


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tgz", "a.tar.zst"])
def test_comes_back_packed_as_it_came_and_the_same_every_time(name, tmp_path):
    data = tar_bytes(triples(5))
    packed = data
    if name.endswith("gz"):
        packed = gzip.compress(data)
    elif name.endswith("zst"):
        packed = pa.compress(data, "zstd", asbytes=True)
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    one, two = rewritten(packed, tmp_path / "1", name), rewritten(packed, tmp_path / "2", name)
    assert one == two
    assert one[:2] == (b"\x1f\x8b" if name.endswith("gz") else b"\x28\xb5" if name.endswith("zst") else b"00")
    assert [p.text for p in pairs(read(one, tmp_path, name))] == ["a red apple"] * 5


def test_large_members_are_read_again_when_they_are_written(tmp_path):
    big = random.Random(1).randbytes(CARRIED_BYTES + 4321)
    members = [*triples(1), ("000000000.npy", big), ("000000001.jpg", b"\xff\xd8\xff" + big)]
    out = dict(parts(rewritten(gzip.compress(tar_bytes(members), 1), tmp_path, "a.tar.gz")))
    assert out["000000000.npy"] == big
    assert out["000000001.jpg"] == b"\xff\xd8\xff" + big


def test_texts_that_are_not_utf_8_stay_as_they_were(tmp_path):
    data = tar_bytes([("a.jpg", jpeg()), ("a.txt", b"caf\xe9 \xff")])
    out = dict(parts(rewritten(data, tmp_path)))
    assert out["a.txt"] == b"caf\xe9 \xff"
    assert json.loads(out["a.json"])["caption_original"] == "caf\ufffd \ufffd"


def test_side_files_keep_their_rows_and_columns(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    table = pa.table(
        {
            "key": [f"{at:09d}" for at in range(5)],
            "status": ["success", "failed_to_download", "success", "success", "failed_to_resize"],
            "width": pa.array([1, None, 3, 4, None], pa.int32()),
        }
    )
    pq.write_table(table, source / "00000.parquet")
    (source / "00000_stats.json").write_bytes(b'{"count": 5,  "successes":3}\n')
    members = [m for at in (0, 2, 3) for m in triple(f"{at:09d}")]
    rewritten(tar_bytes(members), tmp_path, rewrite=lambda p: "new" if p.key.endswith("2") else None)
    out = contents(tmp_path / "out")
    assert out["00000_stats.json"] == b'{"count": 5,  "successes":3}\n'
    written = pq.read_table(io.BytesIO(out["00000.parquet"]))
    assert written.select(table.column_names) == table
    assert written["caption_original"].to_pylist() == ["a red apple", "", "a red apple", "a red apple", ""]
    assert written["burnish_decision"].to_pylist() == ["kept", "", "rewritten", "kept", ""]
    assert written["burnish_score_overall"].to_pylist() == [4.25, -1.0, 4.25, 4.25, -1.0]
    assert written["burnish_captions"].to_pylist()[1] == []


def test_side_files_of_a_shard_without_pairs_gain_nothing(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    table = pa.table({"key": ["0"], "status": ["failed_to_download"]})
    pq.write_table(table, source / "00000.parquet")
    rewritten(bytes(10240), tmp_path)
    assert pq.read_table(io.BytesIO(contents(tmp_path / "out")["00000.parquet"])) == table


@pytest.mark.parametrize("name", ["a.txt", "x" * 150 + ".txt", "ü/日本.txt", "a\udcff.txt"])
@pytest.mark.parametrize("size", [0, 1, 512, 513])
def test_packed_members_are_read_by_tarfile(name, size):
    (found,) = parts(pack_member(name, b"x" * size) + bytes(1024))
    assert found == (name, b"x" * size)


def test_a_side_file_that_cannot_be_read_is_kept_as_it_is_and_stops_nothing(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "00000.parquet").write_bytes(b"<html>503 Service Unavailable</html>")
    out = dict(parts(rewritten(tar_bytes(triples(2)), tmp_path)))
    assert len([name for name in out if name.endswith(".txt")]) == 2
    assert contents(tmp_path / "out")["00000.parquet"] == b"<html>503 Service Unavailable</html>"


def test_dots_in_the_names_of_shards_keep_their_side_files_apart(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    for name in ("train.0000", "train.0001"):
        pq.write_table(pa.table({"key": ["000000000"], "of": [name]}), source / f"{name}.parquet")
        rewritten(tar_bytes(triples(1)), tmp_path, f"{name}.tar")
        assert pq.read_table(io.BytesIO(contents(tmp_path / "out")[f"{name}.parquet"]))["of"].to_pylist() == [name]
