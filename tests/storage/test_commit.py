"""The commit of one shard, step by step."""

import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish.errors import StopError, UsageError
from burnish.storage.commit import Commit
from burnish.storage.faulting import FaultingFiles, FaultKind
from burnish.storage.files import LocalFiles
from burnish.storage.folder import PathEscapeError
from burnish.storage.journal import FileEntry, Journal, ShardRecord
from burnish.storage.layout import quarantine_name, record_name, records_name
from burnish.storage.ledger import Counts, LedgerError
from burnish.values import Gap, Origin, Reason, Shard
from tests.storage.job import shards, tree, write_shard

SHARD = Shard(name="00000.tar", path="", size=7, tag="t")
ONE = Counts(total=1, kept=1)


def commit_on(path, shard=SHARD, files=None):
    return Commit(files or LocalFiles(path), "0123456789ab", shard)


def publish(path, *, counts=ONE, files=None, gaps=0, name="a", shard=SHARD, data=b"x"):
    """One file and some gap rows, all the way."""
    with commit_on(path, shard, files) as commit:
        commit.create(name).write(data)
        origin = Origin(source="s", shard=SHARD.name, ordinal=0)
        for _ in range(gaps):
            commit.quarantine().put(Gap(origin=origin, reason=Reason.BAD_HEADER, detail="", start=0, stop=512))
        return commit.publish(counts)


def test_nothing_has_its_name_before_publish(tmp_path):
    with commit_on(tmp_path) as commit:
        with commit.create("00000.tar") as file:
            file.write(b"x" * 3_000_000)
        assert [name for name in tree(tmp_path) if not name.startswith("00000.tar.tmp.0123456789ab.")] == []
        record = commit.publish(ONE, {"note": [1, None, "a"]})
    (entry,) = record.files
    assert (entry.name, entry.size) == ("00000.tar", 3_000_000)
    assert entry.sha256 == hashlib.sha256(b"x" * 3_000_000).hexdigest()
    assert set(tree(tmp_path)) == {"00000.tar", ".burnish/journal/00000.tar.json"}
    assert Journal(LocalFiles(tmp_path)).read("00000.tar") == record
    assert record.facts == {"note": [1, None, "a"]}


def test_an_exception_abandons(tmp_path):
    def fail():
        with commit_on(tmp_path) as commit:
            commit.create("00000.tar").write(b"half")
            commit.quarantine()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert tree(tmp_path) == {}


def test_files_left_open_are_closed_by_publish(tmp_path):
    with commit_on(tmp_path) as commit:
        commit.create("a").write(b"1234")
        commit.publish(ONE)
    assert (tmp_path / "a").read_bytes() == b"1234"


@pytest.mark.parametrize("name", ["/a", "../a", "a/../../b", "", "a//b", "./a", "a\0", ".burnish/plan.json", "a/"])
def test_names_outside_the_output_are_refused(tmp_path, name):
    with commit_on(tmp_path) as commit, pytest.raises(PathEscapeError):
        commit.create(name)
    assert tree(tmp_path) == {}


def test_the_same_name_twice_is_refused(tmp_path):
    with commit_on(tmp_path) as commit:
        commit.create("a")
        with pytest.raises(FileExistsError):
            commit.create("a")


@pytest.mark.parametrize(
    "counts",
    [
        Counts(total=2, kept=1),
        Counts(total=1, kept=2, gaps=-1),
        Counts(total=2, kept=1, quarantined=1),
        Counts(total=2, kept=1, gaps=1),
    ],
)
def test_a_ledger_that_does_not_add_up_commits_nothing(tmp_path, counts):
    """The last two add up, but no row is in quarantine."""
    with pytest.raises(LedgerError):
        publish(tmp_path, counts=counts)
    assert tree(tmp_path) == {}


def test_a_row_in_quarantine_that_is_not_counted_commits_nothing(tmp_path):
    with pytest.raises(LedgerError):
        publish(tmp_path, gaps=1)
    assert tree(tmp_path) == {}


def test_publishing_the_same_again_changes_nothing(tmp_path):
    """Two workers may do one shard (hazard 79): the second one discards."""
    shard = shards(1)[0]
    for _ in range(2):
        with commit_on(tmp_path, shard) as commit:
            write_shard(commit, shard)
        times = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    with commit_on(tmp_path, shard) as commit:
        write_shard(commit, shard)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()} == times


def test_publishing_the_same_again_mends_a_damaged_file(tmp_path):
    shard = shards(1)[0]
    with commit_on(tmp_path, shard) as commit:
        write_shard(commit, shard)
    whole = tree(tmp_path)
    (tmp_path / shard.name).write_bytes(bytes(len(whole[shard.name])))
    with commit_on(tmp_path, shard) as commit:
        write_shard(commit, shard)
    assert tree(tmp_path) == whole


def test_two_shards_must_not_write_one_file(tmp_path):
    publish(tmp_path, name="same.tar")
    other = Shard(name="other.tar", path="", size=1)
    before = tree(tmp_path)
    with pytest.raises(UsageError, match=r"other\.tar and 00000\.tar would both write same\.tar"):
        publish(tmp_path, name="same.tar", shard=other, data=b"y")
    assert tree(tmp_path) == before


def test_a_full_disk_stops_a_parquet_writer_cleanly(tmp_path):
    """pyarrow writes through our file: our error must come out of it as it is."""
    files = FaultingFiles(LocalFiles(tmp_path), FaultKind.ENOSPC, 3, lasting=True)
    table = pa.table({"x": [bytes(2_000_000)]})
    with commit_on(tmp_path, files=files) as commit:
        file = commit.create("a.parquet")
        with pytest.raises(StopError, match="ENOSPC"):
            pq.write_table(table, file, compression="none")
    assert tree(tmp_path) == {}


def test_a_full_disk_stops_quarantine_cleanly(tmp_path):
    for at in range(1, 9):
        files = FaultingFiles(LocalFiles(tmp_path), FaultKind.ENOSPC, at, lasting=True)
        with pytest.raises(StopError, match="ENOSPC"):
            publish(tmp_path, counts=Counts(total=2, kept=1, gaps=1), gaps=1, files=files)
    assert tree(tmp_path) == {}


def test_thousands_of_files_in_one_shard_keep_few_open(tmp_path):
    """An image folder has a file a pair: closed means closed, not waiting for publish."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    try:
        with commit_on(tmp_path) as commit:
            for i in range(200):
                with commit.create(f"images/{i}.jpg") as file:
                    file.write(b"x")
            record = commit.publish(ONE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(record.files) == 200


def test_records_are_a_file_of_the_commit(tmp_path):
    with commit_on(tmp_path) as commit:
        with commit.create_records() as file:
            file.write(b"r")
        record = commit.publish(ONE)
    assert [entry.name for entry in record.files] == [records_name(SHARD.name)]
    assert tree(tmp_path)[records_name(SHARD.name)] == b"r"


def test_a_file_that_the_next_commit_lacks_is_removed(tmp_path):
    publish(tmp_path, name="a", data=b"1")
    publish(tmp_path, name="b", data=b"2")
    assert {"a", "b"} & set(tree(tmp_path)) == {"b"}


def test_a_file_that_another_shard_has_too_stays(tmp_path):
    publish(tmp_path, name="shared")
    publish(tmp_path, name="shared", shard=shards(1)[0])
    publish(tmp_path, name="own")
    assert {"own", "shared"} < set(tree(tmp_path))


def test_an_old_quarantine_goes_even_if_its_record_is_lost(tmp_path):
    publish(tmp_path, counts=Counts(total=2, kept=1, gaps=1), gaps=1)
    assert quarantine_name(SHARD.name) in tree(tmp_path)
    (tmp_path / record_name(SHARD.name)).unlink()
    publish(tmp_path)
    assert quarantine_name(SHARD.name) not in tree(tmp_path)


def test_a_rename_that_fails_says_what_was_to_be_committed(tmp_path):
    files = FaultingFiles(LocalFiles(tmp_path), FaultKind.FAILED_RENAME, 1)
    with pytest.raises(StopError, match=r"^cannot commit 00000\.tar to "):
        publish(tmp_path, files=files)


def test_a_write_that_fails_says_so(tmp_path):
    files = FaultingFiles(LocalFiles(tmp_path), FaultKind.ENOSPC, 3)  # folder, file, bytes
    with commit_on(tmp_path, files=files) as commit:
        file = commit.create("a")
        file.write(b"x")
        with pytest.raises(StopError, match=r"^cannot write .*a: "):
            file.flush()


def test_the_message_of_a_wrong_count_gives_the_numbers(tmp_path):
    with pytest.raises(LedgerError, match=r"00000\.tar: counted 1 quarantined and 0 gaps, but 0 and 1 rows"):
        publish(tmp_path, counts=Counts(total=2, kept=1, quarantined=1), gaps=1)


def test_the_message_of_a_file_of_two_shards_says_what_to_do(tmp_path):
    publish(tmp_path)
    with pytest.raises(UsageError, match="\nGive them to separate runs, each with its own output folder"):
        publish(tmp_path, shard=shards(1)[0], data=b"y")


class FirstComes(LocalFiles):
    """As an object store: a record that is there is not replaced. Another commit comes just before ours."""

    def __init__(self, root, other):
        super().__init__(root)
        self.other = other

    def replace(self, temp, final):
        if final == record_name(SHARD.name):
            self.other()
            raise FileExistsError(final)
        super().replace(temp, final)


def race(path, theirs):
    """Publish "x" while someone else publishes `theirs` under the same name; whether their record stands then."""
    (path / ".burnish").mkdir()
    with pytest.raises(StopError):
        publish(path, files=FirstComes(path, lambda: put_record_of(path, theirs)), data=b"x")
    return Journal(LocalFiles(path)).read(SHARD.name) is not None


def put_record_of(path, data):
    """A record as another machine's commit of `data` leaves it, whose file was replaced by ours meanwhile."""
    entry = FileEntry(name="a", size=len(data), sha256=hashlib.sha256(data).hexdigest())
    record = ShardRecord(shard=SHARD.name, size=SHARD.size, tag=SHARD.tag, files=(entry,), counts=ONE)
    (path / record_name(SHARD.name)).write_bytes(record.to_bytes())


def test_the_first_of_two_equal_commits_stands(tmp_path):
    assert race(tmp_path, b"x")


def test_a_first_commit_whose_file_is_another_by_now_does_not_stand(tmp_path):
    assert not race(tmp_path, b"y")


def test_a_first_record_that_is_damaged_is_taken_away(tmp_path):
    (tmp_path / ".burnish").mkdir()
    harm = FirstComes(tmp_path, lambda: (tmp_path / record_name(SHARD.name)).write_bytes(b"{}"))
    with pytest.raises(StopError):
        publish(tmp_path, files=harm)
    assert record_name(SHARD.name) not in tree(tmp_path)
