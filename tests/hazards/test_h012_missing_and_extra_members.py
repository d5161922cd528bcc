"""Hazard 12: no text, no json, no image, two images, unknown members."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish.errors import UsageError
from burnish.stores.webdataset import WebDatasetStore
from burnish.values import Reason
from tests.builders import jpeg
from tests.stores._tar.shards import members, pairs, read, rows, tar_bytes, triple

IMAGE = ("a.jpg", jpeg())
TEXT = ("a.txt", b"from txt")
JSON = ("a.json", b'{"caption": "from json", "alt": "from alt"}')


@pytest.mark.parametrize(
    ("found", "order", "text"),
    [
        ([IMAGE, JSON, TEXT], None, "from txt"),
        ([IMAGE, JSON], None, "from json"),
        ([IMAGE], None, "from parquet"),
        ([IMAGE, JSON, TEXT], "json.alt,txt", "from alt"),
        ([IMAGE, JSON, TEXT], "parquet.caption,txt", "from parquet"),
        ([IMAGE, JSON, TEXT], "json.missing", ""),
        ([IMAGE, ("a.txt", b"")], None, ""),
    ],
)
def test_the_text_comes_from_where_the_order_says(found, order, text, tmp_path):
    pq.write_table(pa.table({"key": ["a", "b"], "caption": ["from parquet", None]}), tmp_path / "00000.parquet")
    (pair,) = pairs(read(tar_bytes(found), tmp_path, **({"text": order} if order else {})))
    assert pair.text == text


def test_nothing_anywhere_is_an_empty_text(tmp_path):
    (pair,) = pairs(read(tar_bytes([IMAGE]), tmp_path))
    assert (pair.text, dict(pair.fields)) == ("", {})


@pytest.mark.parametrize("order", ["", "text", "json", "json.", "txt,csv.x"])
def test_an_order_that_makes_no_sense_is_refused(order):
    with pytest.raises(UsageError, match="no place for a text"):
        WebDatasetStore("x", {"text": order})


def test_no_image_goes_to_quarantine_with_its_bytes(tmp_path):
    data = tar_bytes([JSON, TEXT, *triple("b")])
    items = read(data, tmp_path)
    assert [p.key for p in pairs(items)] == ["b"]
    (fault,) = rows(items)
    assert fault.reason is Reason.NO_IMAGE
    assert fault.members == ("a.json", "a.txt")
    assert fault.raw == data[: fault.raw_size]


def test_two_images_are_one_pair_and_flagged(tmp_path):
    """webdataset makes one sample of ``a.b.jpg`` and ``a.c.jpg`` without a word; so it stays one pair, with a flag,
    the first image with its own text, and the others carried to the byte."""
    found = [("a.b.jpg", jpeg(1)), ("a.b.txt", b"text of b"), ("a.c.jpg", jpeg(2)), ("a.c.txt", b"text of c")]
    (pair,) = pairs(read(tar_bytes(found), tmp_path))
    assert (pair.key, pair.image_name, pair.text) == ("a", "a.b.jpg", "text of b")
    assert "two_images" in pair.flags
    assert members(pair) == [name for name, _ in found]


def test_a_plain_suffix_goes_before_a_dotted_one(tmp_path):
    found = [("a.seg.png", b"\x89PNG\r\n\x1a\n" + bytes(20)), IMAGE, TEXT]
    (pair,) = pairs(read(tar_bytes(found), tmp_path))
    assert pair.image_name == "a.jpg"
    assert "two_images" in pair.flags


def test_dots_in_the_name_of_one_image(tmp_path):
    found = [("photo.v1.jpg", jpeg()), ("photo.v1.json", b'{"n": 1}'), ("photo.v1.txt", b"with dots")]
    (pair,) = pairs(read(tar_bytes(found), tmp_path))
    assert (pair.key, pair.text, pair.fields) == ("photo", "with dots", {"n": 1})


def test_unknown_members_are_carried(tmp_path):
    extras = [("a.npy", b"\x93NUMPY"), ("a.pkl", b"\x80\x04."), ("a.", b"no suffix"), ("a.x.y.z", b"")]
    (pair,) = pairs(read(tar_bytes([IMAGE, *extras]), tmp_path))
    assert members(pair) == ["a.jpg", "a.npy", "a.pkl", "a.", "a.x.y.z"]
