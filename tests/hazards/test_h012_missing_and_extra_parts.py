"""Hazard 12: no text is "", no image is quarantine, further images and unknown parts are carried to the byte."""

import io
import json
import tarfile

import pyarrow as pa
import pyarrow.parquet as pq

from burnish.stores import open_store
from burnish.values import Fault, Pair, Reason
from tests.builders import jpeg
from tests.stores.forms import copy, items

NOTE = b"\x00\xffnot ours\r\n"


def tar(path, members):
    with tarfile.open(path, "w") as out:
        for name, raw in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            out.addfile(info, io.BytesIO(raw))


def told(store):
    return [(i.key, i.text if isinstance(i, Pair) else i.reason) for i in items(store)]


def test_tars(tmp_path):
    src = tmp_path / "src"
    src.mkdir()
    side = json.dumps({"caption": "from json"}).encode()
    members = {
        "a.jpg": jpeg(0), "a.note": NOTE,
        "b.jpg": jpeg(1), "b.json": side,
        "c.json": side, "c.txt": b"no image",
        "d.jpg": jpeg(3), "d.png": jpeg(4), "d.txt": b"two images",
    }  # fmt: skip
    tar(src / "0.tar", members)
    store = open_store(str(src))
    assert told(store) == [("a", ""), ("b", "from json"), ("c", Reason.NO_IMAGE), ("d", "two images")]
    copy(store, tmp_path / "out")
    with tarfile.open(tmp_path / "out" / "0.tar") as out:
        written = {m.name: out.extractfile(m).read() for m in out}
    for name in ("a.jpg", "a.note", "b.jpg", "d.jpg", "d.png", "d.txt"):
        assert written[name] == members[name]
    assert "c.txt" not in written


def test_parquet(tmp_path):
    (tmp_path / "src").mkdir()
    made = pa.table(
        {"key": list("abc"), "image": [jpeg(0), None, jpeg(2)], "text": [None, "x", "y"], "note": [NOTE] * 3}
    )
    pq.write_table(made, tmp_path / "src" / "0.parquet")
    store = open_store(str(tmp_path / "src"))
    assert told(store) == [("a", ""), ("b", Reason.NO_IMAGE), ("c", "y")]
    copy(store, tmp_path / "out")
    after = pq.read_table(tmp_path / "out" / "0.parquet")
    assert (after["text"].to_pylist(), after["note"].to_pylist()) == ([None, "y"], [NOTE] * 2)


def test_jsonl_and_folders(tmp_path):
    for form, name, image in (("jsonl", "rows.jsonl", "image"), ("folder", "metadata.jsonl", "file_name")):
        src = tmp_path / form
        src.mkdir()
        for at in range(3):
            (src / f"{at}.jpg").write_bytes(jpeg(at))
        lines = [
            {image: "0.jpg", "text": None},
            {"text": "x"},
            {image: "1.jpg", "text": "y", "note": [None, {"a": 1.0}]},
        ]
        (src / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
        store = open_store(str(src))
        found = items(store)
        assert [i.text if isinstance(i, Pair) else i.reason for i in found][:3] == ["", Reason.NO_IMAGE, "y"]
        assert [isinstance(i, Fault) for i in found].count(True) == 1
        assert len(found) == (4 if form == "folder" else 3)  # an image without a row is a pair
        copy(store, tmp_path / "out" / form)
        assert '"note": [null, {"a": 1.0}]' in (tmp_path / "out" / form / name).read_text()
