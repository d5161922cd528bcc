"""AITQE's joint answer: rewrite, six scores and their reasons in one dictionary (arXiv 2410.16166, released code).

For models trained that way. Their scale is 1-10; ours is 1-5, mapped linearly. The reader takes what such models
write: JSON or a Python dictionary, the marker ``<Overall>``, scores as 7, "7", "7/10" or {"Score": 7, ...}. It is
typed all the same: a score that is missing or off the scale is a score without a value, never a guess.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from burnish import replies
from burnish.chat import Prompt, Write, explain
from burnish.chat.marking import unmarked
from burnish.criteria import SCALE
from burnish.texts import terminal
from burnish.values import Draft, Failure, JointReply, JointRequest, Score, State

MARKER = "<Overall>"
"""Stands after the overall score; a caller who wants no more stops there."""
MAX_TOKENS = 384
LOWEST, HIGHEST = 1, 10
RECAPTION = "Recaption"
KEYS = {
    "overall": "Overall Score",
    "text_quality": "Text Quality",
    "image_text_matching": "Image-Text Matching",
    "object_detail": "Object Detail",
    "semantic_understanding": "Semantic Understanding",
    "text_chart_description": "Text/Chart Description",
}
"""Our criteria by their keys, in the order of their answer."""

_REASON_CHARS = 2_000
"""Their explanations are free text; longer ones do not fit into `MAX_TOKENS`."""
_SYSTEM = "You evaluate image-caption pairs for a training set."
_NUMBER = re.compile(r"\s*(\d{1,3})(?:\.0+)?\s*(?:/\s*10|out of 10)?\s*\.?\s*")
_PART = re.compile(r"score|rating|value", re.IGNORECASE)
_REASON = re.compile(r"explanation|reason", re.IGNORECASE)


def write(request: JointRequest) -> Write:
    """The one task that asks for everything; the answer is free text."""
    keys = ", ".join(f"{key}, {key.removesuffix(' Score')} Explanation" for key in KEYS.values())
    question = (
        f"Caption: {json.dumps(request.text, ensure_ascii=False)}\n"
        f"Evaluate the caption for the image with scores from {LOWEST} to {HIGHEST}. If the overall score is low, give "
        f"a short description of the image as {RECAPTION}. Answer as a dictionary with the keys {RECAPTION}, {keys}."
    )
    prompt = Prompt(system=_SYSTEM, user=(request.picture, question))
    return Write(prompt=prompt, schema={}, nonce="", max_tokens=MAX_TOKENS)


def read(request: JointRequest, text: str) -> JointReply | Failure:
    """The scores and the rewrite in `text`; a failure if no score can be found."""
    found = _dictionary(text)
    if found is None:
        state = State.REFUSED if replies.refused(text) else State.UNPARSABLE
        return Failure(state=state, detail=f"no dictionary: {text.strip()[:200]!r}")
    plain = {_plain(key): value for key, value in found.items() if isinstance(key, str)}
    scores = tuple(_score(criterion, key, plain) for criterion, key in KEYS.items())
    if all(score.value is None for score in scores):
        return Failure(state=scores[0].state, detail=f"no score: {text.strip()[:200]!r}")
    return JointReply(scores=scores, draft=_draft(request, plain.get(_plain(RECAPTION))))


def export(text: str, rewrite: str, scores: Iterable[Score]) -> dict[str, str | int]:
    """Scores as their dictionary, for tools that read it: nearest score of theirs, no key for what has no value."""
    said: dict[str, str | int] = {"Caption": text, RECAPTION: rewrite}
    given = {score.criterion: score for score in scores if score.value is not None}
    for criterion, key in KEYS.items():
        if criterion in given:
            score = given[criterion]
            assert score.value is not None
            said[key] = round(_line(score.value, (SCALE[0], SCALE[-1]), (LOWEST, HIGHEST)))
            said[f"{key.removesuffix(' Score')} Explanation"] = score.reason
    return said


def _dictionary(text: str) -> Mapping[Any, Any] | None:
    start, stop = text.find("{"), text.rfind("}")
    if start < 0 or len(text) > replies.MAX_CHARS:
        return None
    body = text[start : stop + 1 if stop > start else None].replace(MARKER, "")
    for candidate in (body, body.rstrip().rstrip(",") + "}"):  # stopped at the marker: the rest is not there
        for parse in (json.loads, ast.literal_eval):
            try:
                found = parse(candidate)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if isinstance(found, dict):
                return found
    return None


def _score(criterion: str, key: str, plain: Mapping[str, Any]) -> Score:
    name = _plain(key)
    said = plain.get(name, plain.get(_plain(f"{key} Score"), plain.get(_plain(key.removesuffix(" Score")))))
    reason = plain.get(_plain(f"{key.removesuffix(' Score')} Explanation"), "")
    if isinstance(said, Mapping):
        reason = next((v for k, v in said.items() if _REASON.search(str(k))), reason)
        said = next((v for k, v in said.items() if _PART.search(str(k))), None)
    number = _number(said)
    if number is None or not LOWEST <= number <= HIGHEST:
        return Score(criterion=criterion, value=None, confidence=0.0, state=_state(said, number), reason=_line_of(said))
    value = _line(number, (LOWEST, HIGHEST), (SCALE[0], SCALE[-1]))
    why = explain.sound(reason, _REASON_CHARS) if isinstance(reason, str) else ""
    return Score(criterion=criterion, value=round(value, 4), confidence=1.0, reason=why)


def _state(said: object, number: int | None) -> State:
    """What is wrong with a score."""
    if number is not None:
        return State.OUT_OF_RANGE
    return State.NOT_ASKED if said is None else State.UNPARSABLE


def _line_of(said: object) -> str:
    return "" if said is None else terminal(str(said))


def _number(said: object) -> int | None:
    if isinstance(said, bool):
        return None
    if isinstance(said, int | float):
        return int(said) if said == said // 1 and abs(said) < 1_000 else None
    match = _NUMBER.fullmatch(said) if isinstance(said, str) else None
    return int(match[1]) if match else None


def _draft(request: JointRequest, said: object) -> Draft | None:
    """The rewrite, None where the model gives none (its words for that are many)."""
    if not isinstance(said, str) or _plain(said) in {"", "none", "na", "null", "no", "notneeded", "norecaption"}:
        return None
    text = unmarked(said).strip()
    return None if text == request.text else Draft(text=text)


def _plain(key: str) -> str:
    return re.sub(r"[\W_]+", "", key).casefold()


def _line(value: float, source: tuple[int, int], target: tuple[int, int]) -> float:
    share = (value - source[0]) / (source[1] - source[0])
    return target[0] + share * (target[1] - target[0])
