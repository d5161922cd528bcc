"""A whole set: its contract, its ledger, its balance, and that stops, workers and order change nothing."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from burnish import api
from burnish.claims import Verdict
from burnish.claims.rules import split
from burnish.errors import StopError, UsageError
from burnish.mixing.sources import open_source
from burnish.negatives import forms, sheet
from burnish.negatives.run import Found, negatives
from burnish.negatives.settings import Settings
from burnish.negatives.tally import BAD_RAW, GOOD_RAW, KINDS, MADE_BAD, MADE_GOOD
from burnish.plan import CostRules
from burnish.scenes import broken
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import from_json
from burnish.storage.answers import answers_folder, spent
from burnish.storage.opening import open_files
from burnish.storage.verify import verify
from tests.negatives.conftest import PAIRS

KEYS = ["id", "key", "kind", "way", "task", "criterion", "score", "image", "messages", "split"]


def rules(scenes, **more) -> Settings:
    return Settings(judge="oracle", judge_options={"truth": str(scenes)}, **more)


def make(source, out, settings, workers=1) -> Found:
    return negatives(open_source("data", str(source)), settings, str(out), workers=workers)


@pytest.fixture(scope="module")
def done(scenes, better, tmp_path_factory) -> tuple[Path, Found]:
    out = tmp_path_factory.mktemp("set") / "out"
    return out, make(better, out, rules(scenes, tasks="assess,rewrite,joint", forms="ours,llava,swift,trl"))


@pytest.fixture(scope="module")
def chats(done):
    return [json.loads(line) for line in (done[0] / "samples.jsonl").read_text(encoding="utf-8").splitlines()]


def answer(chat):
    return chat["messages"][-1]["content"][0]["text"]


def files(folder):
    """All files of a set but the journal's own, with their bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".burnish/lock" not in path.as_posix()
    }


def test_lines_keep_the_contract_that_training_reads(done, chats):
    assert all(list(chat) == KEYS for chat in chats)
    assert len({chat["id"] for chat in chats}) == len(chats)
    assert {chat["kind"] for chat in chats} == set(KINDS)
    assert {chat["task"] for chat in chats} == {"assess", "rewrite", "joint"}
    for chat in chats:
        assert (done[0] / chat["image"]).is_file()
        assert [turn["role"] for turn in chat["messages"]] == ["system", "user", "assistant"]
        assert (chat["criterion"] != "") == (chat["task"] == "assess")
        assert (chat["way"] != "") == (chat["kind"] == MADE_BAD)
        assert chat["split"] in {"train", "held_out"}
        if chat["task"] == "assess":
            assert abs(int(answer(chat)) - chat["score"]) <= 0.5


def test_kinds_are_as_many_and_scores_are_where_they_belong(done, chats):
    _, found = done
    assert set(found.taught) == set(KINDS)
    assert len({sum(ways.values()) for ways in found.taught.values()}) == 1
    low = {
        chat["score"] < 3 for chat in chats if chat["criterion"] == "overall" and chat["kind"] in {BAD_RAW, MADE_BAD}
    }
    high = {
        chat["score"] >= 4 for chat in chats if chat["criterion"] == "overall" and chat["kind"] in {GOOD_RAW, MADE_GOOD}
    }
    assert low == high == {True}
    assert found.lines == len(chats)


def test_what_a_rewrite_gives_is_right_and_what_was_made_is_worse_by_the_truth(done, chats, scenes, better):
    truth = {pair.key: from_json(pair.fields["scene"]) for pair in api.open(scenes)}
    original = {pair.key: pair.text for pair in api.open(scenes)}
    taught = 0
    for chat in chats:
        if chat["task"] != "rewrite":
            continue
        scene, target = truth[chat["key"]], json.loads(answer(chat))["caption"]
        assert Verdict.REFUTED not in TruthChecker(scene)(split(target))
        assert chat["kind"] != MADE_BAD or target == original[chat["key"]]
        taught += 1
    assert taught == done[1].captions
    rows = [row for shard in ("00000.tar", "00001.tar") for row in sheet.rows(open_files(str(done[0])), shard)]
    for row in rows:
        if row["kind"] == MADE_BAD and not row["refused"]:
            scene = truth[row["key"]]
            assert Verdict.REFUTED in TruthChecker(scene)(split(row["text"])) or broken.how(scene, row["text"])


def test_every_pair_and_every_caption_is_accounted_for(done):
    tally = done[1].tally
    assert tally.pairs == PAIRS == tally.good + tally.bad + sum(tally.left_out.values())
    assert tally.kinds == {
        GOOD_RAW: tally.good,
        MADE_BAD: sum(tally.kept.values()) - tally.kept["rewrite"],
        BAD_RAW: tally.bad,
        MADE_GOOD: tally.bad,
    }
    for way, tried in tally.tried.items():
        shown = {why: n for why, n in tally.refused.get(way, {}).items() if why not in {"no_hold", "not_shown"}}
        assert tried == tally.kept[way] + sum(shown.values())
    summary = json.loads((done[0] / ".burnish/summary.json").read_text(encoding="utf-8"))
    assert summary == json.loads(json.dumps(done[1].as_json()))
    assert "made_bad" in (done[0] / "README.md").read_text(encoding="utf-8")


def test_the_split_is_by_the_picture(done, chats):
    by_key = {}
    for chat in chats:
        by_key.setdefault(chat["key"], set()).add(chat["split"])
    assert all(len(splits) == 1 for splits in by_key.values())
    assert Counter(next(iter(splits)) for splits in by_key.values())["held_out"] >= 1


@pytest.mark.parametrize("name", forms.names())
def test_each_form_says_the_same_beside_the_same_images(done, chats, name):
    lines = (done[0] / forms.load(name).file).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(chats)
    for line, chat in zip(map(json.loads, lines), chats, strict=True):
        texts = [part["text"] for turn in chat["messages"] for part in turn["content"] if part["type"] == "text"]
        said = json.dumps(line, ensure_ascii=False)
        assert all(json.dumps(text, ensure_ascii=False)[1:-1] in said for text in texts)
        assert chat["image"] in (line.get("images") or [line["image"]])
        if name in {"llava", "swift"}:
            assert said.count("<image>") == 1


def test_it_verifies(done):
    assert not list(verify(str(done[0])))


def test_two_workers_give_the_same_bytes(done, scenes, better, tmp_path):
    again = rules(scenes, tasks="assess,rewrite,joint", forms="ours,llava,swift,trl")
    make(better, tmp_path / "two", again, workers=2)
    assert files(tmp_path / "two") == files(done[0])


def test_a_set_that_was_stopped_goes_on_to_the_same_bytes(done, scenes, better, tmp_path):
    """As if the process had died when one shard was made and the other was not."""
    folder = tmp_path / "stopped"
    shutil.copytree(done[0], folder)
    for name in ("made/00001.tar", "images/00000.tar", "images/00001.tar", "samples"):
        (folder / f".burnish/journal/{name}.json").unlink()
    for path in (*folder.glob("*.jsonl"), folder / ".burnish/seal.json", folder / "made/00001.tar.parquet"):
        path.unlink()
    shutil.rmtree(folder / "images")
    make(better, folder, rules(scenes, tasks="assess,rewrite,joint", forms="ours,llava,swift,trl"))
    assert files(folder) == files(done[0])


def test_what_models_cost_is_bounded_and_never_paid_twice(scenes, tmp_path):
    """One model assesses, mends and judges; the folder's budget is that of all three."""

    def paid(**limits) -> Settings:
        own = {"backend": "tests.negatives.paid:Paid", "backend_options": {"truth": str(scenes)}}
        return Settings(**own, cost=CostRules(**limits))

    with pytest.raises(StopError, match="--max-tokens"):
        make(scenes, tmp_path / "set", paid(max_tokens=3_000))
    stopped = spent(answers_folder(str(tmp_path / "set")))
    assert 1_500 < stopped["prompt_tokens"] + stopped["written_tokens"] <= 3_000
    make(scenes, tmp_path / "set", paid(max_tokens=1_000_000))
    make(scenes, tmp_path / "free", paid())
    said = [spent(answers_folder(str(tmp_path / name)))["calls"] for name in ("set", "free")]
    assert said[0] == said[1] > stopped["calls"]
    assert (tmp_path / "set/samples.jsonl").read_bytes() == (tmp_path / "free/samples.jsonl").read_bytes()
    make(scenes, tmp_path / "free", paid())
    assert spent(answers_folder(str(tmp_path / "free")))["calls"] == said[1]


def test_another_judge_or_margin_is_another_set(done, scenes, better):
    for other in (rules(scenes, margin=0.5), Settings(judge="fake")):
        with pytest.raises(UsageError):
            make(better, done[0], other)


def test_a_faulty_judge_lets_some_through_and_a_failing_one_none(scenes, better, tmp_path):
    failing = Settings(judge="oracle", judge_options={"truth": str(scenes), "fail": "1"})
    found = make(better, tmp_path / "failing", failing)
    assert found.captions == 0
    assert found.tally.refused["rewrite"]["unjudged"] > 0
    assert found.tally.left_out["unjudged"] > 0
    assert (tmp_path / "failing" / "samples.jsonl").read_bytes() == b""


def test_by_claims_and_by_scores_are_both_possible(scenes, better, tmp_path):
    found = make(better, tmp_path / "claims", rules(scenes, test="claims", ways="attribute,count,truncation"))
    assert found.tally.kept["count"] + found.tally.kept["attribute"] > 0
    assert found.tally.kept["truncation"] <= 2
    assert found.tally.refused["truncation"]["not_refuted"] > 0


def test_a_share_and_a_number_can_be_asked_for(scenes, better, tmp_path):
    found = make(better, tmp_path / "few", rules(scenes, share=0.5, most=8))
    assert 0.2 < found.tally.left_out["not_drawn"] / PAIRS < 0.8
    assert found.captions == 8


def test_pairs_without_scores_are_assessed_on_the_way_or_refused(scenes, tmp_path):
    with pytest.raises(UsageError, match="--backend"):
        make(scenes, tmp_path / "refused", rules(scenes))
    assert not (tmp_path / "refused").exists()
    own = Settings(backend="oracle", backend_options={"truth": str(scenes)})
    found = make(scenes, tmp_path / "assessed", own)
    assert found.tally.good > 10
    assert found.tally.bad > 0


def test_scores_can_be_balanced_instead_of_kinds(scenes, better, tmp_path):
    make(better, tmp_path / "scores", rules(scenes, balance="scores", tasks="assess", criteria="overall"))
    lines = (tmp_path / "scores" / "samples.jsonl").read_text(encoding="utf-8").splitlines()
    levels = Counter(answer(json.loads(line)) for line in lines)
    assert len(levels) >= 3
    assert len(set(levels.values())) == 1
