"""Hazard 17: JSONL is cut at line feeds only; a bad line is one row of the quarantine, with its number and bytes."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnish.stores import open_store
from burnish.values import Fault, Pair, Reason
from tests.builders import jpeg
from tests.stores.forms import copy, items


def source(tmp_path, raw):
    src = tmp_path / "src"
    src.mkdir(exist_ok=True)
    (src / "a.jpg").write_bytes(jpeg())
    (src / "rows.jsonl").write_bytes(raw)
    return open_store(str(src), "jsonl", {"image_column": "image", "text_column": "caption"})


def line(text, end=b"\n"):
    return json.dumps({"image": "a.jpg", "caption": text}, ensure_ascii=False).encode() + end


BAD = {
    "torn": line("x")[:-9],
    "latin-1": '{"image": "a.jpg", "caption": "café"}\n'.encode("latin-1"),
    "utf-16": line("x").decode().encode("utf-16"),
    "list": b"[]\n",
    "nul": b"\0\0\0\n",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_line_is_told_with_its_number_and_bytes(tmp_path, bad):
    good = line("a\u2028b") + line("c", b"\r\n")
    found = items(source(tmp_path, good + b"\n" + bad))
    assert [i.text for i in found if isinstance(i, Pair)] == ["a\u2028b", "c"]
    told = [i for i in found if isinstance(i, Fault)]
    assert {f.reason for f in told} == {Reason.BAD_LINE}
    assert told[0].detail.startswith("line 4: ")
    assert b"".join(f.raw for f in told) == bad
    assert (told[0].start, told[-1].stop) == (len(good) + 1, len(good) + 1 + len(bad))


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5), last=st.booleans())
def test_any_text_comes_back(tmp_path_factory, texts, last):
    tmp_path = tmp_path_factory.mktemp("lines")
    raw = b"".join(line(text) for text in texts).removesuffix(b"\n" if last else b"")
    store = source(tmp_path, raw)
    assert [i.text for i in items(store)] == texts
    copy(store, tmp_path / "out")
    written = (tmp_path / "out" / "rows.jsonl").read_bytes().split(b"\n")
    assert [w[: len(r) - 1] for w, r in zip(written, raw.split(b"\n"), strict=True)] == [
        r[:-1] for r in raw.split(b"\n")
    ]


@settings(max_examples=40, deadline=None)
@given(raw=st.binary(max_size=300))
def test_any_bytes_are_accounted_for(tmp_path_factory, raw):
    found = items(source(tmp_path_factory.mktemp("bytes"), raw))
    assert len(found) == sum(bool(piece.strip(b" \t\r")) for piece in raw.split(b"\n"))
