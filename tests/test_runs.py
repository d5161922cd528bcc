"""What a run leaves for the next one: limits, retries, and outputs that were stopped on the way."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from burnish import criteria, records
from burnish import plan as plans
from burnish.criteria import Criterion
from burnish.engines import local
from burnish.errors import StopError, UsageError, VerifyError
from burnish.recipes import Recipe
from burnish.runs import open_run, plan_of
from burnish.storage.layout import SEAL, SUMMARY
from burnish.storage.ledger import Counts
from burnish.storage.verify import AGAIN, verify
from burnish.summary import Summary
from tests.builders import jpeg
from tests.shards import write_shard

PAIRS = 10


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Four shards of ten pairs, the fourth pair of each undecodable."""
    for shard in range(4):
        texts = [f"caption {i} of shard {shard}" for i in range(PAIRS)]
        write_shard(tmp_path / "in" / f"{shard:05d}.tar", texts, first=shard * 100, broken={3})
    return tmp_path / "in"


def repair(source: Path, shard: int) -> None:
    write_shard(source / f"{shard:05d}.tar", [f"caption {i} of shard {shard}" for i in range(PAIRS)], first=shard * 100)


def run(source: Path, **settings: object) -> Summary:
    output = source.parent / "out"
    return local.run(
        plans.build({"source": str(source), "output": str(output), "backend": "fake", "workers": 1, **settings})
    )


def retry(source: Path) -> Summary:
    return local.run(plan_of(str(source.parent / "out")), retry=True)


def stop_after(source: Path, items: int, *, again: bool = False) -> None:
    """Start the run once more and end it in the way a failing disk would when `items` have been seen."""

    def fail(counts: Counts) -> None:
        if counts.total >= items:
            raise StopError("the disk is gone")

    output = str(source.parent / "out")
    fresh = {"source": str(source), "output": output, "backend": "fake"}
    plan = plan_of(output) if again else plans.build(fresh)
    with pytest.raises(StopError):
        local.run(replace(plan, workers=1), retry=again, on_progress=fail)


@pytest.mark.parametrize("limit", [5, 10, 25, 30])
def test_retry_keeps_to_the_limit_and_to_what_failed(source: Path, limit: int) -> None:
    first = run(source, limit=limit)
    assert (first.counts.total, first.counts.quarantined) == (limit, -(-(limit - 3) // PAIRS))
    before = sorted((source.parent / "out" / ".burnish" / "journal").iterdir())
    second = retry(source)
    assert second.counts == first.counts
    repair(source, 0)
    third = retry(source)
    assert (third.counts.total, third.counts.quarantined) == (limit, first.counts.quarantined - 1)
    assert sorted((source.parent / "out" / ".burnish" / "journal").iterdir()) == before
    assert verify(str(source.parent / "out")) == []


def test_after_a_retry_under_a_limit_the_rest_can_still_be_done(source: Path) -> None:
    run(source, limit=25)
    retry(source)
    assert run(source).counts.total == 4 * PAIRS
    assert "limit" not in orjson.loads((source.parent / "out" / SUMMARY).read_bytes())


def test_a_limit_that_reaches_beyond_the_end_leaves_no_trace(source: Path) -> None:
    run(source, limit=1_000)
    assert "limit" not in orjson.loads((source.parent / "out" / SUMMARY).read_bytes())


def test_a_smaller_limit_afterwards_takes_nothing_away(source: Path) -> None:
    whole = run(source)
    summary = (source.parent / "out" / SUMMARY).read_bytes()
    assert run(source, limit=5).counts == whole.counts
    assert (source.parent / "out" / SUMMARY).read_bytes() == summary
    assert plan_of(str(source.parent / "out")).limit == 0


def test_shards_beyond_a_gap_do_not_use_up_the_limit(source: Path) -> None:
    run(source)
    for name in (SEAL, ".burnish/journal/00001.tar.json"):
        (source.parent / "out" / name).unlink()
    assert run(source, limit=15).counts.total == 3 * PAIRS + 5


@pytest.mark.parametrize("limit", [5, 15])
def test_a_stopped_continuation_of_a_limited_run_is_unfinished_and_not_damaged(source: Path, limit: int) -> None:
    run(source, limit=limit)
    stop_after(source, 32)
    found = verify(str(source.parent / "out"))
    assert {difference.name for difference in found} == {SEAL}
    assert all(difference.what.endswith(AGAIN) for difference in found)
    assert run(source).counts.total == 4 * PAIRS
    assert verify(str(source.parent / "out")) == []


def test_a_stopped_retry_is_unfinished_and_can_be_retried(source: Path) -> None:
    first = run(source)
    for shard in (0, 1):
        repair(source, shard)
    stop_after(source, 30, again=True)
    found = verify(str(source.parent / "out"))
    assert {difference.name for difference in found} == {SEAL}
    assert all(difference.what.endswith(AGAIN) for difference in found)
    assert retry(source).counts.quarantined == first.counts.quarantined - 2
    assert verify(str(source.parent / "out")) == []


RUBRIC = Recipe(name="rubric", paper="own", criteria=("overall", f"{__name__}:TIDY"), asks=("assess",))
TIDY = Criterion(name="tidy", question="Is it tidy?", anchors=("no", "little", "half", "mostly", "yes"), source="own")
"""A user's recipe and criterion: their names are where they stand, and what stands there may change."""


def test_a_rubric_in_other_words_is_another_plan(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, own = sys.modules[__name__], f"{__name__}:RUBRIC"
    run(source, recipe=own)
    run(source, recipe=own)
    for name, value in (
        ("TIDY", replace(TIDY, question="Is it very tidy?")),
        ("RUBRIC", replace(RUBRIC, decides={"overall": 2.0})),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(here, name, value)
            criteria.load.cache_clear()
            with pytest.raises(UsageError, match="another plan"):
                run(source, recipe=own)
    criteria.load.cache_clear()
    run(source, recipe=own)


def test_an_unfinished_run_is_not_retried(source: Path) -> None:
    stop_after(source, 15)
    with pytest.raises(UsageError, match="has not finished"):
        retry(source)


def test_what_a_killed_run_left_half_way_is_no_damage(source: Path) -> None:
    """A shard under its final name without its record, and the card written before the seal."""
    run(source)
    for name in (SEAL, ".burnish/journal/00002.tar.json"):
        (source.parent / "out" / name).unlink()
    found = verify(str(source.parent / "out"))
    assert "00002.tar" in {difference.name for difference in found}
    assert all(difference.what.endswith(AGAIN) for difference in found)


def test_a_damaged_summary_is_told_before_a_retry(source: Path) -> None:
    run(source, limit=5)
    (source.parent / "out" / SUMMARY).write_bytes(b"{")
    with pytest.raises(UsageError, match="damaged"):
        retry(source)


def test_a_run_with_nothing_to_do_keeps_its_seal(source: Path) -> None:
    run(source)
    plan = plans.build({"source": str(source), "output": str(source.parent / "out"), "backend": "fake"})
    with open_run(plan) as opened:
        assert opened.todo == []
    assert verify(str(source.parent / "out")) == []


def captions(output: Path) -> dict[str, list[tuple[str, str]]]:
    """Role and text of every caption by key, and the chosen one at the end, from the records of a run."""
    found = {}
    for path in sorted((output / ".burnish" / "records").iterdir()):
        with path.open("rb") as file:
            for row in records.read(file):
                listed = [(caption["role"], caption["text"]) for caption in row["captions"]]
                found[row["key"]] = [*listed, ("chosen", listed[row["chosen"]][1])]
    return found


def test_a_run_over_an_output_goes_on_with_its_captions(source: Path, tmp_path: Path) -> None:
    run(source)
    first = captions(tmp_path / "out")
    assert any(len(listed) == 3 for listed in first.values())
    again = {"source": str(tmp_path / "out"), "output": str(tmp_path / "again"), "backend": "fake", "workers": 1}
    failing = {"backend_options": {"fail": "0.5"}}
    local.run(plans.build({**again, **failing}))
    second = captions(tmp_path / "again")
    assert {key: listed[0] for key, listed in second.items()} == {key: listed[0] for key, listed in first.items()}
    assert {listed[0][0] for listed in second.values()} == {"alt"}
    assert all(second[key][: len(listed) - 1] == listed[:-1] for key, listed in first.items())
    done = local.run(plan_of(str(tmp_path / "again")), retry=True)
    assert done.shards_before < done.shards
    assert captions(tmp_path / "again") == second
    assert verify(str(tmp_path / "again")) == []


def test_new_captions_leave_the_scores_of_texts_that_were_kept(source: Path, tmp_path: Path) -> None:
    """A pair that came with one caption lost its scores, one with a rewrite did not."""
    run(source)
    again = {"source": str(tmp_path / "out"), "output": str(tmp_path / "again"), "backend": "fake", "workers": 1}
    local.run(plans.build({**again, "recipe": "recaption", "recaption": {"formats": "ssc"}}))

    def scores(output: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        for path in sorted((output / ".burnish" / "records").iterdir()):
            with path.open("rb") as file:
                found |= {row["key"]: row["captions"][0]["scores"] for row in records.read(file)}
        return found

    first, second = scores(tmp_path / "out"), scores(tmp_path / "again")
    assert all(first.values())
    overall = {
        key: [(s["criterion"], s["value"]) for s in listed if s["criterion"] == "overall"]
        for key, listed in first.items()
    }
    assert {
        key: [(s["criterion"], s["value"]) for s in listed if s["criterion"] == "overall"]
        for key, listed in second.items()
    } == overall


def shared_images(tmp_path: Path, *, split: bool) -> Path:
    """Two files of rows (JSONL, or an image folder and one below it) that both name the same image."""
    folder = tmp_path / "in"
    (folder / "low").mkdir(parents=True)
    for name in ("both.jpg", "one.jpg", "two.jpg"):
        (folder / "low" / name).write_bytes(jpeg(len(name)))
    one, two = ("metadata.jsonl", "low/metadata.jsonl") if split else ("a.jsonl", "b.jsonl")
    below = "" if split else "low/"
    for rows, names in ((one, ("low/both.jpg", "low/one.jpg")), (two, (f"{below}both.jpg", f"{below}two.jpg"))):
        lines = [json.dumps({"file_name": name, "text": f"text of {name}"}) for name in names]
        (folder / rows).write_text("\n".join(lines) + "\n")
    return folder


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("workers", [1, 2])
def test_two_shards_may_share_an_image(tmp_path: Path, workers: int, split: bool) -> None:  # noqa: FBT001
    source = shared_images(tmp_path, split=split)
    output = tmp_path / "out"
    assert run(source, workers=workers).counts.quarantined == 0
    assert (output / "low" / "both.jpg").read_bytes() == (source / "low" / "both.jpg").read_bytes()
    assert verify(str(output)) == []
    second = "low/metadata.jsonl" if split else "b.jsonl"
    for name in (SEAL, f".burnish/journal/{second}.json"):
        (output / name).unlink()
    run(source, workers=workers)
    assert verify(str(output)) == []


def test_a_shared_image_stays_when_one_shard_gives_it_up(tmp_path: Path) -> None:
    source = shared_images(tmp_path, split=False)
    (source / "a.jsonl").write_text((source / "a.jsonl").read_text() + '{"file_name": "gone.jpg", "text": "x"}\n')
    assert run(source).counts.quarantined == 1
    lines = (source / "a.jsonl").read_text().splitlines()[1:]
    (source / "a.jsonl").write_text("\n".join(lines) + "\n")
    retry(source)
    assert (tmp_path / "out" / "low" / "both.jpg").is_file()
    assert verify(str(tmp_path / "out")) == []


def test_a_retry_in_another_folder_takes_no_strangers_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for project, word in (("mine", "mine"), ("theirs", "other")):
        for shard in range(2):
            broken = {1} if shard == 0 else set()
            write_shard(tmp_path / project / "in" / f"{shard}.tar", [f"{word} {at}" for at in range(3)], broken=broken)
    monkeypatch.chdir(tmp_path / "mine")
    local.run(plans.build({"source": "in", "output": "out", "backend": "fake", "workers": 1}))
    before = sorted((path, path.read_bytes()) for path in Path("out").rglob("*.*") if path.is_file())
    monkeypatch.chdir(tmp_path / "theirs")
    with pytest.raises(UsageError, match=r"theirs/in is not what \.\./mine/out was made from: 1\.tar is another file"):
        local.run(plan_of("../mine/out"), retry=True)
    monkeypatch.chdir(tmp_path / "mine")
    Path("in/1.tar").rename("1.tar")
    with pytest.raises(UsageError, match=r"1\.tar is not there"):
        local.run(plan_of("out"), retry=True)
    Path("1.tar").rename("in/1.tar")
    write_shard(Path("in/2.tar"), ["new"])
    with pytest.raises(UsageError, match="3 shards"):
        local.run(plan_of("out"), retry=True)
    Path("in/2.tar").unlink()
    assert sorted((path, path.read_bytes()) for path in Path("out").rglob("*.*") if path.is_file()) == before
    write_shard(Path("in/0.tar"), [f"mine {at}" for at in range(3)])  # repaired where something had failed
    assert local.run(plan_of("out"), retry=True).counts.quarantined == 0


@pytest.mark.parametrize("damage", ["gone", "changed", "cut"])
def test_a_retry_does_a_shard_anew_whose_records_are_damaged(source: Path, damage: str) -> None:
    run(source)
    records_file = source.parent / "out" / ".burnish" / "records" / "00001.tar.parquet"
    sound = records_file.read_bytes()
    if damage == "gone":
        records_file.unlink()
    else:
        records_file.write_bytes(sound[:-4] + b"PARX" if damage == "changed" else sound[:40] + sound[44:])
        with pytest.raises(VerifyError, match=r"00001\.tar\.parquet is damaged"), records_file.open("rb") as file:
            records.read(file)
    retry(source)
    assert records_file.read_bytes() == sound
    assert verify(str(source.parent / "out")) == []


def test_a_source_without_shards_of_the_form_asked_for_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in" / "metadata").mkdir(parents=True)
    with pytest.raises(UsageError):
        local.run(plans.build({"source": str(tmp_path / "in"), "output": str(tmp_path / "out"), "backend": "fake"}))
