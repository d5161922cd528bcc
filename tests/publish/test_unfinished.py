"""Outputs of stopped runs and stopped retries are sent and fetched if asked for, and never pass for whole ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from burnish import plan as plans
from burnish.engines import local
from burnish.errors import StopError, UsageError, VerifyError
from burnish.publish import Wanted, pull, push
from burnish.runs import plan_of
from burnish.storage.layout import CARD, SEAL, SUMMARY
from burnish.storage.ledger import Counts
from burnish.storage.verify import AGAIN, verify
from tests.publish.sets import same_set, there, tree
from tests.shards import write_shard

TEXTS = [f"caption {at}" for at in range(10)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output of two shards, of which a retry has repaired the first when it was stopped."""
    for shard in range(2):
        write_shard(tmp_path / "in" / f"{shard:05d}.tar", TEXTS, first=shard * 100, broken={3})
    found = tmp_path / "out"
    local.run(plans.build({"source": f"{tmp_path}/in", "output": str(found), "backend": "fake", "workers": 1}))
    for shard in range(2):
        write_shard(tmp_path / "in" / f"{shard:05d}.tar", TEXTS, first=shard * 100)

    def fail(counts: Counts) -> None:
        if counts.total >= 10:
            raise StopError("the disk is gone")

    with pytest.raises(StopError):
        local.run(replace(plan_of(str(found)), workers=1), retry=True, on_progress=fail)
    assert "stopped retry" in "".join(each.what for each in verify(str(found)))
    return found


def test_a_stopped_retry_is_sent_if_asked_with_what_it_has_committed(out: Path, tmp_path: Path) -> None:
    far, copy = tmp_path / "far", tmp_path / "copy"
    with pytest.raises(UsageError, match="--unfinished"):
        push(str(out), str(far))
    assert not far.exists()
    done = push(str(out), str(far), Wanted(unfinished=True, read_back=True))
    assert not done.sealed
    assert not {SEAL, SUMMARY} & there(str(far)).keys(), "they speak of what there was before the retry"
    assert b"**Unfinished**" in there(str(far))[CARD]
    assert pull(str(far), str(copy), unfinished=True).pairs == 19
    assert tree(copy)["00000.tar"] == tree(out)["00000.tar"]


def test_after_the_retry_the_same_place_gets_a_whole_set(out: Path, tmp_path: Path) -> None:
    push(str(out), f"{tmp_path}/far", Wanted(unfinished=True))
    local.run(replace(plan_of(str(out)), workers=1), retry=True)
    done = push(str(out), f"{tmp_path}/far")
    assert done.sealed
    assert "00000.tar" not in {entry.name for entry in done.sent}
    pull(f"{tmp_path}/far", str(tmp_path / "copy"))
    assert same_set(out, tmp_path / "copy")


def test_a_place_in_which_a_retry_was_stopped_is_fetched_only_if_asked(out: Path, tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match="journal"):
        pull(str(out), str(tmp_path / "copy"))
    back = pull(str(out), str(tmp_path / "copy"), unfinished=True)
    assert (back.sealed, back.pairs) == (False, 19)


def test_killed_between_two_steps_of_a_commit_or_of_the_end_it_is_unfinished_and_not_damaged(
    out: Path, tmp_path: Path
) -> None:
    """The second shard has its files and no record yet; the card is that of the new end, the seal that of the old."""
    (out / ".burnish/journal/00001.tar.json").unlink()
    (out / CARD).write_text("A new card.")
    assert all(each.what.endswith(AGAIN) for each in verify(str(out)))
    done = push(str(out), f"{tmp_path}/far", Wanted(unfinished=True))
    assert {"00000.tar"} == {entry.name for entry in done.sent if entry.name.endswith(".tar")}
    local.run(replace(plan_of(str(out)), workers=1), retry=True)
    assert verify(str(out)) == []


def test_damage_in_a_stopped_retry_is_still_damage(out: Path, tmp_path: Path) -> None:
    data = bytearray((out / "00000.tar").read_bytes())
    data[700] ^= 1
    (out / "00000.tar").write_bytes(bytes(data))
    with pytest.raises(VerifyError, match=r"00000\.tar"):
        push(str(out), f"{tmp_path}/far", Wanted(unfinished=True))
    assert not (tmp_path / "far").exists()
