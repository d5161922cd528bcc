"""What a user may type as a source, and the shards it stands for."""

import os
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest

from burnish.errors import StopError, UsageError
from burnish.storage.sources import expand, local_copy
from burnish.values import Shard

TAR = (".tar", ".tar.gz")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("d/00000.tar", "d/00001.tar", "d/00001_stats.json", "d/sub/00002.TAR", "d/sub/3.tar.gz",
                 "d/.hidden.tar", "d/.burnish/x.tar", "e[1]/{0}.tar"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def memory():
    fs = fsspec.filesystem("memory")
    for name in ("/src/a/1.tar", "/src/a/.x/2.tar", "/src/b/2.tar", "/src/b/note.txt"):
        fs.pipe_file(name, name.encode())
    yield fs
    fs.rm("/src", recursive=True)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("d", ["00000.tar", "00001.tar", "sub/00002.TAR", "sub/3.tar.gz"]),
        ("d/", ["00000.tar", "00001.tar", "sub/00002.TAR", "sub/3.tar.gz"]),
        ("./d", ["00000.tar", "00001.tar", "sub/00002.TAR", "sub/3.tar.gz"]),
        ("d/00001.tar", ["00001.tar"]),
        ("d/*.tar", ["00000.tar", "00001.tar"]),
        ("d/**/*.tar", ["00000.tar", "00001.tar"]),
        ("d/*", ["00000.tar", "00001.tar"]),
        ("d/{00000..00001}.tar", ["00000.tar", "00001.tar"]),
        ("{d/00000,d/sub/3}.tar{,.gz}", None),
        ("{d,d/sub}/*", ["00000.tar", "00001.tar", "sub/00002.TAR", "sub/3.tar.gz"]),
        ("d/00001_stats.json", ["00001_stats.json"]),
        ("e[1]/{0}.tar", ["{0}.tar"]),
    ],
)
def test_local_sources(folder, source, names):
    if names is None:
        with pytest.raises(UsageError, match="2 of the 4 names"):
            expand(source, TAR)
        return
    shards = expand(source, TAR)
    assert [shard.name for shard in shards] == names
    for shard in shards:
        assert shard.size == Path(shard.path).stat().st_size
        assert shard.tag == str(Path(shard.path).stat().st_mtime_ns)
    assert [s.name for s in expand(str(folder / source), TAR)] == names
    assert [s.name for s in expand(f"file://{folder}/{source}", TAR)] == names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("memory://src", ["a/1.tar", "b/2.tar"]),
        ("memory://src/a/1.tar", ["1.tar"]),
        ("memory://src/*/2.tar", ["b/2.tar"]),
        ("memory://src/{a/1,b/2}.tar", ["a/1.tar", "b/2.tar"]),
    ],
)
def test_remote_sources(memory, source, names):
    shards = expand(source, TAR)
    assert [shard.name for shard in shards] == names
    for shard in shards:
        assert shard.tag
        with local_copy(shard) as path:
            assert len(path.read_bytes()) == shard.size
        assert not path.exists()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("nowhere", "nowhere does not exist"),
        ("d/{00000..00004}.tar", "3 of the 5 names of .* are missing: d/00002.tar"),
        ("d/*.parquet", "looked for"),
        ("a\0b", "does not exist"),
        ("x" * 5000, "does not exist"),
        ("~nobody-here/x", "does not exist"),
        ("odd-scheme://x", "fsspec"),
        ("memory://not-there", "looked for"),
        ("{d/00000.tar,d/*}", "00000.tar twice"),
    ],
)
def test_wrong_sources_say_what_was_looked_for(folder, source, says):
    with pytest.raises(UsageError, match=says) as caught:
        expand(source, TAR)
    assert len(str(caught.value).splitlines()) <= 6


def test_a_pipe_is_no_shard(folder):
    os.mkfifo("d/pipe.tar")
    with pytest.raises(UsageError, match="not a regular file"):
        expand("d", TAR)


def test_a_file_name_that_is_not_utf8_is_refused(folder):
    Path("d/00000.tar").rename(os.fsdecode(b"d/\xff.tar"))
    with pytest.raises(UsageError, match="UTF-8"):
        expand("d", TAR)


def test_secrets_of_a_url_are_not_in_messages():
    with pytest.raises(UsageError) as caught:
        expand("odd-scheme://me:hush@host/x?token=hush", TAR)
    assert "hush" not in str(caught.value)


def test_a_missing_library_names_the_extra():
    code = (
        "import sys; sys.modules['s3fs'] = None\n"
        "from burnish.storage.sources import expand\n"
        "from burnish.errors import MissingExtra\n"
        "try: expand('s3://bucket/x.tar', ('.tar',))\n"
        "except MissingExtra as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'burnish[s3]'" in done.stdout


def test_a_vanished_shard_stops(memory):
    (shard,) = expand("memory://src/b", TAR)
    memory.rm("/src/b/2.tar")
    with pytest.raises(StopError, match="run the same command again"), local_copy(shard):
        pass


def test_a_local_shard_is_read_in_place(folder):
    shard = expand("d/00000.tar", TAR)[0]
    with local_copy(shard) as path:
        assert path.samefile(folder / "d/00000.tar")
    assert isinstance(shard, Shard)


@pytest.mark.parametrize("source", ["", "/*.tar"])
def test_a_link_to_nothing_is_named_and_not_left_out(tmp_path, source):
    (tmp_path / "a.tar").write_bytes(b"x")
    (tmp_path / "b.tar").symlink_to("gone.tar")
    with pytest.raises(UsageError, match=r"b\.tar is a link to nothing"):
        expand(str(tmp_path) + source, (".tar",))


def test_a_server_that_is_not_there_stops_and_is_no_bug():
    with pytest.raises(StopError, match="cannot open ftp://127"):
        expand("ftp://127.0.0.1:1/x", (".tar",))
