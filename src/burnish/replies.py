"""The one reader of model text: strict about what an answer is, tolerant only about what stands round it.

Code fences, prose and a thinking part round one JSON object are let pass; everything inside must keep to the schema
as it is. Nothing is clamped, rounded, completed or guessed: what is not an answer is a `Failure` with its state.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from burnish.values import Failure, Json, State

MAX_CHARS = 200_000
"""Longer than any answer the prompts allow: beyond, a text is not searched."""
DETAIL_CHARS = 200

_OPEN, _CLOSE = "<think>", "</think>"
_REFUSAL = re.compile(
    r"\s*[\"'*_]*(?:"
    r"(?:i['\u2019]?m|i am|we are) (?:very |really |so )?(?:sorry|unable|not able|afraid i)"
    r"|sorry\b|(?:my |our )?apologies|unfortunately,? i\b|as an? (?:ai\b|artificial|large|language)"
    r"|i (?:can(?:['\u2019]t|not)|won['\u2019]t|will not|must decline|do not|don['\u2019]t) (?:\w+ )?"
    r"(?:help|assist|provide|comply|fulfil|answer|do that|discuss|describe|identify|process|see|view|rate|judge)"
    r"|es tut mir leid|leider kann ich|je suis d\u00e9sol\u00e9|d\u00e9sol\u00e9,|lo siento|lamento\b"
    r"|desculpe|mi dispiace"
    r"|\u62b1\u6b49|\u5f88\u62b1\u6b49|\u5bf9\u4e0d\u8d77|\u6211\u65e0\u6cd5|\u7533\u3057\u8a33|"
    r"\u0438\u0437\u0432\u0438\u043d\u0438\u0442\u0435|\uc8c4\uc1a1)",
    re.IGNORECASE,
)


class _BadAnswerError(Exception):
    """An answer that does not keep to its schema; says in which state that leaves the request."""

    def __init__(self, detail: str, state: State = State.UNPARSABLE) -> None:
        super().__init__(detail)
        self.state = state


def read_object(text: str, schema: Mapping[str, Json], *, cut: bool = False) -> dict[str, Json] | Failure:
    """The one JSON object in `text` if it keeps to `schema`, else a failure that says why.

    `schema` is of the closed kind that our prompts use: type, const, enum, properties (all required, no others),
    items, maxItems, maxLength, minimum, maximum. `cut`: the answer ended because its budget was used up; what is
    whole nevertheless counts.
    """
    try:
        found = _only_object(text)
        _check(found, schema, "answer")
    except _BadAnswerError as error:
        return Failure(state=_state(error, text, cut=cut), detail=_quoted(str(error), text))
    return found


def read_answer(text: str, answers: Sequence[str]) -> int | Failure:
    """Which of `answers` `text` is, as an index. White space, quotation marks and one full stop round it pass."""
    bare = _said(text[:MAX_CHARS]).strip().strip("\"'`*").removesuffix(".").strip()
    if bare in list(answers):
        return list(answers).index(bare)
    if refused(text):
        return Failure(state=State.REFUSED, detail=_quoted("refused", text))
    number = re.fullmatch(r"[-+]?\d+(?:[.,]\d+)?(?:\s*/\s*\d+)?", bare)
    state = State.OUT_OF_RANGE if number else State.UNPARSABLE
    return Failure(state=state, detail=_quoted(f"none of {', '.join(answers)}", text))


def refused(text: str) -> bool:
    """Whether `text` opens like a refusal or an apology, in the languages with most web captions."""
    return _REFUSAL.match(_said(text[:MAX_CHARS])) is not None


def _said(text: str) -> str:
    """What comes after the thinking; nothing if that was not ended: a draft in it is no answer. Some chat templates
    open the thinking in the prompt, so that only its end is written.
    """
    opened = text.lstrip().startswith(_OPEN)
    _, ended, said = text.partition(_CLOSE)
    if ended and (opened or not text.lstrip().startswith("{")):  # else it stands in the answer's own words
        return said
    return "" if opened else text


def _only_object(text: str) -> dict[str, Json]:
    if len(text) > MAX_CHARS:
        raise _BadAnswerError(f"{len(text):,} characters")
    text = _said(text)
    start = text.find("{")
    if start < 0:
        raise _BadAnswerError("no JSON object")
    decoder = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_number)
    try:
        found, stop = decoder.raw_decode(text, start)
    except RecursionError as error:
        raise _BadAnswerError("nested too deeply") from error
    except ValueError as error:  # JSONDecodeError, and integers of more digits than Python converts
        raise _BadAnswerError(f"not JSON: {error}") from error
    if "{" in text[stop:]:
        raise _BadAnswerError("more than one object")
    assert isinstance(found, dict)
    return found


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _BadAnswerError("a key stands twice")
    return found


def _no_number(constant: str) -> NoReturn:
    raise _BadAnswerError(f"{constant} is no number of JSON", State.OUT_OF_RANGE)


def _check(value: Json, schema: Mapping[str, Any], where: str) -> None:
    """Raise `_BadAnswerError` unless `value` keeps to `schema`."""
    if "const" in schema and (value != schema["const"] or type(value) is not type(schema["const"])):
        raise _BadAnswerError(f"{where} is not {schema['const']!r}")
    if "enum" in schema and not any(value == one and type(value) is type(one) for one in schema["enum"]):
        raise _BadAnswerError(f"{where} is none of the answers", State.OUT_OF_RANGE)
    check = _CHECKS.get(schema.get("type", ""))
    if check is not None:
        check(value, schema, where)


def _check_object(value: Json, schema: Mapping[str, Any], where: str) -> None:
    properties: Mapping[str, Any] = schema.get("properties", {})
    if not isinstance(value, dict):
        raise _BadAnswerError(f"{where} is no object")
    if missing := sorted(properties.keys() - value.keys()):
        raise _BadAnswerError(f"{where} lacks {', '.join(missing)}")
    if extra := sorted(value.keys() - properties.keys()):
        raise _BadAnswerError(f"{where} has {', '.join(extra)[:80]} too")
    for key, part in properties.items():
        _check(value[key], part, key)


def _check_array(value: Json, schema: Mapping[str, Any], where: str) -> None:
    if not isinstance(value, list):
        raise _BadAnswerError(f"{where} is no list")
    if len(value) > schema.get("maxItems", math.inf):
        raise _BadAnswerError(f"{where} has {len(value)} items, {schema['maxItems']} allowed")
    for at, item in enumerate(value):
        _check(item, schema.get("items", {}), f"{where}[{at}]")


def _check_string(value: Json, schema: Mapping[str, Any], where: str) -> None:
    if not isinstance(value, str):
        raise _BadAnswerError(f"{where} is no text")
    if len(value) > schema.get("maxLength", math.inf):
        raise _BadAnswerError(f"{where} has {len(value)} characters, {schema['maxLength']} allowed")
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise _BadAnswerError(f"{where} holds half a character")


def _check_number(value: Json, schema: Mapping[str, Any], where: str) -> None:
    whole = schema["type"] == "integer"
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        state = State.OUT_OF_RANGE if isinstance(value, float) else State.UNPARSABLE
        raise _BadAnswerError(f"{where} is no {schema['type']}", state)
    if not schema.get("minimum", -math.inf) <= value <= schema.get("maximum", math.inf):
        raise _BadAnswerError(f"{where} is out of range", State.OUT_OF_RANGE)


def _check_boolean(value: Json, _: Mapping[str, Any], where: str) -> None:
    if not isinstance(value, bool):
        raise _BadAnswerError(f"{where} is neither true nor false")


_CHECKS = {
    "object": _check_object,
    "array": _check_array,
    "string": _check_string,
    "number": _check_number,
    "integer": _check_number,
    "boolean": _check_boolean,
}


def _state(error: _BadAnswerError, text: str, *, cut: bool) -> State:
    if cut and error.state is State.UNPARSABLE:
        return State.TRUNCATED
    return State.REFUSED if refused(text) else error.state


def _quoted(why: str, text: str) -> str:
    return f"{why[:DETAIL_CHARS]}: {text.strip()[:DETAIL_CHARS]!r}"
