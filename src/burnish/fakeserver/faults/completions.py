"""Faults in the JSON of the completion. The answer was generated and is billed."""

from __future__ import annotations

from typing import Any

from burnish.fakeserver.faults import Call


def empty_choices(call: Call, body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - a completion fault's signature
    """A completion without choices."""
    return {**body, "choices": []}


def null_content(call: Call, body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - a completion fault's signature
    """A choice whose content is null."""
    return _each(body, {"content": None}, {"logprobs": None})


def content_filter(call: Call, body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - a completion fault's signature
    """finish_reason content_filter and no content."""
    return _each(body, {"content": ""}, {"finish_reason": "content_filter", "logprobs": None})


def cut_json(call: Call, body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - a completion fault's signature
    """finish_reason length and only the first half of the answer."""
    halves = [_half(choice) for choice in body["choices"]]
    return {**body, "choices": halves}


def other_model(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """The answer names another model."""
    return {**body, "model": f"{call.settings.model_id}-other"}


def no_usage(call: Call, body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - a completion fault's signature
    """The answer does not say what it cost."""
    return {key: value for key, value in body.items() if key != "usage"}


def _each(body: dict[str, Any], message: dict[str, Any], choice: dict[str, Any]) -> dict[str, Any]:
    choices = [{**old, **choice, "message": {**old["message"], **message}} for old in body["choices"]]
    return {**body, "choices": choices}


def _half(choice: dict[str, Any]) -> dict[str, Any]:
    content = choice["message"]["content"]
    message = {**choice["message"], "content": content[: len(content) // 2]}
    return {**choice, "message": message, "finish_reason": "length", "logprobs": None}
