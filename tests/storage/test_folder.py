"""Files below a source root, named by metadata that may lie."""

import contextlib

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from burnish.storage.folder import PathEscapeError, open_folder


@pytest.fixture
def root(tmp_path):
    top = tmp_path / "top"
    (top / "sub").mkdir(parents=True)
    (top / "sub/a.jpg").write_bytes(b"image")
    (tmp_path / "secret").write_bytes(b"secret")
    (top / "out").symlink_to(tmp_path / "secret")
    (top / "up").symlink_to(tmp_path)
    (top / "inside").symlink_to(top / "sub/a.jpg")
    return top


@pytest.mark.parametrize("name", ["sub/a.jpg", "inside", "./sub/a.jpg"])
def test_files_below_the_root_are_read(root, name):
    folder = open_folder(root)
    assert folder.read(name) == b"image"
    assert folder.size(name) == 5


@pytest.mark.parametrize(
    "name",
    ["", "../secret", "sub/../../secret", "/etc/passwd", "out", "up/secret", "a\0b", "..\\secret", "\\x",
     "file:///etc/passwd", "s3://b/x"],
)  # fmt: skip
def test_nothing_outside_the_root_is_read(root, name):
    with pytest.raises(PathEscapeError):
        open_folder(root).read(name)


@pytest.mark.parametrize("name", ["nope.jpg", "sub", "sub/a.jpg/x"])
def test_what_is_no_file_is_missing(root, name):
    with pytest.raises(OSError, match=name):
        open_folder(root).read(name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="./\\~ a\0up:", max_size=20))
def test_no_name_ever_reaches_the_secret(root, name):
    with contextlib.suppress(OSError, PathEscapeError):
        assert open_folder(root).read(name) == b"image"


def test_remote_folders():
    fs = fsspec.filesystem("memory")
    fs.pipe_file("/folder/a.jpg", b"image")
    folder = open_folder("memory://folder")
    assert (folder.read("a.jpg"), folder.size("a.jpg")) == (b"image", 5)
    for name in ("../folder/a.jpg", "/folder/a.jpg"):
        with pytest.raises(PathEscapeError):
            folder.open(name)
    with pytest.raises(FileNotFoundError):
        folder.open("b.jpg")
    fs.rm("/folder", recursive=True)
