"""What others have at a place, and in a folder, is left alone."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from burnish.errors import StopError, UsageError, VerifyError
from burnish.publish import Wanted, pull, push
from burnish.storage.layout import ANSWERS, CARD, RECORDS, REVIEW, SEAL
from burnish.storage.verify import verify
from tests.publish.sets import output, tree


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return output(tmp_path)


def test_what_was_decided_and_paid_at_the_far_place_stays(out: Path, tmp_path: Path) -> None:
    far = tmp_path / "far"
    push(str(out), str(far))
    made = [far / REVIEW / "decisions.jsonl", far / ANSWERS / "judge" / "00000.tar.jsonl"]
    for file in (*made, far / RECORDS / "old.tar.parquet"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"{}")
    assert push(str(out), str(far)).removed == [f"{RECORDS}/old.tar.parquet"]
    assert [file.read_bytes() for file in made] == [b"{}", b"{}"]


def test_a_place_of_others_is_left_alone(out: Path, tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    (far / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"thesis\.txt"):
        push(str(out), str(far), Wanted(replace=True))
    assert tree(far) == {"thesis.txt": b"mine"}
    (far / "thesis.txt").rename(far / "LICENSE")
    push(str(out), str(far))
    assert (far / "LICENSE").read_text() == "mine"
    assert [d.name for d in verify(str(far))] == ["LICENSE"]


def test_a_pull_leaves_other_folders_alone(out: Path, tmp_path: Path) -> None:
    push(str(out), f"{tmp_path}/far")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        pull(f"{tmp_path}/far", str(tmp_path / "mine"))
    assert tree(tmp_path / "mine") == {"a.txt": b"x"}
    (tmp_path / "other").mkdir()
    other = output(tmp_path / "other", "jsonl")
    with pytest.raises(UsageError, match="another output"):
        pull(f"{tmp_path}/far", str(other))
    with pytest.raises(UsageError, match="no output of burnish"):
        pull(f"{tmp_path}/mine", str(tmp_path / "copy"))


def test_a_readme_of_others_is_only_replaced_if_that_is_said(out: Path, tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    (far / CARD).write_text("# My pairs\nTwo years of work.")
    for wanted in (Wanted(), Wanted(dry_run=True), Wanted(unfinished=True)):
        with pytest.raises(UsageError, match=r"README\.md that burnish did not write(?s:.*)--replace"):
            push(str(out), str(far), wanted)
        assert list(tree(far)) == [CARD]
    assert push(str(out), str(far), Wanted(replace=True, dry_run=True)).replaced == [CARD]
    assert list(tree(far)) == [CARD]
    assert push(str(out), str(far), Wanted(replace=True)).replaced == [CARD]
    assert not verify(str(far))
    assert push(str(out), str(far)).replaced == []


def test_a_push_that_was_cut_short_goes_on_over_its_own_card(out: Path, tmp_path: Path) -> None:
    push(str(out), f"{tmp_path}/far")
    (tmp_path / "far" / SEAL).unlink()
    (tmp_path / "far" / "00001.tar").unlink()
    assert push(str(out), f"{tmp_path}/far").replaced == []
    assert not verify(f"{tmp_path}/far")


def test_a_pull_says_what_is_missing(out: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"no output of burnish: \.burnish/plan\.json is not there"):
        pull(str(tmp_path / "empty"), str(tmp_path / "copy"))
    push(str(out), f"{tmp_path}/far")
    (tmp_path / "far" / CARD).unlink()
    with pytest.raises(VerifyError, match=r"README\.md was sealed and is not there"):
        pull(f"{tmp_path}/far", str(tmp_path / "copy"))


def test_a_place_that_cannot_be_reached_stops_and_is_no_bug(out: Path, tmp_path: Path) -> None:
    """FTP is spoken to as soon as its filesystem is made; nothing listens on that port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"ftp://who:canary@127.0.0.1:{taken.getsockname()[1]}/x"
        with pytest.raises(StopError, match="cannot open ftp://127") as stopped:
            push(str(out), url)
        assert "canary" not in str(stopped.value)
        with pytest.raises(StopError, match="cannot open ftp://127"):
            pull(url, str(tmp_path / "copy"))
