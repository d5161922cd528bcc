"""Hazard 64: a half-written, damaged or deleted journal costs time, never data: its shards are done again."""

import shutil

import pytest

from burnish.storage.layout import record_name
from burnish.storage.verify import verify
from tests.storage.job import shards, tree, work

SHARDS = 6


@pytest.fixture
def out(tmp_path):
    work(tmp_path / "out", SHARDS)
    return tmp_path / "out"


@pytest.mark.parametrize("harm", ["cut", "flipped", "empty", "zeros", "deleted"])
def test_one_record(out, harm):
    whole, path = tree(out), out / record_name(shards(1)[0].name)
    data = path.read_bytes()
    if harm == "deleted":
        path.unlink()
    else:
        flipped = data.replace(b'"kept": 1', b'"kept": 9')
        path.write_bytes({"cut": data[:-20], "flipped": flipped, "empty": b"", "zeros": bytes(len(data))}[harm])
    assert verify(str(out)) != []
    assert work(out, SHARDS) == 1
    assert tree(out) == whole
    assert verify(str(out)) == []


def test_the_whole_journal(out):
    whole = tree(out)
    shutil.rmtree(out / ".burnish/journal")
    assert work(out, SHARDS) == SHARDS
    assert tree(out) == whole


def test_a_lost_output_file_is_made_again(out):
    whole = tree(out)
    (out / shards(1)[0].name).unlink()
    assert work(out, SHARDS) == 1
    assert tree(out) == whole
