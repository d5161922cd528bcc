"""Chats: what a model is asked at run time, word for word, and answers that the run-time reader understands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.chat import Chosen, Written, joint, render
from burnish.chat.backend import ChatBackend
from burnish.negatives import lines
from burnish.negatives.lines import Taught
from burnish.negatives.settings import Settings
from burnish.plan import RewriteRules
from burnish.usage import Usage
from burnish.values import AssessRequest, Draft, JointReply, JointRequest, RewriteRequest
from tests.builders import picture

SCORES = {"overall": 1.4, "text_quality": 4.6, "image_text_matching": 2.5}
ALL = Settings(tasks="assess,rewrite,joint")


def taught(text="Two dogs", target="A dog"):
    return Taught(picture=picture(), text=text, target=target, scores=SCORES)


def answer(line):
    return line.messages[-1]["content"][0]["text"]


class Recorder:
    """A chat model that notes its prompts and gives the answers it was told to."""

    identity, side_px = "recorder", 64

    def __init__(self, said):
        self.said = said
        self.prompts = []

    def choose(self, questions):
        self.prompts += [each.prompt for each in questions]
        return [Chosen(shares=tuple(float(a == self.said) for a in q.answers), outside=0.0, how="t") for q in questions]

    def write(self, tasks):
        self.prompts += [each.prompt for each in tasks]
        return [Written(text=self.said, cut=False, how="t") for _ in tasks]

    def describe(self):
        return {}

    def usage(self):
        return Usage()


def asked(line, request):
    """The reply to `request` of a model that says what the line teaches; it must have been asked what the line says."""
    model = Recorder(answer(line))
    (reply,) = ChatBackend(model).answer([request])
    (prompt,) = model.prompts
    system, user, _ = line.messages
    assert system == {"role": "system", "content": [{"type": "text", "text": prompt.system}]}
    text = "\n".join(part for part in prompt.user if isinstance(part, str))
    assert user == {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": text}]}
    return reply


def test_what_is_learnt_of_scores_is_what_is_asked_and_read():
    for line in lines.lines(taught(), Settings(tasks="assess")):
        request = AssessRequest(picture=picture(), text="Two dogs", criterion=line.criterion)
        assert line.score == SCORES[line.criterion]
        assert asked(line, request).value == lines.level(line.score)


def test_what_is_learnt_of_rewrites_is_what_is_asked_and_read():
    (line,) = lines.lines(taught(), Settings(tasks="rewrite"))
    request = RewriteRequest(picture=picture(), text="Two dogs", budget=RewriteRules().budget)
    reply = asked(line, request)
    assert isinstance(reply, Draft)
    assert reply.text == "A dog"
    assert line.score == lines.NO_SCORE


@given(text=st.text(min_size=1, max_size=60).map(str.strip), target=st.text(min_size=1, max_size=60).map(str.strip))
def test_any_target_comes_back_from_the_answer(text, target):
    (line,) = lines.lines(taught(text, target), Settings(tasks="rewrite", max_inserted=60))
    named = json.loads(answer(line))["id"]
    assert f'"id": "{named}"' in line.messages[1]["content"][1]["text"]
    assert json.loads(answer(line))["caption"] == target


def test_a_target_with_more_new_words_than_a_rewrite_may_have_says_so_in_its_prompt():
    (line,) = lines.lines(taught("A", "A dog and a cat on a mat"), Settings(tasks="rewrite", max_inserted=3))
    assert "at most 7 new words" in line.messages[1]["content"][1]["text"]


@pytest.mark.parametrize("target", ["A dog", "Two dogs"])
def test_the_joint_answer_is_read_back(target):
    (line,) = lines.lines(taught("Two dogs", target), Settings(tasks="joint"))
    reply = asked(line, JointRequest(picture=picture(), text="Two dogs"))
    assert isinstance(reply, JointReply)
    assert (reply.draft is None) == (target == "Two dogs")
    assert reply.draft is None or reply.draft.text == target
    found = {score.criterion: score.value for score in reply.scores if score.value is not None}
    assert found == {name: pytest.approx(value, abs=0.25) for name, value in SCORES.items()}
    assert next(iter(json.loads(answer(line)))) == joint.RECAPTION


def test_scores_that_are_not_there_teach_nothing():
    known = Taught(picture=picture(), text="a", target="a", scores={"overall": 3.0})
    assert [line.criterion for line in lines.lines(known, ALL)] == ["overall", "", ""]


def test_levels_are_the_nearest_answers():
    assert [lines.level(score) for score in (1.0, 1.49, 1.5, 2.4, 4.5, 5.0)] == [1, 1, 2, 2, 5, 5]
    assert set(map(str, map(lines.level, (1.0, 2.0, 3.0, 4.0, 5.0)))) == set(render.ANSWERS)
