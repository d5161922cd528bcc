"""Hazard 14: byte order marks pass; NaN, double keys, endless depth and numbers, and no object: never a value."""

import io
import json
import tarfile

import pytest

from burnish.stores import open_store
from burnish.values import Pair, Reason
from tests.builders import jpeg
from tests.stores.forms import copy, items, pairs

BOM = b"\xef\xbb\xbf"
HOSTILE = {
    "nan": b'{"image": "a.jpg", "caption": "x", "score": NaN}',
    "twice": b'{"image": "a.jpg", "caption": "x", "caption": "y"}',
    "deep": b'{"image": "a.jpg", "caption": "x", "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "long": b'{"image": "a.jpg", "caption": "x", "more": ' + b"7" * 5000 + b"}",
    "list": b'["a.jpg", "x"]',
    "cut": b'{"image": "a.jpg", "caption": "x',
}
CASES = pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)


def rows(tmp_path, raw):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.jpg").write_bytes(jpeg())
    good = json.dumps({"image": "a.jpg", "caption": "good"}).encode()
    (tmp_path / "src" / "rows.jsonl").write_bytes(good + b"\n" + raw + b"\n" + good + b"\n")
    return open_store(str(tmp_path / "src"))


def tar(tmp_path, members):
    (tmp_path / "src").mkdir()
    with tarfile.open(tmp_path / "src" / "0.tar", "w") as out:
        for name, raw in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            out.addfile(info, io.BytesIO(raw))
    return open_store(str(tmp_path / "src"))


@CASES
def test_a_hostile_line_is_quarantined_alone(tmp_path, raw):
    found = items(rows(tmp_path, raw))
    assert [i.text if isinstance(i, Pair) else i.reason for i in found] == ["good", Reason.BAD_LINE, "good"]


@CASES
def test_a_tar_member_matters_only_if_the_text_lives_there(tmp_path, raw):
    store = tar(tmp_path, {"a.jpg": jpeg(), "a.json": raw, "a.txt": b"text", "b.jpg": jpeg(), "b.json": raw})
    found = items(store)
    assert [i.text if isinstance(i, Pair) else i.reason for i in found] == ["text", Reason.BAD_JSON]
    assert copy(store, tmp_path / "out").kept == 1


def test_a_byte_order_mark_is_no_damage(tmp_path):
    store = rows(tmp_path, BOM + b'{"image": "a.jpg", "caption": "marked"}')
    assert [p.text for p in pairs(store)] == ["good", "marked", "good"]
