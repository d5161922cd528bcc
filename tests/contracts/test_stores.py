"""What every store must hold to, whoever wrote it. A new store fails here until its test file has a `FORM`."""

import pickle
import uuid
from pathlib import Path

import fsspec
import pytest

from burnish import discovery
from burnish.columns import earlier
from burnish.errors import StopError, UsageError
from burnish.storage.commit import Commit
from burnish.storage.opening import open_files
from burnish.stores import open_store
from burnish.values import Fault, Gap, Pair, Shard, State
from tests.loopback_s3 import loopback_s3
from tests.stores.forms import RUN_ID, Form, Sample, contents, copy, forms, items, pairs, record, samples

BUCKET = "burnish-stores"
STORES = discovery.names("stores")
FORMS = [(name, form) for name in STORES for form in forms(name)]


@pytest.fixture(params=FORMS, ids="-".join)
def chosen(request) -> tuple[str, str]:
    return request.param


@pytest.fixture
def name(chosen) -> str:
    return chosen[0]


@pytest.fixture
def form(chosen) -> Form:
    return forms(chosen[0])[chosen[1]]


@pytest.fixture
def src(form, tmp_path) -> Path:
    form.build(tmp_path / "src", samples())
    return tmp_path / "src"


@pytest.fixture
def store(src):
    return open_store(str(src))


@pytest.fixture(scope="module")
def s3():
    with loopback_s3(BUCKET):
        yield


def test_is_found_by_what_is_there(store, name, src):
    assert type(store) is type(open_store(str(src), name))
    assert (store.source, dict(store.options)) == (str(src), {})


def test_same_count_same_order(store):
    found = pairs(store)
    assert [(p.text, p.image) for p in found] == [(s.text, s.image) for s in samples()]
    assert [p.origin.ordinal for p in found] == [0, 1, 2, 3, 0, 1, 2]
    assert {(p.origin.source, p.origin.shard) for p in found} == {(store.source, s.name) for s in store.shards()}
    assert all(p.key and p.image_name and isinstance(p.fields, dict) for p in found)
    assert [p.fields["url"] for p in found] == [s.foreign["url"] for s in samples()]


def test_shards_are_in_order_and_pickle(store):
    shards = store.shards()
    assert shards == sorted(shards, key=lambda shard: shard.name) == store.shards()
    assert len({shard.name for shard in shards}) == 2
    for shard in shards:
        assert (type(shard), pickle.loads(pickle.dumps(shard))) == (Shard, shard)
        assert list(store.read(pickle.loads(pickle.dumps(shard)))) == list(store.read(shard))


def test_pairs_travel_between_processes(store):
    """Pairs may be pickled to a worker and their records back before they are written."""
    found = pairs(store)
    assert pickle.loads(pickle.dumps(found)) == found


def test_unchanged_pairs_come_back_unchanged(store, form, tmp_path):
    counts = copy(store, tmp_path / "out")
    assert form.rows(tmp_path / "out") == samples() == form.rows(tmp_path / "src")
    assert (counts.total, counts.kept) == (7, 7)
    assert {Path(s.name).name for s in store.shards()} <= {Path(n).name for n in contents(tmp_path / "out")}


def test_a_rewrite_changes_one_text_and_nothing_else(store, form, tmp_path):
    copy(store, tmp_path / "out", lambda pair: "Zwei\u2028Äpfel" if pair.text.startswith("IMG_") else None)
    found = form.rows(tmp_path / "out")
    assert [s.text for s in found] == [s.text if at != 1 else "Zwei\u2028Äpfel" for at, s in enumerate(samples())]
    assert [(s.key, s.image, s.foreign) for s in found] == [(s.key, s.image, s.foreign) for s in samples()]
    again = pairs(open_store(str(tmp_path / "out")))
    assert [p.fields["caption_original"] for p in again] == [s.text for s in samples()]
    assert [p.fields["burnish_decision"] for p in again] == ["kept", "rewritten", *["kept"] * 5]
    assert [p.fields["burnish_score_overall"] for p in again] == [4.25] * 7


def test_two_runs_give_the_same_bytes(store, name, tmp_path):
    for out in ("one", "two"):
        copy(open_store(store.source, name), tmp_path / out, lambda p: "new" if p.origin.ordinal == 2 else None)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert contents(tmp_path / "one")


def test_the_source_is_not_touched(store, tmp_path):
    before = contents(tmp_path / "src")
    copy(store, tmp_path / "out", lambda _: "new")
    assert contents(tmp_path / "src") == before


def test_damage_is_an_item_and_costs_no_other_pair(src, name, form, tmp_path):
    lost = form.damage(src)
    store = open_store(str(src), name)
    found = items(store)
    assert len([i for i in found if isinstance(i, Pair)]) == 7 - lost
    told = [i for i in found if not isinstance(i, Pair)]
    assert told
    assert all(isinstance(i, (Fault, Gap)) and i.reason and 0 < len(i.detail) <= 500 for i in told)
    counts = copy(store, tmp_path / "out")
    kept = [s for s in samples() if s.key not in {f"{at:09d}" for at in range(4 - lost, 4)}]
    assert (form.rows(tmp_path / "out"), counts.total) == (kept, len(found))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.8, 0.97])
def test_half_written_files_never_raise_and_never_invent(src, name, form, tmp_path, share):
    whole = open_store(str(src), name)
    for shard in whole.shards():
        path = Path(shard.path)
        path.write_bytes(path.read_bytes()[: int(shard.size * share)])
    store = open_store(str(src), name)
    known = {(s.text, s.image) for s in samples()} | {("", s.image) for s in samples()}
    found = items(store)
    assert {(p.text, p.image) for p in found if isinstance(p, Pair)} <= known
    assert copy(store, tmp_path / "out").total == len(found)


def test_a_shard_that_is_gone_stops_the_run(store):
    shard = store.shards()[0]
    Path(shard.path).unlink()
    with pytest.raises(StopError):
        list(store.read(shard))


def test_a_shard_that_changed_stops_the_run(store):
    shard = store.shards()[0]
    stream = store.read(shard)
    next(stream)
    Path(shard.path).write_bytes(Path(shard.path).read_bytes() + b" ")
    with pytest.raises(StopError, match="changed"):
        list(stream)


def test_an_abandoned_writer_leaves_nothing(store, tmp_path):
    files = open_files(tmp_path / "out")
    files.make_folder("")
    shard = store.shards()[0]
    with Commit(files, RUN_ID, shard) as commit:
        writer = store.writer(shard, commit)
        for item in store.read(shard):
            writer.put(record(item))
    assert list((tmp_path / "out").rglob("*.*")) == []


def test_a_shard_without_pairs_can_be_written(store, tmp_path):
    files = open_files(tmp_path / "out")
    files.make_folder("")
    for shard in store.shards():
        with Commit(files, RUN_ID, shard) as commit:
            store.writer(shard, commit).finish()
            commit.publish(type(copy(store, tmp_path / "other"))())
    assert pairs(open_store(str(tmp_path / "out"))) == []


def test_our_own_output_is_a_source(store, name, form, tmp_path):
    copy(store, tmp_path / "one", lambda p: "new" if p.origin.ordinal == 1 else None)
    copy(open_store(str(tmp_path / "one"), name), tmp_path / "two")
    assert form.rows(tmp_path / "two") == form.rows(tmp_path / "one")
    originals = [p.fields["caption_original"] for p in pairs(open_store(str(tmp_path / "two")))]
    assert originals == [s.text for s in samples()]


def test_captions_of_earlier_runs_keep_their_roles_and_order(store, name, tmp_path):
    copy(store, tmp_path / "one", lambda p: "first" if p.origin.ordinal == 1 else None)
    copy(open_store(str(tmp_path / "one"), name), tmp_path / "two", lambda p: "second" if p.text == "first" else None)
    copy(open_store(str(tmp_path / "two"), name), tmp_path / "three")
    texts = [s.text for s in samples()]
    found = pairs(open_store(str(tmp_path / "three"), name))
    history = [earlier(p) for p in found]
    assert [captions[0].text for captions, _ in history] == texts
    assert [[c.role for c in captions] for captions, _ in history] == [
        ["alt", "rewrite", "rewrite"] if at in {1, 5} else ["alt"] for at in range(7)
    ]
    assert [[c.text for c in captions] for captions, _ in history][1::4] == [
        [texts[1], "first", "second"],
        [texts[5], "first", "second"],
    ]
    captions, at = history[1]
    assert (at, captions[2].verdict, captions[1].score("overall").value) == (2, "accepted", 4.25)
    assert [(e.before, e.after) for e in captions[2].edits] == [("first", "second")]
    assert [(s.criterion, s.value, s.state) for s in captions[2].scores] == [
        ("overall", 4.25, State.OK),
        ("text_quality", None, State.ABSTAINED),
    ]


def test_nothing_there_is_refused(name, tmp_path):
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "empty", tmp_path / "missing"):
        with pytest.raises(UsageError):
            open_store(str(source), name).shards()
        with pytest.raises(UsageError):
            open_store(str(source))


def test_wrong_options_are_refused_with_the_right_ones(src, name):
    with pytest.raises(UsageError, match=r"no option 'colour'.\nIt has: "):
        open_store(str(src), name, {"colour": "red"})


def upload(src: Path, url: str) -> None:
    fs, root = fsspec.url_to_fs(url)
    for path, raw in contents(src).items():
        fs.pipe(f"{root}/{path}", raw)


def same_from(url: str, src: Path, name: str, out: Path) -> None:
    """A remote source gives the pairs and the output of a local one."""
    upload(src, url)
    local, remote = open_store(str(src), name), open_store(url)
    assert [s.name for s in remote.shards()] == [s.name for s in local.shards()]
    seen = [(p.key, p.text, p.image, p.image_name, p.fields, p.flags, p.origin.ordinal) for p in pairs(remote)]
    assert seen == [(p.key, p.text, p.image, p.image_name, p.fields, p.flags, p.origin.ordinal) for p in pairs(local)]
    copy(local, out / "a", lambda p: "new" if p.origin.ordinal == 1 else None)
    copy(remote, out / "b", lambda p: "new" if p.origin.ordinal == 1 else None)
    assert contents(out / "a") == contents(out / "b")


def test_reads_from_memory(src, name, tmp_path):
    same_from(f"memory://{uuid.uuid4().hex}/set", src, name, tmp_path)


def test_reads_from_s3(s3, src, name, tmp_path):
    same_from(f"s3://{BUCKET}/{uuid.uuid4().hex}/set", src, name, tmp_path)


def test_samples_are_worth_testing():
    texts = [s.text for s in samples()]
    assert "" in texts
    assert any(not t.isascii() for t in texts)
    assert isinstance(samples()[0], Sample)
