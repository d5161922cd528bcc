"""Object stores that fail: lost connections, cut and unfinished uploads, lagging listings, two runs at once.

moto, the loopback S3, takes conditional puts and multipart uploads as S3 does, but never answers 409, checks no
checksums and is consistent at once: what S3 might do beyond that is done by the proxy in front of it, or not tested.
"""

import fsspec
import pytest

from burnish.errors import StopError
from burnish.storage.journal import Journal
from burnish.storage.layout import HOLDER, record_name
from burnish.storage.opening import open_files
from burnish.storage.run import Run
from burnish.storage.verify import verify
from tests.faulty_s3 import FAULTY_BUCKET
from tests.storage.job import PLAN, SHARDS, remote_tree, shards, work, write_shard


def until_done(out, store):
    """The same command until it ends; how often it stopped."""
    told: list[str] = []
    for stops in range(20):
        try:
            work(out, SHARDS)
        except StopError as error:
            told.append(str(error))
            store.fault = lambda _: ""
        else:
            assert "CANARY" not in " ".join(told)
            return stops
    pytest.fail("it never ends")


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", ["drop", "deaf", "cut"])
def test_a_lost_connection_stops_and_the_same_command_goes_on(kind, step, store, out, quiet):
    """From the 1st, 8th, 15th ... (slow tier: every) writing call on each one is lost, however often the client repeats
    it (losing one is nothing to it); then the store is well again. Until there is no call left to lose.
    """
    at, stopped = 1, 0
    while True:
        target = f"{out}-{at}"
        count = [0]

        def fault(call, count=count, at=at):
            count[0] += call.method in {"PUT", "POST"}
            return kind if call.method in {"PUT", "POST"} and count[0] >= at else ""

        store.fault = fault
        stopped += until_done(target, store)
        assert remote_tree(target) == quiet
        assert verify(target) == []
        if count[0] < at:
            break
        at += step
    assert stopped >= 2


def big(out, name="big.bin", size=101 * 2**20):
    """Put a file that is large enough for a multipart upload (two parts of 50 MiB and one)."""
    files = open_files(out)
    handle = files.create(f"{name}.tmp.{'a' * 12}.{'b' * 8}")
    handle.write(bytes(size))
    handle.close()
    files.replace(f"{name}.tmp.{'a' * 12}.{'b' * 8}", name)


def test_an_interrupted_multipart_upload_shows_nothing_and_is_cleared(store, out):
    with Run.open(out, PLAN):
        pass
    store.fault = lambda call: (
        "drop" if (call.part and "2" in call.query["partNumber"]) or call.method == "DELETE" else ""
    )
    with pytest.raises(OSError, match=r"(?i)connection|closed|endpoint"):
        big(out)
    store.fault = lambda _: ""
    files = open_files(out)
    with pytest.raises(FileNotFoundError):
        files.size("big.bin")
    left = [name for name in files.sizes() if name.startswith("big.bin.tmp.")]
    assert len(left) == 1
    assert "left by a run that was killed" in " ".join(map(str, verify(out)))
    with Run.open(out, PLAN):
        assert not [name for name in open_files(out).sizes() if "tmp" in name]
    assert not fsspec.filesystem("s3").list_multipart_uploads(FAULTY_BUCKET)


def test_a_lagging_listing_loses_and_repeats_nothing(store, out, quiet):
    """Every listing is as it was when it was first asked for: empty, for the whole run and the one after it."""
    store.fault = lambda call: "stale" if call.lists else ""
    names = [shard.name for shard in shards(SHARDS)]
    with Run.open(out, PLAN) as run:
        for shard in shards(SHARDS):
            with run.commit(shard) as commit:
                write_shard(commit, shard)
        run.seal({"README.md": b"# A data set\n"}, shards=names)
    puts = [call.path for call in store.calls if call.method == "PUT"]
    with Run.open(out, PLAN) as run:
        for shard in shards(SHARDS):  # the listing shows none of them, so they are done again, and change nothing
            with run.commit(shard) as commit:
                write_shard(commit, shard)
        run.seal({"README.md": b"# A data set\n"}, shards=names)
    again = [call.path for call in store.calls if call.method == "PUT"][len(puts) :]
    assert not [path for path in again if "/journal/" in path or path.endswith((".tar", ".parquet"))]
    store.fault = lambda _: ""
    assert remote_tree(out) == quiet
    assert verify(out) == []


def test_a_listing_that_still_shows_what_was_removed(store, out):
    work(out, SHARDS)
    files = open_files(out)
    files.sizes(".burnish/journal")
    files.remove(record_name(shards(1)[0].name))
    store.fault = lambda call: "stale" if call.lists else ""
    assert len(Journal(open_files(out)).raw()) == SHARDS - 1


def test_only_the_first_record_of_a_shard_is_taken(store, out):
    """Two workers at one shard, as after a node that was given up: the record that is first stands, or none does."""
    shard = shards(1)[0]
    with Run.open(out, PLAN) as run:
        first, second = run.commit(shard), run.commit(shard)
        with first, second:
            with first.create(shard.name) as file:
                file.write(b"one")
            with second.create(shard.name) as file:
                file.write(b"two")
            passed = []

            def fault(call):
                """When the second is about to put its record, the first has just put its own."""
                if "/journal/" in call.path and call.method == "PUT" and not passed:
                    passed.append(call)
                    other = Journal(open_files(out))
                    assert other.read(shard.name) is None
                    publish(first)
                return ""

            store.fault = fault
            with pytest.raises(StopError):
                publish(second)
        assert not run.done(shard) or verify_shard(out, shard)
    store.fault = lambda _: ""
    work(out, SHARDS)
    assert verify(out) == []


def publish(commit):
    from burnish.storage.ledger import Counts

    return commit.publish(Counts(total=1, kept=1))


def verify_shard(out, shard):
    return not [difference for difference in verify(out) if shard.name in difference.name]


def test_a_put_whose_answer_was_lost_finds_itself(store, out, monkeypatch):
    """The client sends it again, and the store says that it is taken: by us."""
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 3)
    fsspec.filesystem("s3").clear_instance_cache()
    count = [0]

    def fault(call):
        count[0] += call.method == "PUT"
        return "deaf" if call.method == "PUT" and count[0] == 1 else ""

    store.fault = fault
    files = open_files(out)
    files.create_whole(HOLDER, b"mine 7f3a")
    assert files.read(HOLDER) == b"mine 7f3a"
    with pytest.raises(FileExistsError):
        files.create_whole(HOLDER, b"yours 11bc")
    assert files.read(HOLDER) == b"mine 7f3a"


def test_nothing_secret_is_said(store, out):
    store.fault = lambda _: "drop"
    with pytest.raises(StopError) as caught:
        work(f"{out}?X-Amz-Signature=CANARY", 1)
    assert "CANARY" not in str(caught.value)
    assert "CANARY" not in open_files(out.replace("s3://", "s3://key:CANARY@")).shown
