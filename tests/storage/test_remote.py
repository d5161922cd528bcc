"""Whole runs on object stores: in memory, and S3 by a loopback server."""

import socket
import uuid

import fsspec
import pytest

from burnish.errors import StopError, UsageError
from burnish.storage.lock import Holder
from burnish.storage.opening import open_files
from burnish.storage.places import locate
from burnish.storage.run import Run, Ticket
from burnish.storage.sources import expand, local_copy
from burnish.storage.verify import verify
from tests.loopback_s3 import loopback_s3
from tests.storage.job import PLAN, remote_tree, shards, tree, work, write_shard

BUCKET = "burnish-test"


@pytest.fixture(scope="module")
def s3_server():
    """A loopback S3 with one bucket."""
    with loopback_s3(BUCKET):
        yield


@pytest.fixture(params=["memory", "s3"])
def out(request):
    if request.param == "s3":
        request.getfixturevalue("s3_server")
        return f"s3://{BUCKET}/{uuid.uuid4().hex}"
    return f"memory://{uuid.uuid4().hex}"


def test_a_remote_run_gives_the_same_bytes_as_a_local_one(out, tmp_path):
    work(tmp_path / "local", 6)
    local = tree(tmp_path / "local")
    local.pop(".burnish/lock")  # remotely, the system's lock lies elsewhere
    assert work(out, 6) == 6
    assert remote_tree(out) == local
    assert verify(out) == []
    assert work(out, 6) == 0


def test_a_worker_needs_only_the_ticket(out):
    with Run.open(out, PLAN) as run:
        ticket = Ticket(out=run.ticket.out, run_id=run.ticket.run_id)
        with ticket.commit(shards(1)[0]) as commit:
            write_shard(commit, shards(1)[0])
        assert run.done(shards(1)[0])


def test_an_abandoned_shard_leaves_nothing(out):
    with Run.open(out, PLAN) as run:
        with run.commit(shards(1)[0]) as commit, commit.create("a.tar") as file:
            file.write(b"half")
        assert not run.done(shards(1)[0])
    assert list(open_files(out).sizes()) == [".burnish/plan.json"]


def test_one_run_at_a_time(out):
    with Run.open(out, PLAN), pytest.raises(UsageError, match=r"in use by process \d+ on"):
        Run.open(out, PLAN)
    Run.open(out, PLAN).close()


def test_a_note_of_another_machine_holds(out):
    """Conditional put: whoever wrote the note first has the output, though no lock of this machine is taken."""
    note = Holder(host="elsewhere", pid=1, boot="b", started="1", token="t")
    open_files(out).create_whole(".burnish/lock.json", note.to_bytes())
    with pytest.raises(UsageError, match="process 1 on elsewhere"):
        Run.open(out, PLAN)
    with pytest.raises(FileExistsError):
        open_files(out).create_whole(".burnish/lock.json", b"mine")
    open_files(out).remove(".burnish/lock.json")
    Run.open(out, PLAN).close()


def test_a_changed_object_is_found(out):
    work(out, 3)
    files = open_files(out)
    place = locate(out)
    for name in files.sizes():
        good = files.read(name)
        place.fs.pipe_file(f"{place.path}/{name}", good[:-1] + bytes([good[-1] ^ 1]))
        assert name in [difference.name for difference in verify(out)]
        place.fs.pipe_file(f"{place.path}/{name}", good)
    assert verify(out) == []


def test_s3_sources(s3_server):
    fs = fsspec.filesystem("s3")
    for name in ("in/00000.tar", "in/00001.tar", "in/.burnish/x.tar", "in/notes.txt"):
        fs.pipe_file(f"{BUCKET}/{name}", name.encode())
    for source in (f"s3://{BUCKET}/in", f"s3://{BUCKET}/in/{{00000..00001}}.tar", f"s3://{BUCKET}/in/*.tar"):
        found = expand(source, (".tar",))
        assert [shard.name for shard in found] == ["00000.tar", "00001.tar"]
        with local_copy(found[1]) as path:
            assert path.read_bytes() == b"in/00001.tar"
    fs.pipe_file(f"{BUCKET}/in/00001.tar", b"IN/00001.tar")
    with pytest.raises(StopError, match="changed"), local_copy(found[1]):
        pytest.fail("must not be read")


def test_a_server_that_is_not_there_stops(monkeypatch):
    pytest.importorskip("s3fs", reason="the s3 extra is not installed")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]  # closed again at once: nobody listens there
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "CANARY-secret")
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    for job in (lambda: work("s3://bucket-x/out", 1), lambda: expand("s3://bucket-x/in", (".tar",))):
        with pytest.raises(StopError, match="run the same command again") as caught:
            job()
        assert "CANARY" not in str(caught.value)
    fsspec.filesystem("s3").clear_instance_cache()


def test_a_missing_bucket_stops_and_says_so(s3_server):
    with pytest.raises(StopError, match="no-such-bucket-here") as caught:
        work("s3://no-such-bucket-here/out", 1)
    assert "CANARY" not in str(caught.value)
