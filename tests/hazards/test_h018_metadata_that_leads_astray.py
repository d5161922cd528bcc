"""Hazard 18: File names in metadata are resolved below the root: missing, outside and linked files are quarantined."""

import json
import uuid

import fsspec
import pytest

from burnish.stores import open_store
from burnish.values import Pair, Reason
from tests.builders import jpeg
from tests.stores.forms import copy, items

NAMES = {
    "gone.jpg": Reason.MISSING_FILE,
    "../outside.jpg": Reason.PATH_ESCAPE,
    "sub/../../outside.jpg": Reason.PATH_ESCAPE,
    "/etc/hostname": Reason.PATH_ESCAPE,
    "file:///etc/hostname": Reason.PATH_ESCAPE,
    "link.jpg": Reason.PATH_ESCAPE,
    "folder/outside.jpg": Reason.PATH_ESCAPE,
    "metadata.jsonl": Reason.FORMAT_NOT_ALLOWED,
}
FORMS = pytest.mark.parametrize(("rows", "field"), [("metadata.jsonl", "file_name"), ("rows.jsonl", "image")])


@FORMS
def test_local(tmp_path, rows, field):
    src = tmp_path / "src"
    src.mkdir()
    (tmp_path / "outside.jpg").write_bytes(jpeg(9))
    (src / "good.jpg").write_bytes(jpeg())
    (src / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    (src / "folder").symlink_to(tmp_path)
    names = ["good.jpg", *NAMES]
    (src / rows).write_text("".join(json.dumps({field: name, "text": "x"}) + "\n" for name in names))
    store = open_store(str(src))
    found = items(store)
    assert isinstance(found[0], Pair)
    assert {name: i.reason for name, i in zip(NAMES, found[1:], strict=True)} == NAMES
    assert all(repr(name)[1:20] in i.detail for name, i in zip(NAMES, found[1:], strict=True))
    copy(store, tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").glob("[!.]*")) == sorted(["good.jpg", rows])


@FORMS
def test_remote(rows, field):
    url = f"memory://{uuid.uuid4().hex}/set"
    fs, root = fsspec.url_to_fs(url)
    fs.pipe(f"{root}/good.jpg", jpeg())
    fs.pipe(f"{root}/../outside.jpg", jpeg(9))
    names = ["good.jpg", "gone.jpg", "../outside.jpg", "memory://outside.jpg", "/good.jpg"]
    fs.pipe(f"{root}/{rows}", "".join(json.dumps({field: name, "text": "x"}) + "\n" for name in names).encode())
    found = items(open_store(url))
    reasons = [i.reason for i in found if not isinstance(i, Pair)]
    assert reasons == [Reason.MISSING_FILE, *[Reason.PATH_ESCAPE] * 3]
    assert len(found) == 5
