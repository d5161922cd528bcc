"""What a commit asks of the disk: under which names, in which order, how often, and what it says when that fails."""

import hashlib
import io

import pytest

from burnish.errors import StopError, UsageError
from burnish.storage.commit import Commit, digest_of
from burnish.storage.faulting import FaultingFiles, FaultKind
from burnish.storage.files import LocalFiles
from burnish.storage.folder import PathEscapeError
from burnish.storage.journal import Journal
from burnish.storage.layout import JOURNAL, is_temp, quarantine_name, record_name
from burnish.storage.ledger import Counts, LedgerError
from burnish.storage.quarantine import GROUP_BYTES
from burnish.storage.recording import RecordingFiles, Verb
from burnish.values import Fault, Gap, Origin, Reason, Shard
from tests.storage.job import tree

RUN = "0123456789ab"
SHARD = Shard(name="a/00000.tar", path="", size=7, tag="t")
ONE = Counts(total=1, kept=1)


def commit_on(files, shard=SHARD):
    return Commit(files, RUN, shard)


def publish(files, *contents, shard=SHARD, gaps=0):
    """Files by name and bytes, and some gap rows, all the way."""
    with commit_on(files, shard) as commit:
        for name, data in contents:
            with commit.create(name) as file:
                file.write(data)
        origin = Origin(source="s", shard=shard.name, ordinal=0)
        for _ in range(gaps):
            commit.quarantine().put(Gap(origin=origin, reason=Reason.BAD_HEADER, detail="", start=0, stop=512))
        return commit.publish(Counts(total=1 + gaps, kept=1, gaps=gaps))


def recorded(path, *contents, **more):
    """The operations of one commit."""
    files = RecordingFiles(LocalFiles(path))
    publish(files, *contents, **more)
    return files.operations


def at(operations, verb, name):
    """The place of the only operation `verb` that is about `name`, whatever it is called until then."""
    found = [
        place
        for place, done in enumerate(operations)
        if done.verb is verb and name in {done.name.partition(".tmp.")[0], done.target}
    ]
    assert len(found) == 1, (verb, name, found)
    return found[0]


def test_each_file_is_synced_before_it_gets_its_name_and_named_before_its_record_is(tmp_path):
    names = ["a/00000.tar", "a/00000.parquet", quarantine_name(SHARD.name)]
    done = recorded(tmp_path, ("a/00000.tar", b"1"), ("a/00000.parquet", b"2"), gaps=1)
    record = record_name(SHARD.name)
    named = [at(done, Verb.REPLACE, name) for name in names]
    assert all(at(done, Verb.SYNC, name) < place for name, place in zip(names, named, strict=True))
    assert max(named) < at(done, Verb.CREATE, record) < at(done, Verb.SYNC, record) < at(done, Verb.REPLACE, record)


@pytest.mark.parametrize("folder", ["", "a", ".burnish", ".burnish/quarantine", ".burnish/quarantine/a"])
def test_every_folder_above_a_file_is_synced_before_the_record(tmp_path, folder):
    """A folder that was made is a name in the one above it: without that one's sync, it may be lost with all in it."""
    done = recorded(tmp_path, ("a/00000.tar", b"1"), gaps=1)
    named = [place for place, one in enumerate(done) if one.verb is Verb.REPLACE]
    between = {one.name for one in done[named[-2] : named[-1]] if one.verb is Verb.SYNC_FOLDER}
    assert folder in between


def test_the_record_is_made_durable_last(tmp_path):
    done = recorded(tmp_path, ("a/00000.tar", b"1"))
    after = [one.name for one in done[at(done, Verb.REPLACE, record_name(SHARD.name)) + 1 :]]
    assert {".burnish/journal/a", ".burnish/journal", ".burnish", ""} == set(after)


def test_the_old_record_is_gone_for_good_before_anything_under_it_changes(tmp_path):
    publish(LocalFiles(tmp_path), ("a/00000.tar", b"1"), gaps=1)
    done = recorded(tmp_path, ("a/00000.tar", b"2"))
    taken = at(done, Verb.REMOVE, record_name(SHARD.name))
    assert (done[taken + 1].verb, done[taken + 1].name) == (Verb.SYNC_FOLDER, ".burnish/journal/a")
    assert taken + 1 < at(done, Verb.REPLACE, "a/00000.tar") < at(done, Verb.REMOVE, quarantine_name(SHARD.name))


def test_the_folder_of_a_file_that_goes_is_synced_too(tmp_path):
    publish(LocalFiles(tmp_path), ("a/00000.tar", b"1"), gaps=1)
    done = recorded(tmp_path, ("a/00000.tar", b"2"))
    gone = at(done, Verb.REMOVE, quarantine_name(SHARD.name))
    later = {one.name for one in done[gone : at(done, Verb.CREATE, record_name(SHARD.name))]}
    assert ".burnish/quarantine/a" in later


def test_until_then_all_names_are_temporary_and_of_this_run(tmp_path):
    done = recorded(tmp_path, ("a/00000.tar", b"1"), gaps=1)
    made = [one.name for one in done if one.verb is Verb.CREATE]
    assert len(made) == 3
    assert all(is_temp(name) and f".tmp.{RUN}." in name for name in made)


def test_small_writes_are_gathered_and_folders_made_once(tmp_path):
    """On an object store each of either is a request."""
    files = RecordingFiles(LocalFiles(tmp_path))
    with commit_on(files) as commit:
        with commit.create("b/1.tar") as file:
            for _ in range(10_000):
                file.write(bytes(100))
        commit.create("b/2.tar").close()
        commit.publish(ONE)
    assert sum(one.verb is Verb.WRITE and one.name.startswith("b/1.tar") for one in files.operations) <= 4
    assert [one.name for one in files.operations if one.verb is Verb.MAKE_FOLDER].count("b") == 1


def test_a_short_write_is_gone_on_with(tmp_path):
    files = FaultingFiles(LocalFiles(tmp_path), FaultKind.SHORT_WRITE, 1)
    data = bytes(range(256)) * 4_000
    (entry,) = publish(files, ("a/00000.tar", data)).files
    assert files.fired
    assert (tmp_path / "a/00000.tar").read_bytes() == data
    assert (entry.size, entry.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(("call", "what"), [(1, "create"), (2, "create"), (3, "write"), (4, "write"), (5, "commit")])
def test_what_fails_is_said_by_name(tmp_path, call, what):
    """In turn: the folder, the file, its bytes, its sync, its new name."""
    files = FaultingFiles(LocalFiles(tmp_path), FaultKind.ENOSPC, call)
    named = r"a/00000\.tar to " if what == "commit" else r"\S*/a/00000\.tar"
    with pytest.raises(StopError, match=rf"^cannot {what} {named}.*ENOSPC"):
        publish(files, ("a/00000.tar", b"1"))
    assert tree(tmp_path) == {}


def test_a_close_that_fails_stops_and_says_so(tmp_path):
    calls = ["make_folder", "create", "write", "sync", "close"]
    files = FaultingFiles(LocalFiles(tmp_path), FaultKind.EIO, len(calls))
    with pytest.raises(StopError, match=r"^cannot close \S*/a/00000\.tar: "):
        publish(files, ("a/00000.tar", b"1"))
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("kind", [FaultKind.EIO, FaultKind.ENOSPC])
@pytest.mark.parametrize("call", range(1, 6))
def test_a_disk_that_goes_on_failing_never_hides_what_went_wrong_first(tmp_path, kind, call):
    """While a commit is abandoned, too: neither a file that does not close nor one that is not removed."""

    class FailingLater(FaultingFiles):
        def start(self):
            self._at = self._calls + call
            self._lasting = True

    files = FailingLater(LocalFiles(tmp_path), kind, 10**9)

    def fail():
        with commit_on(files) as commit:
            for name in ("1.tar", "2.tar"):
                commit.create(name).write(b"half")
            files.start()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_a_quarantine_that_cannot_be_closed_hides_nothing_either(tmp_path):
    files = FaultingFiles(LocalFiles(tmp_path), FaultKind.EIO, 10**9)

    def fail():
        with commit_on(files) as commit:
            origin = Origin(source="s", shard=SHARD.name, ordinal=0)
            raw = bytes(GROUP_BYTES)  # as much as is written at once: the file is open
            commit.quarantine().put(
                Fault(origin=origin, key="a", reason=Reason.DECODE_ERROR, detail="", raw=raw, raw_size=len(raw))
            )
            files._at, files._lasting = files._calls + 1, True
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert files.fired


def test_one_that_cannot_be_closed_keeps_no_other_from_going(tmp_path):
    files = FaultingFiles(LocalFiles(tmp_path), FaultKind.EIO, 4)  # folder, two files, and the first close

    def fail():
        with commit_on(files) as commit:
            for name in ("1.tar", "2.tar"):
                commit.create(name)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert files.fired
    assert tree(tmp_path) == {}


def test_an_abandoned_file_takes_no_more_bytes_and_syncs_none(tmp_path):
    files = RecordingFiles(LocalFiles(tmp_path))
    with commit_on(files) as commit:
        file = commit.create("1.tar")
        file.write(b"waiting")
    assert file.closed
    assert not [one for one in files.operations if one.verb in {Verb.WRITE, Verb.SYNC}]


def test_a_file_knows_where_it_is_and_that_it_can_be_written(tmp_path):
    """Writers of tables ask."""
    with commit_on(LocalFiles(tmp_path)) as commit:
        file = commit.create("1.tar")
        file.write(bytes(700_000))
        assert file.writable()
        assert file.tell() == 700_000
        file.close()
        file.close()


@pytest.mark.parametrize("name", [".burnish/journal/a/00000.tar.json", "..", "a\0b"])
def test_a_refused_name_is_shown(tmp_path, name):
    with commit_on(LocalFiles(tmp_path)) as commit, pytest.raises(PathEscapeError) as refused:
        commit.create(name)
    assert str(refused.value) == f"{name!r} is not a path below the output folder"


def test_a_name_that_is_there_twice_is_said_with_its_shard(tmp_path):
    with commit_on(LocalFiles(tmp_path)) as commit:
        commit.create("x")
        with pytest.raises(FileExistsError, match=r"^x was already created for a/00000\.tar$"):
            commit.create("x")


def test_a_wrong_count_asks_for_a_report(tmp_path):
    with commit_on(LocalFiles(tmp_path)) as commit, pytest.raises(LedgerError) as wrong:
        commit.publish(Counts(total=2_468, quarantined=1_234, gaps=1_234))
    assert str(wrong.value) == (
        "a/00000.tar: counted 1,234 quarantined and 1,234 gaps, but 0 and 0 rows were written.\nPlease report this bug."
    )


def test_of_several_shared_names_the_first_is_told(tmp_path):
    files = LocalFiles(tmp_path)
    publish(files, ("x", b"1"), ("y", b"1"), ("z", b"1"))
    other = Shard(name="other.tar", path="", size=1)
    with pytest.raises(UsageError, match=r"^other\.tar and a/00000\.tar would both write y\.\n"):
        publish(files, ("x", b"1"), ("z", b"2"), ("y", b"2"), shard=other)


def test_a_shard_may_write_its_own_files_anew(tmp_path):
    files = LocalFiles(tmp_path)
    publish(files, ("x", b"1"))
    publish(files, ("y", b"1"), shard=Shard(name="other.tar", path="", size=1))
    assert publish(files, ("x", b"2")) == Journal(files).read(SHARD.name)
    assert (tmp_path / "x").read_bytes() == b"2"


def test_two_shards_may_share_one_file_beside_their_own(tmp_path):
    files = LocalFiles(tmp_path)
    publish(files, ("logo", b"1"), ("x", b"1"))
    publish(files, ("logo", b"1"), ("y", b"1"), shard=Shard(name="other.tar", path="", size=1))
    assert {"logo", "x", "y"} < set(tree(tmp_path))


class Asked(LocalFiles):
    """Notes whose records are read."""

    def __init__(self, root):
        super().__init__(root)
        self.records = set()

    def read(self, name):
        if name.startswith(JOURNAL):
            self.records.add(name)
        return super().read(name)


def test_a_shard_done_again_reads_no_other_records(tmp_path):
    """A retry over ten thousand shards would else read ten thousand records for each."""
    publish(LocalFiles(tmp_path), ("x", b"1"))
    publish(LocalFiles(tmp_path), ("y", b"1"), shard=Shard(name="other.tar", path="", size=1))
    files = Asked(tmp_path)
    publish(files, ("x", b"2"), gaps=1)
    assert files.records == {record_name(SHARD.name)}


class Pieces(LocalFiles):
    """Notes how much of a file is asked for at once."""

    def __init__(self, root):
        super().__init__(root)
        self.folder = root

    def open(self, name):
        asked = self.asked = []

        class Noting(io.FileIO):
            def read(self, size=-1):
                asked.append(size)
                return super().read(size)

        return Noting(self.folder / name)


def test_a_digest_is_made_in_pieces_that_fit_in_memory(tmp_path):
    data = bytes(range(251)) * 10_000
    (tmp_path / "x").write_bytes(data)
    files = Pieces(tmp_path)
    assert digest_of(files, "x") == hashlib.sha256(data).hexdigest()
    assert len(files.asked) > 2
    assert all(0 < size < 2**20 for size in files.asked)
