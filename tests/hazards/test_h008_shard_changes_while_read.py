"""Hazard 8: a shard that changes or disappears while it is read stops the run; no mixture gets through."""

import fsspec
import pytest

from burnish.errors import StopError
from burnish.storage.sources import expand, local_copy


@pytest.fixture(params=["local", "memory"])
def place(request, tmp_path):
    """A source URL and a way to write its shard."""
    if request.param == "local":
        yield str(tmp_path), (tmp_path / "a.tar").write_bytes
        return
    fs = fsspec.filesystem("memory")
    yield "memory://h008", lambda data: fs.pipe_file("/h008/a.tar", data)
    fs.rm("/h008", recursive=True)


@pytest.mark.parametrize("later", [b"other", b"longer than before"], ids=["same_size", "other_size"])
def test_changed_before_it_is_opened(place, later):
    source, write = place
    write(b"first")
    (shard,) = expand(source, (".tar",))
    write(later)
    with pytest.raises(StopError, match=r"a\.tar changed while it was in use"), local_copy(shard):
        pytest.fail("must not be read")


def test_changed_while_it_is_open(tmp_path):
    file = tmp_path / "a.tar"
    file.write_bytes(b"first")
    (shard,) = expand(str(tmp_path), (".tar",))
    copy = local_copy(shard)
    assert copy.__enter__().read_bytes() == b"first"
    file.write_bytes(b"other bytes")
    with pytest.raises(StopError, match="changed while it was in use"):
        copy.__exit__(None, None, None)


def test_gone_before_it_is_opened(tmp_path):
    file = tmp_path / "a.tar"
    file.write_bytes(b"first")
    (shard,) = expand(str(tmp_path), (".tar",))
    file.unlink()
    with pytest.raises(StopError, match="ENOENT"), local_copy(shard):
        pytest.fail("must not be read")
