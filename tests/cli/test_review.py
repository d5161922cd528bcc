"""``burnish review``: what it exports, what reads that, and how it says no."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from burnish.review.decisions import Action
from burnish.review.session import Review, Wish
from burnish.train.tuning import samples
from tests.cli.calls import call
from tests.report import outputs


@pytest.fixture
def decided(tmp_path):
    """30 kept pairs, the first half accepted and the others rejected, and three rewritten ones."""
    kept = [outputs.kept(at, f"Text {at}.", 4.9 - at / 10) for at in range(30)]
    mended = [outputs.rewritten(30 + at, f"IMG_{at}.JPG door", f"Door {at}.") for at in range(3)]
    out = outputs.lay(tmp_path / "out", [[*kept, *mended]])
    with Review(str(out)) as review:
        for at in range(30):
            action = Action.ACCEPT if at < 15 else Action.REJECT
            review.decide(at, Wish(action=action, version=0, by="Ada"))
        review.decide(30, Wish(action=Action.ACCEPT, version=0))
        review.decide(31, Wish(action=Action.REJECT, version=0))
        review.decide(32, Wish(action=Action.EDIT, version=0, text="A door."))
    return out


def test_labels_are_read_by_fit_threshold(decided, tmp_path):
    labels = tmp_path / "labels.jsonl"
    answer = call("review", decided, "--export", labels)
    assert answer.code == 0, answer.err
    assert "33 pairs decided, 32 say whether the text as found is good (15 are)" in answer.out
    assert answer.out.splitlines()[-1] == f"next: burnish eval fit-threshold {decided} --labels {labels}"
    rows = [json.loads(line) for line in labels.read_text("utf-8").splitlines()]
    assert [row["good"] for row in rows] == [1] * 15 + [0] * 15 + [0, 0]
    fit = call("eval", "fit-threshold", decided, "--labels", labels, "--json")
    assert fit.code == 0, fit.err
    told = json.loads(fit.out)
    assert (told["good"], told["bad"]) == (15, 17)
    assert told["auc"][0] > 0.95


def test_everything_as_parquet(decided, tmp_path):
    file = tmp_path / "decisions.parquet"
    assert call("review", decided, "--export", file).code == 0
    rows = pq.read_table(file).to_pylist()
    assert len(rows) == 33
    assert [(r["action"], r["good"], r["text"]) for r in rows[30:]] == [
        ("accept", 0, "Door 0."), ("reject", None, ""), ("edit", 0, "A door."),
    ]  # fmt: skip
    assert rows[0]["by"] == "Ada"


def test_samples_are_read_by_train(decided, tmp_path):
    folder = tmp_path / "samples"
    answer = call("review", decided, "--export", f"{folder}/", "--json")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["assess samples"] == 32
    found = samples.read(str(folder), ["assess", "rewrite"])
    every = [split[at] for split in (found.train, found.held_out) for at in range(len(split))]
    assert {(each.task, each.answer) for each in every if each.task == "assess"} == {("assess", "5"), ("assess", "1")}
    rewrites = {json.loads(each.answer)["caption"] for each in every if each.task == "rewrite"}
    assert {"Door 0.", "A door.", "Text 3."} <= rewrites
    assert "Door 1." not in rewrites
    assert found.train[0].image.read_bytes()[:2] == b"\xff\xd8"


@pytest.mark.parametrize("destination", ["labels.txt", "labels"])
def test_another_form_is_refused_with_those_there_are(decided, tmp_path, destination):
    answer = call("review", decided, "--export", tmp_path / destination)
    assert answer.code == 2
    assert "FILE.jsonl" in answer.err


def test_nothing_is_written_over(decided, tmp_path):
    (tmp_path / "labels.jsonl").write_text("mine")
    assert call("review", decided, "--export", tmp_path / "labels.jsonl").code == 2
    assert (tmp_path / "labels.jsonl").read_text() == "mine"
    assert call("review", decided, "--export", f"{tmp_path}/").code == 2
    assert call("review", decided, "--export", decided / "labels.jsonl").code == 2


def test_without_a_decision_there_is_nothing_to_export(tmp_path):
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]])
    answer = call("review", out, "--export", tmp_path / "labels.jsonl")
    assert answer.code == 2
    assert "nothing is decided yet" in answer.err


def test_a_second_review_of_one_output_is_refused(decided):
    with Review(str(decided)):
        answer = call("review", decided, "--export", "labels.jsonl")
    assert answer.code == 2
    assert "another review" in answer.err


def test_what_is_no_output_and_what_others_could_reach_is_refused(decided, tmp_path):
    assert call("review", tmp_path / "nothing").code == 2
    assert not (tmp_path / "nothing").exists()
    answer = call("review", decided, "--bind", "0.0.0.0:0")
    assert answer.code == 2
    assert "--token-file" in answer.err
    assert call("review", "s3://bucket/out").code == 2
