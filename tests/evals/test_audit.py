"""Questions whose worth is set are found again, and become criteria that a run can ask."""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
import tarfile
from collections.abc import Sequence

import numpy as np
import pytest

from burnish import criteria
from burnish.chat import Choose, Chosen, Write, Written
from burnish.chat.backend import ChatBackend
from burnish.errors import UsageError
from burnish.evals import audit
from burnish.evals.audit import Question, ask, balanced_accuracy, criterion_files, read_questions
from burnish.fakeserver import FakeServer, Settings
from burnish.scenes import truth, writing
from burnish.usage import Usage
from burnish.values import Failure, State
from tests.builders import pair, picture
from tests.cli.calls import call, lay_sample
from tests.shards import write_shard

RIGHT = {"clear": 0.9, "half": 0.75, "coin": 0.5, "wrongly": 0.15}
"""How often the planted model answers yes for a good pair and no for a bad one."""
QUESTIONS = [Question(name=name, question=f"Is it {name}?") for name in RIGHT]
PAIRS = 400
LABELS = {f"{at:09d}": at % 2 == 0 for at in range(PAIRS)}


class Planted:
    """A chat model that knows from a caption whether its pair is good, and answers as rightly as is set."""

    identity, side_px = "planted", 64

    def choose(self, questions: Sequence[Choose]) -> list[Chosen | Failure]:
        return [self._one(question) for question in questions]

    def _one(self, question: Choose) -> Chosen | Failure:
        *_, caption, asked = question.prompt.user
        name = asked.partition("Is it ")[2].partition("?")[0]
        lots = hashlib.blake2b(f"{name} {caption}".encode(), digest_size=8).digest()
        if name == "mute":
            return Failure(state=State.REFUSED, detail="planted")
        yes = ("good" in caption) == (lots[0] / 256 < RIGHT[name])
        share = 0.6 + 0.3 * lots[1] / 256
        return Chosen(shares=(share, 1 - share) if yes else (1 - share, share), outside=0.0, how="planted")

    def write(self, tasks: Sequence[Write]) -> list[Written | Failure]:
        return [Failure(state=State.REFUSED, detail="planted") for _ in tasks]

    def describe(self) -> dict[str, str]:
        return {}

    def usage(self) -> Usage:
        return Usage()


def planted(_options: object = None) -> ChatBackend:
    return ChatBackend(Planted())


def pairs():
    shown = picture()
    return [
        (pair(at, f"{'good' if good else 'bad'} one, number {at}", image=b"x"), shown)
        for at, good in enumerate(LABELS.values())
    ]


def test_what_was_set_is_found_in_its_order():
    found = audit.audit(QUESTIONS, ask(planted(), QUESTIONS, pairs()), LABELS)
    by_name = {each.question.name: each for each in found}
    for name, right in RIGHT.items():
        accuracy = by_name[name].accuracy
        assert accuracy.value == pytest.approx(max(right, 1 - right), abs=0.06)
        assert accuracy.pictures <= PAIRS
        assert set(accuracy.by_seed) == {0, 1, 2}
    assert [each.question.name for each in found] == ["clear", "wrongly", "half", "coin"]
    assert {each.question.name for each in found if each.strong} == {"clear", "wrongly", "half"}
    assert not by_name["wrongly"].yes_is_good
    assert by_name["clear"].yes_is_good


def test_of_many_coins_none_is_strong():
    """Twenty questions that tell nothing: about one would be beyond a plain 95 % interval."""
    lots = np.random.default_rng(3)
    coins = [Question(name=f"coin_{at}", question="Is it?") for at in range(20)]
    said = {coin.name: {key: float(lots.random()) for key in LABELS} for coin in coins}
    found = audit.audit(coins, said, LABELS)
    assert not any(each.strong for each in found)
    assert np.mean([each.accuracy.value for each in found]) == pytest.approx(0.5, abs=0.03)


def test_refusals_are_counted_and_no_answer_is_a_wrong_one():
    questions = [QUESTIONS[0], Question(name="mute", question="Is it mute?")]
    found = audit.audit(questions, ask(planted(), questions, pairs()), LABELS)
    assert found[1].question.name == "mute"
    assert (found[1].accuracy.value, found[1].unanswered.value, found[1].strong) == (None, 1.0, False)
    assert found[0].unanswered.value == 0


def test_balanced_accuracy_by_hand():
    rows = np.array([(1, 1), (1, 1), (1, 1), (0, 1), (1, 0), (0, 0)], np.float64)
    assert balanced_accuracy(rows) == pytest.approx((0.75 + 0.5) / 2)


def test_too_few_labels_say_nothing():
    few = dict(list(LABELS.items())[:30])
    with pytest.raises(UsageError, match="at least 20 are needed"):
        audit.audit(QUESTIONS, ask(planted(), QUESTIONS, pairs()), few)


def test_a_model_without_words_needs_a_criterion():
    from burnish import backends

    with pytest.raises(UsageError, match="column criterion"):
        ask(backends.load("builtin", {}), QUESTIONS, pairs())


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("name,question\nsharp,Is it sharp", "question mark"),
        ("name,question\nSharp One,Is it?", "small letters"),
        ("name,question\na,Is it?\na,Is it so?", "line 3"),
        ("name,question\n", "no question"),
    ],
)
def test_questions_that_are_none_are_named(tmp_path, lines, said):
    (tmp_path / "q.csv").write_text(lines + "\n")
    with pytest.raises(UsageError, match=said):
        read_questions(str(tmp_path / "q.csv"))


def test_criteria_of_the_strong_ones_ask_higher_for_better(tmp_path, monkeypatch):
    found = audit.audit(QUESTIONS, ask(planted(), QUESTIONS, pairs()), LABELS)
    for name, content in criterion_files(found):
        (tmp_path / name).write_text(content)
    monkeypatch.syspath_prepend(str(tmp_path))
    good, bad = criteria.load("clear:CRITERION"), criteria.load("wrongly:CRITERION")
    assert (good.anchors[-1], bad.anchors[-1]) == ("surely yes", "surely not")
    assert good.question == "Is it clear?"
    assert not (tmp_path / "coin.py").exists()


def test_the_command_with_an_oracle_and_a_run_with_what_it_wrote(tmp_path, monkeypatch):
    """Of the criteria that an oracle knows, those that made the labels are strong and one that has no part in it is
    weak; the criteria it writes can be asked of a server.
    """
    scenes, out = tmp_path / "scenes", tmp_path / "rubric"
    writing.write(scenes, 120, 71, 0.5)
    known = [(found.key, scene.alt.kind) for found, scene in truth.scenes(str(scenes))]
    bad = {"seo", "boilerplate", "file_name", "truncated", "wrong_language"}
    (tmp_path / "labels.csv").write_text(
        "key,good\n" + "".join(f"{key},{int(kind not in bad)}\n" for key, kind in known)
    )
    (tmp_path / "questions.jsonl").write_text(
        "".join(
            json.dumps({"name": name, "question": question, "criterion": criterion}) + "\n"
            for name, question, criterion in (
                ("clean_text", "Is it a clean text?", "text_quality"),
                ("names_signs", "Does it name what is written?", "text_chart_description"),
            )
        )
    )
    given = ("--labels", tmp_path / "labels.csv", "--questions", tmp_path / "questions.jsonl")
    asked = ("eval", "audit", scenes, *given, "--backend", "oracle", "--set", f"backend_options.truth={scenes}")
    done = call(*asked, "-o", out, "--json")
    assert done.code == 0, done.err
    first, second = json.loads(done.out)
    assert (first["name"], first["strong"], first["balanced_accuracy"]["value"]) == ("clean_text", True, 1.0)
    assert (second["name"], second["strong"]) == ("names_signs", False)
    assert sorted(path.name for path in out.iterdir()) == ["audited.py", "clean_text.py"]
    told = call(*asked, "-o", out)
    assert "weak: names_signs" in told.out
    assert "--recipe audited:RECIPE" in told.out

    monkeypatch.chdir(out)
    monkeypatch.setattr(sys, "path", [*sys.path, str(out)])
    with FakeServer(Settings()) as server:
        done = call(
            *("enhance", lay_sample(tmp_path / "in"), "-o", tmp_path / "out", "--recipe", "audited:RECIPE"),
            *("--backend", "openai", "--workers", "1"),
            env={"OPENAI_BASE_URL": server.url},
        )
    assert done.code in {0, 3}, done.err  # the sample's broken shard has more bad pairs than max_bad
    with tarfile.open(tmp_path / "out" / "broken-00000.tar") as tar:
        rows = [json.load(tar.extractfile(name)) for name in tar.getnames() if name.endswith(".json")]
    assert rows
    assert all(row["burnish_state_clean_text:CRITERION"] == "ok" for row in rows)


def test_a_random_model_behind_a_server_has_no_strong_question(tmp_path):
    source = lay_sample(tmp_path / "in", "00000.tar")
    labels = "".join(f"{at:09d},{at % 2}\n" for at in range(120))
    (tmp_path / "labels.csv").write_text("key,good\n" + labels)
    (tmp_path / "q.csv").write_text("name,question\nsharp,Is it sharp?\nred,Is there red?\nlong,Is it long?\n")
    asked = ("eval", "audit", source, "--labels", tmp_path / "labels.csv", "--questions", tmp_path / "q.csv")
    with FakeServer(Settings(mode="hash", choices="yes,no")) as server:
        done = call(*asked, "--backend", "openai", "--json", env={"OPENAI_BASE_URL": server.url})
    assert done.code == 0, done.err
    assert not any(row["strong"] for row in json.loads(done.out))
    assert all(row["unanswered"]["value"] == 0 for row in json.loads(done.out))


class Blurred(Planted):
    """Blind to blur: of sharpness it knows what a program says of it, and nothing else."""

    def _one(self, question: Choose) -> Chosen:
        *_, asked = question.prompt.user
        told = re.search(r"MEASURED by a program: sharpness ([0-9.]+)", asked)
        if told is not None:
            share = float(told[1])
        else:
            lots = hashlib.blake2b(repr(question.prompt.user[1:]).encode(), digest_size=1).digest()
            share = lots[0] / 256
        shares = (share, 1 - share)
        if question.answers[0] == "1":  # a run's question, on the scale from 1 to 5
            mark = round(4 * share)
            shares = tuple(0.9 if at == mark else 0.025 for at in range(5))
        return Chosen(shares=shares, outside=0.0, how="planted")


def blind_to_blur(_options: object = None) -> ChatBackend:
    return ChatBackend(Blurred())


def test_an_operators_figure_lifts_a_weak_question_and_a_run_is_told_it(tmp_path, monkeypatch):
    """Every second picture is blurred. Alone the model cannot tell; with the figure in the prompt it can, the criterion
    that is written says so, and a run that asks it separates the pairs.
    """
    from PIL import Image, ImageFilter

    def image(at: int) -> bytes:
        rows, columns = np.indices((96, 96)) // (12 + at % 5)
        drawn = Image.fromarray(np.where((rows + columns) % 2, 250, 5).astype(np.uint8)).convert("RGB")
        held = io.BytesIO()
        (drawn if at % 2 == 0 else drawn.filter(ImageFilter.GaussianBlur(4))).save(held, "PNG")
        return held.getvalue()

    write_shard(tmp_path / "in" / "00000.tar", [f"squares, number {at}" for at in range(80)], image_of=image)
    (tmp_path / "labels.csv").write_text("key,good\n" + "".join(f"{at:09d},{int(at % 2 == 0)}\n" for at in range(80)))
    (tmp_path / "q.csv").write_text("name,question\nin_focus,Is the picture in focus?\n")
    given = ("--labels", tmp_path / "labels.csv", "--questions", tmp_path / "q.csv")
    asked = ("eval", "audit", tmp_path / "in", *given, "--backend", "tests.evals.test_audit:blind_to_blur", "--json")
    [alone] = json.loads(call(*asked).out)
    assert (alone["strong"], alone["measured"]) == (False, "")
    done = call(*asked, "--operators", "contrast,sharpness", "-o", tmp_path / "rubric")
    assert done.code == 0, done.err
    [helped] = json.loads(done.out)
    assert (helped["strong"], helped["measured"], helped["yes_is_good"]) == (True, "sharpness", True)
    assert helped["balanced_accuracy"]["value"] == 1
    assert "measured=('sharpness',)" in (tmp_path / "rubric" / "in_focus.py").read_text()

    monkeypatch.chdir(tmp_path / "rubric")
    for module in ("in_focus", "audited"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "rubric")])
    done = call(
        *("enhance", tmp_path / "in", "-o", tmp_path / "out", "--recipe", "audited:RECIPE", "--workers", "1"),
        *("--backend", "tests.evals.test_audit:blind_to_blur"),
    )
    assert done.code == 0, done.err
    with tarfile.open(tmp_path / "out" / "00000.tar") as tar:
        rows = [json.load(tar.extractfile(name)) for name in tar.getnames() if name.endswith(".json")]
    scores = [row["burnish_score_in_focus:CRITERION"] for row in rows]
    assert len(scores) == 80
    assert min(scores[::2]) > max(scores[1::2])


def test_an_operator_that_is_none_is_named_before_anything_is_asked(tmp_path):
    write_shard(tmp_path / "in" / "00000.tar", ["a good one"])
    (tmp_path / "labels.csv").write_text("key,good\n000000000,1\n000000001,0\n")
    (tmp_path / "q.csv").write_text("name,question\nclear,Is it clear?\n")
    given = ("--labels", tmp_path / "labels.csv", "--questions", tmp_path / "q.csv", "--operators", "sharpnes")
    with FakeServer(Settings()) as server:
        done = call(
            *("eval", "audit", tmp_path / "in", *given, "--backend", "openai"), env={"OPENAI_BASE_URL": server.url}
        )
    assert done.code == 2
    assert "sharpness" in done.err
    assert server.stats()["calls"] == 0


def test_models_without_words_take_no_figures(tmp_path):
    from burnish import backends

    asked = [Question(name="a", question="Is it?", criterion="overall", measured="sharpness")]
    with pytest.raises(UsageError, match="no operator's figure"):
        ask(backends.load("builtin", {}), asked, pairs())
