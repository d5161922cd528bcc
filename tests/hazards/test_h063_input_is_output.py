"""Hazard 63: an output that is the input, lies in it or holds it is refused before anything is touched."""

import pytest

from burnish.errors import UsageError
from burnish.storage.run import Run
from tests.storage.job import PLAN, tree


@pytest.mark.parametrize("out", ["data", "data/", "data/out", "data/../data", "link", ".", "data/a.tar"])
@pytest.mark.parametrize("source", ["data", "data/**/*.tar", "{data,none}"])
def test_refused(tmp_path, monkeypatch, source, out):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.tar").write_bytes(b"precious")
    (tmp_path / "link").symlink_to("data")
    monkeypatch.chdir(tmp_path)
    before = tree(tmp_path)
    with pytest.raises(UsageError, match=r"Give a new folder|a file, not a folder"):
        Run.open(out, PLAN, source=source)
    assert tree(tmp_path) == before


def test_a_folder_with_other_files_is_never_written_over(tmp_path):
    (tmp_path / "00000.tar").write_bytes(b"precious")
    with pytest.raises(UsageError, match=r"not made by burnish: it holds 00000\.tar"):
        Run.open(str(tmp_path), PLAN)
    assert tree(tmp_path) == {"00000.tar": b"precious"}
