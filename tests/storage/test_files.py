"""One contract for every kind of files, local and remote, plain and wrapped."""

import threading
import uuid

import pytest

from burnish.errors import UsageError
from burnish.storage.faulting import FaultingFiles, FaultKind
from burnish.storage.files import LocalFiles, is_file, put_whole, write_all
from burnish.storage.layout import is_temp
from burnish.storage.opening import open_files
from burnish.storage.recording import RecordingFiles

RUN = "0123456789ab"


@pytest.fixture(params=["local", "memory", "recording", "faulting"])
def files(request, tmp_path):
    match request.param:
        case "local":
            return open_files(tmp_path / "deep" / "out")
        case "memory":
            return open_files(f"memory://{uuid.uuid4().hex}")
        case "recording":
            return RecordingFiles(LocalFiles(tmp_path / "out"))
        case _:
            return FaultingFiles(LocalFiles(tmp_path / "out"), FaultKind.EIO, 10**9)


def test_nothing_there_yet(files):
    assert files.sizes() == {}
    assert files.sizes("a/b") == {}
    assert files.shown
    for call in (files.read, files.open, files.size, files.remove):
        with pytest.raises(FileNotFoundError):
            call("a")


def test_written_replaced_and_removed(files):
    files.make_folder("")
    files.make_folder("a/b")
    handle = files.create("a/b/t")
    write_all(handle, b"x" * 100_000)
    handle.sync()
    handle.close()
    files.replace("a/b/t", "a/b/f")
    files.sync_folder("a/b")
    assert files.sizes() == {"a/b/f": 100_000}
    assert files.sizes("a") == {"a/b/f": 100_000}
    assert files.read("a/b/f") == b"x" * 100_000
    with files.open("a/b/f") as file:
        assert file.read(3) == b"xxx"
    assert is_file(files, "a/b/f", 100_000)
    assert not is_file(files, "a/b/f", 1)
    files.remove("a/b/f")
    assert not is_file(files, "a/b/f", 100_000)


def test_put_whole_replaces_and_leaves_no_temp(files):
    files.make_folder("")
    for data in (b"one", b"another"):
        put_whole(files, "x/y/z.json", data, RUN)
        assert files.read("x/y/z.json") == data
    assert list(files.sizes()) == ["x/y/z.json"]


def test_create_is_exclusive(files):
    files.make_folder("")
    handle = files.create("t")
    with pytest.raises(FileExistsError):
        files.create("t")
    handle.close()


def test_create_whole_is_exclusive_and_keeps_the_first(files):
    files.make_folder("")
    files.create_whole("note", b"first")
    with pytest.raises(FileExistsError):
        files.create_whole("note", b"second")
    assert files.read("note") == b"first"
    assert not [name for name in files.sizes() if is_temp(name)]


def test_a_file_is_no_output_folder(tmp_path):
    (tmp_path / "f").write_bytes(b"")
    with pytest.raises(UsageError, match="is a file"):
        open_files(tmp_path / "f")


def test_dangling_links_and_odd_names_are_listed(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "a b\n.tar").write_bytes(b"x")
    assert set(LocalFiles(tmp_path).sizes()) == {"link", "a b\n.tar"}


def test_h058_files_that_go_while_they_are_listed_are_not_there(tmp_path):
    files, over = LocalFiles(tmp_path), threading.Event()
    (tmp_path / "stays").write_bytes(b"12345")

    def come_and_go():
        while not over.is_set():
            for number in range(50):
                (tmp_path / f"{number}.tmp").touch()
            for number in range(50):
                (tmp_path / f"{number}.tmp").unlink()

    other = threading.Thread(target=come_and_go)
    other.start()
    try:
        assert all(files.sizes()["stays"] == 5 for _ in range(300))
    finally:
        over.set()
        other.join()
