"""Hazard 3: a zero-byte shard, an HTML page or an image named ``.tar``: one row with the first bytes, no crash."""

import pytest

from burnish.values import Fault, Reason
from tests.builders import jpeg
from tests.stores._tar.shards import read

PAGE = b"<!doctype html><title>404 Not Found</title>" + b"<p>no such object</p>" * 500


@pytest.mark.parametrize(
    "data", [b"", b"x", PAGE, jpeg() * 20, b"\xff" * 100_000], ids=["empty", "byte", "html", "jpeg", "ff"]
)
@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_one_row_for_the_whole_shard(data, name, tmp_path):
    (fault,) = read(data, tmp_path, name)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.NOT_A_TAR
    assert fault.key == name
    assert fault.raw == data[:64]
    assert (fault.start, fault.stop, fault.raw_size) == (0, len(data), len(data))


def test_an_empty_archive_is_an_archive(tmp_path):
    assert read(bytes(10240), tmp_path) == []
