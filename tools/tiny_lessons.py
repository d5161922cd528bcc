"""What a tiny model is taught about generated scenes, as rows of tokens: questions with the answers they should get.

A lesson follows the shared part of its pair's prompts (picture and caption). Only its answer is learnt, and of a joint
answer mostly what takes judgement: the caption and the digits, not the words that always come.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from benchmarks import joint_answer
from benchmarks.scenes import CRITERIA, Scene, scene
from benchmarks.tiny_measures import BUDGET
from burnish.chat import render
from burnish.chat.local.loading import Loaded
from burnish.chat.local.prompting import Prompting
from burnish.chat.local.rows import Feeder
from burnish.chat.marking import marked
from burnish.values import AssessRequest, RewriteRequest

TEXT_WORTH = 4.0
"""Of a whole text, against 1 for a digit."""
DULL = 0.05
"""Of a token that takes no judgement, against 1 for its neighbours."""
LATER = "Overall Explanation"
"""Where most joint lessons stop: the rest of the answer follows from what stands before it, and takes most tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One question about one pair of the batch: its tokens, and what learning each is worth (0: it is given)."""

    pair: int
    tokens: list[int]
    worth: list[float]


class Teacher:
    """Makes lessons of scenes for one model."""

    def __init__(self, loaded: Loaded) -> None:
        self._tokenizer = loaded.tokenizer
        self._feeder = Feeder(loaded)
        config: Any = loaded.model.config
        one, place = scene(0), loaded.processor.image_token
        shown = Prompting(loaded.processor).render(render.choose(_assess(one, CRITERIA[0])).prompt)
        before, _, after = shown.prefix.replace(place, place * config.image_seq_length).partition(marked(one.text))
        self._around = before, after
        self._turn = shown.question.removeprefix(_question(one, CRITERIA[0]))
        self._questions = {name: self._asked(_question(one, name)) for name in CRITERIA}
        self._joint = self._asked(joint_answer.QUESTION)
        self._digits = {loaded.tokenizer.convert_tokens_to_ids(digit) for digit in render.ANSWERS}

    def prefix(self, one: Scene) -> list[int]:
        """What all questions about a scene share."""
        before, after = self._around
        return self._tokens(before + marked(one.text) + after)

    def choose(self, pair: int, one: Scene) -> list[Lesson]:
        """Every criterion."""
        return [self._lesson(pair, self._questions[c], self._tokens(str(one.marks[c])), [1.0]) for c in CRITERIA]

    def write(self, pair: int, one: Scene) -> Lesson:
        """The rewrite. What its grammar forces is given, cut into tokens where the grammar ends it."""
        task = render.write(RewriteRequest(picture=one.picture, text=one.text, budget=BUDGET))
        forced = f'{{"id": "{task.nonce}", "caption":'
        given = self._tokens(forced)
        answer = self._tokens(f"{forced} {json.dumps(one.wanted)}}}")[len(given) :]
        question = self._asked(str(task.prompt.user[-1])) + given
        return self._lesson(pair, question, answer, [TEXT_WORTH / len(answer)] * len(answer))

    def joint(self, pair: int, one: Scene, *, whole: bool) -> Lesson:
        """The joint answer, or its beginning up to the overall score."""
        said = joint_answer.answer(one)
        answer = self._tokens(said)
        keen = len(self._tokens(said[: said.index(LATER)]))
        worth = [1.0 if at < keen or token in self._digits else DULL for at, token in enumerate(answer)]
        end = len(answer) if whole else keen
        return self._lesson(pair, self._joint, answer[:end], [TEXT_WORTH * w / sum(worth[:end]) for w in worth[:end]])

    def _asked(self, question: str) -> list[int]:
        return self._tokens(question + self._turn)

    def _tokens(self, text: str) -> list[int]:
        return self._feeder.tokens(text, after="")

    @staticmethod
    def _lesson(pair: int, question: list[int], answer: list[int], worth: list[float]) -> Lesson:
        return Lesson(pair=pair, tokens=question + answer, worth=[0.0] * len(question) + worth)


def constants() -> tuple[str, ...]:
    """What is the same in every prompt: the system text, the questions, the rewrite's task without its number."""
    one = scene(0)
    task = str(render.write(RewriteRequest(picture=one.picture, text=one.text, budget=BUDGET)).prompt.user[-1])
    asked = [_question(one, name) for name in CRITERIA]
    return (render.SYSTEM, *asked, *re.split(r"[0-9]+", task.partition("\n")[0]), joint_answer.QUESTION)


def texts() -> tuple[str, ...]:
    """Captions and answers of scenes, for the tokenizer."""
    scenes = [scene(2 * n) for n in range(400)]
    answers = [joint_answer.answer(one) for one in scenes[:100]]
    return (*(marked(one.text) for one in scenes), *(one.wanted for one in scenes), *answers)


def _question(one: Scene, criterion: str) -> str:
    return str(render.choose(_assess(one, criterion)).prompt.user[-1])


def _assess(one: Scene, criterion: str) -> AssessRequest:
    return AssessRequest(picture=one.picture, text=one.text, criterion=criterion)
