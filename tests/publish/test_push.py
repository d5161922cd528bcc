"""An output goes to a place and comes back the same, whatever stops it on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from burnish.errors import StopError, UsageError, VerifyError
from burnish.publish import Wanted, pull, push
from burnish.publish.contents import Contents, contents
from burnish.storage.layout import CARD, CROISSANT, PLAN, PUSHED, SEAL
from burnish.storage.opening import open_files
from burnish.storage.sealed import seal, unseal
from burnish.storage.verify import verify
from tests.cli.calls import call, lay_sample
from tests.publish.sets import output, same_set, there, tree
from tests.stores.forms import Sample, samples, written


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return output(tmp_path)


@pytest.fixture(params=["memory", "file", "folder"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Somewhere to push to: a store of objects, and a folder by URL and by path."""
    urls = {"memory": f"memory://{uuid.uuid4().hex}", "file": f"file://{tmp_path}/far", "folder": f"{tmp_path}/far"}
    return urls[request.param]


def test_a_pulled_copy_is_the_output(out: Path, place: str, tmp_path: Path) -> None:
    before = tree(out)
    done = push(str(out), place)
    assert (done.sealed, done.there) == (True, 0)
    assert verify(place) == []
    back = pull(place, str(tmp_path / "copy"))
    assert (back.pairs, back.sealed) == (7, True)
    assert same_set(out, tmp_path / "copy")
    assert tree(out) == before, "what is pushed is not touched"


@pytest.mark.parametrize("store", written())
def test_every_form_on_disk_goes_and_comes_back(store: str, tmp_path: Path) -> None:
    out = output(tmp_path, store)
    push(str(out), f"{tmp_path}/far", Wanted(read_back=True))
    pull(f"{tmp_path}/far", str(tmp_path / "copy"))
    assert same_set(out, tmp_path / "copy")


def test_what_is_there_is_not_sent_again(out: Path, place: str) -> None:
    first = push(str(out), place)
    assert len(first.sent) > 6
    again = push(str(out), place)
    assert (len(again.sent), again.there) == (0, len(first.sent))


def test_what_is_there_is_not_fetched_again(out: Path, tmp_path: Path) -> None:
    push(str(out), f"{tmp_path}/far")
    first = pull(f"{tmp_path}/far", str(tmp_path / "copy"))
    again = pull(f"{tmp_path}/far", str(tmp_path / "copy"))
    assert (len(again.fetched), again.there) == (0, len(first.fetched))
    (tmp_path / "copy" / "00001.tar").write_bytes(b"")
    mended = pull(f"{tmp_path}/far", str(tmp_path / "copy"))
    assert [entry.name for entry in mended.fetched] == ["00001.tar"]
    assert same_set(out, tmp_path / "copy")


def test_a_file_that_was_changed_there_is_sent_again(out: Path, tmp_path: Path) -> None:
    push(str(out), f"{tmp_path}/far")
    shard = tmp_path / "far" / "00000.tar"
    data = bytearray(shard.read_bytes())
    data[700] ^= 1
    shard.write_bytes(bytes(data))
    os.utime(shard, ns=(1, 1))  # same size, another time
    done = push(str(out), f"{tmp_path}/far")
    assert "00000.tar" in [entry.name for entry in done.sent]
    assert verify(f"{tmp_path}/far") == []


def test_a_dry_run_sends_nothing_and_says_what_it_would(out: Path, place: str) -> None:
    planned = push(str(out), place, Wanted(dry_run=True))
    assert there(place) == {}
    done = push(str(out), place)
    assert planned.sent == done.sent
    assert planned.sent_bytes == sum(entry.size for entry in done.sent) > 10_000


def test_a_changed_byte_on_the_far_side_is_found_by_pull_and_not_taken_over(out: Path, tmp_path: Path) -> None:
    push(str(out), f"{tmp_path}/far")
    names = [name for name in tree(tmp_path / "far") if name != PUSHED]
    for name in names:
        path = tmp_path / "far" / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        copy = tmp_path / f"copy-{uuid.uuid4().hex}"
        with pytest.raises((VerifyError, UsageError)):
            pull(f"{tmp_path}/far", str(copy))
        assert not (copy / SEAL).exists()
        assert not (copy / name).exists()
        path.write_bytes(whole)
    pull(f"{tmp_path}/far", str(tmp_path / "copy"))
    assert same_set(out, tmp_path / "copy")


def test_a_missing_file_on_the_far_side_is_found(out: Path, tmp_path: Path) -> None:
    push(str(out), f"{tmp_path}/far")
    for name in ("00000.tar", ".burnish/journal/00001.tar.json", CARD):
        path = tmp_path / "far" / name
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises((VerifyError, UsageError, StopError)):
            pull(f"{tmp_path}/far", str(tmp_path / f"copy-{uuid.uuid4().hex}"))
        path.write_bytes(whole)


def test_what_verify_finds_broken_is_not_sent(out: Path, place: str) -> None:
    shard = out / "00000.tar"
    data = bytearray(shard.read_bytes())
    data[700] ^= 1
    shard.write_bytes(bytes(data))
    with pytest.raises(VerifyError, match=r"nothing of it is sent:\n  00000\.tar"):
        push(str(out), place)
    assert there(place) == {}


def test_what_is_no_output_is_not_sent(tmp_path: Path) -> None:
    lay_sample(tmp_path / "src")
    with pytest.raises(UsageError, match="not an output of burnish"):
        push(str(tmp_path / "src"), f"{tmp_path}/far")


def test_an_unfinished_run_is_sent_only_if_asked_and_never_passes_for_a_whole_one(
    out: Path, place: str, tmp_path: Path
) -> None:
    for name in (SEAL, ".burnish/journal/00001.tar.json"):
        (out / name).unlink()
    with pytest.raises(UsageError, match="--unfinished"):
        push(str(out), place)
    assert there(place) == {}
    done = push(str(out), place, Wanted(unfinished=True))
    assert not done.sealed
    assert SEAL not in there(place)
    assert b"**Unfinished**" in there(place)[CARD]
    assert "00001.tar" not in there(place), "what is not committed is not sent"
    with pytest.raises(UsageError, match="not whole"):
        pull(place, str(tmp_path / "copy"))
    back = pull(place, str(tmp_path / "copy"), unfinished=True)
    assert (back.sealed, back.pairs) == (False, 4)
    assert [d.name for d in verify(str(tmp_path / "copy"))] == [SEAL]


def test_another_set_is_replaced_only_if_asked_and_leaves_nothing_behind(tmp_path: Path, place: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = output(tmp_path / "one")
    second = output(tmp_path / "two", "jsonl")
    push(str(first), place)
    before = there(place)
    with pytest.raises(UsageError, match="--replace"):
        push(str(second), place)
    assert there(place) == before
    done = push(str(second), place, Wanted(replace=True))
    assert "00000.tar" in done.removed
    assert verify(place) == []
    pull(place, str(tmp_path / "copy"))
    assert same_set(second, tmp_path / "copy")


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/outside.txt", "a/../../b", ".burnish/lock.json", "a\\b", ""])
def test_a_far_side_that_names_files_elsewhere_is_refused(out: Path, tmp_path: Path, name: str) -> None:
    push(str(out), f"{tmp_path}/far")
    record = tmp_path / "far" / ".burnish/journal/00000.tar.json"
    content = unseal(record.read_bytes())
    content["files"][0]["name"] = name  # type: ignore[index,call-overload]
    record.write_bytes(seal(content))
    with pytest.raises(VerifyError):
        pull(f"{tmp_path}/far", str(tmp_path / "deep" / "copy"), unfinished=True)
    assert not (tmp_path / "deep").exists()


def found(place: str) -> Contents:
    return contents(open_files(place))


CHILD = """
import os, sys, time
from burnish.publish import carrying, push, pull
from burnish.storage import files, remote
left = int(sys.argv[4])
def wrapped(function):
    def call(self, *arguments):
        global left
        left -= 1
        if left < 0:
            os.write(1, b"now\\n")  # in one piece: several threads of it may stand here
            time.sleep(60)
        return function(self, *arguments)
    return call
files.LocalFiles.replace = wrapped(files.LocalFiles.replace)
(push if sys.argv[1] == "push" else pull)(sys.argv[2], sys.argv[3])
"""
"""Stands still before the n-th file becomes visible, to be killed there."""


def killed(what: str, source: str, target: str, after: int) -> bool:
    """Whether there was something left to do when it was killed."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, what, source, target, str(after)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    stopped = child.stdout.readline() == "now\n"
    if stopped:
        time.sleep(0.05)  # others of its threads come as far as they come
        child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    return stopped


def test_a_push_that_is_killed_leaves_no_set_that_claims_to_be_whole(out: Path, tmp_path: Path) -> None:
    far = f"{tmp_path}/far"
    for after in range(0, 40, 3):
        stopped = killed("push", str(out), far, after)
        if not stopped:
            break
        if (tmp_path / "far" / SEAL).exists():
            assert verify(far) == [] or all(".tmp." in d.name for d in verify(far))
        else:
            with pytest.raises(UsageError):
                pull(far, str(tmp_path / "early"))
    assert after > 6
    push(str(out), far, Wanted(read_back=False))
    pull(far, str(tmp_path / "copy"))
    assert same_set(out, tmp_path / "copy")
    assert verify(far) == []


def test_a_pull_that_is_killed_goes_on(out: Path, tmp_path: Path) -> None:
    push(str(out), f"{tmp_path}/far")
    copy = tmp_path / "copy"
    for after in range(0, 40, 4):
        if not killed("pull", f"{tmp_path}/far", str(copy), after):
            break
        assert (copy / SEAL).exists() is False or [d for d in verify(str(copy)) if "killed" not in d.what] == []
    pull(f"{tmp_path}/far", str(copy))
    assert same_set(out, copy)


def test_a_retried_set_is_pushed_in_place(tmp_path: Path, place: str) -> None:
    """A set that went on since: what changed is sent, the seal is taken away before and comes last."""
    out = output(tmp_path)
    push(str(out), place)
    record = out / ".burnish/journal/00000.tar.json"
    fs, root = fsspec.url_to_fs(place)
    far_seal = fs.cat(f"{root}/{SEAL}")
    content = unseal(record.read_bytes())
    content["facts"] = {**content["facts"], "told": "more"}  # type: ignore[dict-item]
    record.write_bytes(seal(content))
    reseal(out)
    done = push(str(out), place)
    assert {entry.name for entry in done.sent} == {SEAL, ".burnish/journal/00000.tar.json"}
    assert fs.cat(f"{root}/{SEAL}") != far_seal
    pull(place, str(tmp_path / "copy"))
    assert same_set(out, tmp_path / "copy")


def reseal(out: Path) -> None:
    """The seal over what is there now."""
    from burnish.storage.journal import FileEntry, Journal
    from burnish.storage.run import seal_bytes

    files = open_files(str(out))
    content = unseal((out / SEAL).read_bytes())
    counts = found_counts(content)
    entries = [FileEntry.from_json(row) for row in content["files"]]  # type: ignore[union-attr]
    (out / SEAL).write_bytes(seal_bytes(entries, Journal(files).raw(), counts))


def found_counts(content: dict[str, object]):  # type: ignore[no-untyped-def]
    from burnish.storage.ledger import Counts

    return Counts.from_json(content["counts"])  # type: ignore[arg-type]


def test_the_commands(out: Path, tmp_path: Path) -> None:
    far = tmp_path / "far"
    plan = call("push", out, far, "--dry-run")
    assert plan.code == 0, plan.err
    assert "00000.tar" in plan.out
    assert f"would be sent to {far}" in plan.out
    assert not far.exists()
    sent = call("push", out, far, "--read-back")
    assert sent.code == 0, sent.err
    assert sent.out.splitlines()[-1] == f"next: burnish pull {far} -o copy"
    said = json.loads(call("push", out, far, "--json").out)
    assert (said["sent"], said["whole"]) == ({}, True)
    back = call("pull", far, "-o", tmp_path / "copy")
    assert back.code == 0, back.err
    assert "fetched and verified" in back.out
    (far / "00001.tar").write_bytes(b"\0" * (far / "00001.tar").stat().st_size)
    bad = call("pull", far, "-o", tmp_path / "again")
    assert bad.code == 4
    assert "00001.tar has other bytes than were committed" in bad.err


def rows() -> Iterator[Sample]:
    for at, sample in enumerate(samples()):
        licence = ["cc-by-4.0", "cc-by-4.0", "<b>`x|y`</b>", "", "cc0", "cc0", "cc0"][at]
        more = {"license": licence, "noai": at in {1, 3}}
        yield Sample(key=sample.key, text=sample.text, image=sample.image, foreign={**sample.foreign, **more})


def test_the_card_counts_licences_opt_outs_and_scores(tmp_path: Path) -> None:
    out = output(tmp_path, "webdataset", list(rows()))
    push(str(out), f"{tmp_path}/far")
    card = (tmp_path / "far" / CARD).read_text()
    assert "their owner opted out: 2 of 7" in card
    assert "| `license` | `cc0` | 3 |" in card
    assert "| `license` | `not said` | 1 |" in card
    assert "<b>'x/y'</b>" in card, "a stranger's text stays inside its code span and its cell"
    assert "7 pairs, 1 of them with another text than was found" in card
    assert "| `overall` | 3.86 (n = 7) | 4.25 (n = 7) | 0 |" in card
    assert "| `text_quality` | none | none | 7 |" in card
    assert f"burnish pull {tmp_path}/far -o copy" in card
    assert card.startswith("---\nlicense:")


def test_the_croissant_file_lists_shards_and_records_with_their_digests(out: Path, tmp_path: Path) -> None:
    push(str(out), f"{tmp_path}/far")
    described = json.loads((tmp_path / "far" / CROISSANT).read_bytes())
    objects = {each["@id"]: each for each in described["distribution"] if each["@type"] == "cr:FileObject"}
    entries = {entry.name: entry for entry in found(str(out)).data}
    assert set(objects) == {name for name in entries if name.endswith((".tar", ".parquet"))}
    assert all(each["sha256"] == entries[name].sha256 for name, each in objects.items())
    assert described["conformsTo"][0] == "http://mlcommons.org/croissant/1.0"
    assert [field["name"] for field in described["recordSet"][0]["field"]][:3] == ["shard", "ordinal", "key"]


@pytest.mark.parametrize("store", written())
def test_loaders_read_what_was_pushed(store: str, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the hf extra is not installed")
    out = output(tmp_path, store)
    push(str(out), f"{tmp_path}/far")
    before = datasets.load_dataset(str(out), split="train", cache_dir=str(tmp_path / "cache1"))
    after = datasets.load_dataset(f"{tmp_path}/far", split="train", cache_dir=str(tmp_path / "cache2"))
    assert (before.num_rows, before.column_names) == (after.num_rows, after.column_names)
    assert after.num_rows == (4 if store == "folder" else 7), "of image folders the other shard is another split"


def test_the_plan_says_whose_place_it_is_before_any_shard_is_there(out: Path, tmp_path: Path) -> None:
    killed("push", str(out), f"{tmp_path}/far", 1)
    assert (tmp_path / "far" / PLAN).exists()
    assert not (tmp_path / "far" / SEAL).exists()
