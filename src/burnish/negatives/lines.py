"""A caption as chats: word for word what a chat backend is asked at run time, with the answer that its reader expects.

Prompts come from `burnish.chat.render` and `burnish.chat.joint`, their parts stand as `burnish.chat.local.prompting`
puts them: a system turn, then the pictures and all text in one part.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from burnish import edits
from burnish.chat import Prompt, joint, render
from burnish.chat.local.prompting import WAYS, Message
from burnish.criteria import SCALE
from burnish.negatives.settings import Settings
from burnish.plan import RewriteRules
from burnish.values import AssessRequest, JointRequest, Picture, RewriteRequest, Score

NO_SCORE = -1.0
"""Of lines that teach no score."""

_parted = WAYS[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taught:
    """One caption to be taught: `target` is what a rewrite should give, the same text where none is due."""

    picture: Picture
    text: str
    target: str
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One chat. `score` is the level to learn, on the scale 1-5, `NO_SCORE` for none."""

    task: str
    criterion: str
    score: float
    messages: list[Message]


def lines(taught: Taught, settings: Settings) -> list[Line]:
    """All chats of a caption, in the order of the settings' tasks and criteria."""
    found: list[Line] = []
    for task in settings.names("tasks"):
        if task == "assess":
            found += [
                _assess(taught, name, taught.scores[name])
                for name in settings.names("criteria")
                if name in taught.scores
            ]
        else:
            found.append(_rewrite(taught, settings.max_inserted) if task == "rewrite" else _joint(taught))
    return found


def level(score: float) -> int:
    """The answer of the scale that a score is nearest to; of two the upper."""
    return min(max(int(score + 0.5), SCALE[0]), SCALE[-1])


def _assess(taught: Taught, criterion: str, score: float) -> Line:
    asked = render.choose(AssessRequest(picture=taught.picture, text=taught.text, criterion=criterion))
    return Line(task="assess", criterion=criterion, score=score, messages=_messages(asked.prompt, str(level(score))))


def _rewrite(taught: Taught, max_inserted: int) -> Line:
    inserted = max(max_inserted, len(edits.inserted_words(taught.text, taught.target)))
    rules = RewriteRules(max_inserted=inserted)
    asked = render.write(RewriteRequest(picture=taught.picture, text=taught.text, budget=rules.budget))
    answer = json.dumps({"id": asked.nonce, "caption": taught.target}, ensure_ascii=False)
    return Line(task="rewrite", criterion="", score=NO_SCORE, messages=_messages(asked.prompt, answer))


def _joint(taught: Taught) -> Line:
    asked = joint.write(JointRequest(picture=taught.picture, text=taught.text))
    scores = [Score(criterion=name, value=value, confidence=1.0) for name, value in taught.scores.items()]
    rewrite = "" if taught.target == taught.text else taught.target
    said: dict[str, Any] = dict(joint.export(taught.text, rewrite, scores))
    said.pop("Caption")
    answer = json.dumps(said, ensure_ascii=False)
    overall = taught.scores.get("overall", NO_SCORE)
    return Line(task="joint", criterion="", score=overall, messages=_messages(asked.prompt, answer))


def _messages(prompt: Prompt, answer: str) -> list[Message]:
    asked = "\n".join(part for part in prompt.user if isinstance(part, str))
    return [*_parted(prompt, asked), {"role": "assistant", "content": [{"type": "text", "text": answer}]}]
