"""What others have at a place, and in a folder, is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from burnish.errors import UsageError
from burnish.publish import Wanted, pull, push
from burnish.storage.layout import ANSWERS, RECORDS, REVIEW
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
