"""Faults in what the model wants to say. They cost what any answer costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from burnish.fakeserver.answers import Draft
from burnish.fakeserver.chat import ChatRequest, Structure
from burnish.fakeserver.faults import Call

_SURE = 0.97  # what a faulty choice is given
_TOO_HIGH = 11  # above 1 to 5 and 1 to 10


def swapped(call: Call, draft: Draft) -> Draft:  # noqa: ARG001 - a draft fault's signature
    """The answer to another request: the last different one, or a made-up one if there was none yet."""
    if call.request is None:
        raise AssertionError("drafts are made for requests that were read")
    return call.answer(call.other or _made_up(call.request))


def same_score(call: Call, draft: Draft) -> Draft:
    """Every score is 3; a choice is always the middle one."""
    if isinstance(draft, str):
        return _with_numbers(draft, 3)
    choices = list(draft)
    del call
    return {choice: _SURE if place == len(choices) // 2 else 0.0 for place, choice in enumerate(choices)}


def refusal(call: Call, draft: Draft) -> Draft:  # noqa: ARG001 - a draft fault's signature
    """A refusal in polite words."""
    return "I'm sorry, but I can't help with that request. As an AI model I cannot judge images of people."


def prose(call: Call, draft: Draft) -> Draft:  # noqa: ARG001 - a draft fault's signature
    """The right answer with prose before and after it."""
    return f"Sure! Here is my assessment of the caption:\n\n{_said(draft)}\n\nLet me know if you need anything else."


def code_fence(call: Call, draft: Draft) -> Draft:  # noqa: ARG001 - a draft fault's signature
    """The right answer in a Markdown code fence."""
    return f"```json\n{_said(draft)}\n```"


def single_quotes(call: Call, draft: Draft) -> Draft:  # noqa: ARG001 - a draft fault's signature
    """The right answer as a Python literal, which is not JSON."""
    said = _said(draft)
    value = _json(said)
    return repr(said if value is None else value)


def nan_score(call: Call, draft: Draft) -> Draft:  # noqa: ARG001 - a draft fault's signature
    """NaN instead of every number."""
    return _with_numbers(draft, float("nan")) if isinstance(draft, str) else {"NaN": _SURE}


def out_of_range(call: Call, draft: Draft) -> Draft:  # noqa: ARG001 - a draft fault's signature
    """11 instead of every number."""
    return _with_numbers(draft, _TOO_HIGH) if isinstance(draft, str) else {str(_TOO_HIGH): _SURE}


def duplicate_keys(call: Call, draft: Draft) -> Draft:  # noqa: ARG001 - a draft fault's signature
    """A JSON object in which every key stands twice, with different values."""
    value = _json(_said(draft))
    value = value if isinstance(value, dict) else {"answer": value}
    pairs = [(key, one) for key, entry in value.items() for one in (entry, _another(entry))]
    return "{" + ",".join(f"{json.dumps(key)}:{json.dumps(one, ensure_ascii=False)}" for key, one in pairs) + "}"


def repeats(call: Call, draft: Draft) -> Draft:
    """The same words until the budget is spent."""
    limit = call.request.max_tokens if call.request is not None else None
    said = _said(draft)
    beginning = said[: said.rfind('"')].rstrip('"}') if said.startswith("{") else ""
    return beginning + " a hat on top of" * (min(limit or 4_096, 16_384) // 5 + 1)


def _made_up(request: ChatRequest) -> ChatRequest:
    """A request like this one from somebody else: what identifies an answer (const) is another, too."""
    structures = tuple(
        structure if structure.schema is None else Structure(by=structure.by, schema=_mirrored(structure.schema))
        for structure in request.structures
    )
    return replace(request, key=request.key[::-1], structures=structures)


def _mirrored(schema: Any) -> Any:
    """`schema` with every constant text backwards, and surely another one."""
    if isinstance(schema, dict):
        return {
            key: f"{value[::-1]}0" if key == "const" and isinstance(value, str) else _mirrored(value)
            for key, value in schema.items()
        }
    return [_mirrored(entry) for entry in schema] if isinstance(schema, list) else schema


def _said(draft: Draft) -> str:
    return draft if isinstance(draft, str) else max(draft, key=lambda answer: draft[answer])


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _with_numbers(text: str, number: float) -> str:
    value = _json(text)
    if value is None:
        return str(number)
    return json.dumps(_mapped(value, lambda _old: number), ensure_ascii=False, separators=(",", ":"))


def _mapped(value: Any, change: Callable[[float], float]) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(entry, change) for key, entry in value.items()}
    if isinstance(value, list):
        return [_mapped(entry, change) for entry in value]
    return change(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _another(value: Any) -> Any:
    if isinstance(value, str):
        return f"{value} or not"
    changed = _mapped(value, lambda old: old + 1)
    return [value] if changed == value else changed
