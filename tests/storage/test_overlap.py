"""Which pairs of input and output may be used together."""

import fsspec
import pytest

from burnish.errors import UsageError
from burnish.storage.overlap import refuse_overlap


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "data/sub").mkdir(parents=True)
    (tmp_path / "data/a.tar").write_bytes(b"")
    (tmp_path / "data/sub/b.tar").write_bytes(b"")
    (tmp_path / "link").symlink_to("data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("source", "out"),
    [
        ("data", "data"),
        ("data", "./data/"),
        ("data", "data/sub"),
        ("data", "data/new"),
        ("data/sub", "data"),
        ("data", "."),
        ("data", "link"),
        ("link", "data"),
        ("data", "link/new"),
        ("data/a.tar", "data"),
        ("data/a.tar", "data/a.tar"),
        ("data/*.tar", "data"),
        ("data/**/*.tar", "data/new"),
        ("{data,else}/x.tar", "data"),
        ("file://{here}/data", "data"),
        ("memory://in", "memory://in"),
        ("memory://in", "memory://in/out"),
        ("memory://in/a/b", "memory://in/a"),
    ],
)
def test_refused(here, source, out):
    with pytest.raises(UsageError, match="Give a new folder beside the input"):
        refuse_overlap(source.replace("{here}", str(here)), out)


@pytest.mark.parametrize(
    ("source", "out"),
    [
        ("data", "out"),
        ("data", "data-out"),
        ("data/a.tar", "data/out"),
        ("data/*.tar", "data/out"),
        ("data/sub", "data/out"),
        ("memory://in", "memory://in-out"),
        ("memory://in", "in"),
        ("data", "memory://data"),
    ],
)
def test_allowed(here, source, out):
    refuse_overlap(source, out)
    assert fsspec.filesystem("memory")
