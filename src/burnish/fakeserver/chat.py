"""The chat request as it came over the wire, read once and strictly: what cannot be understood is refused."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from burnish.fakeserver.draws import digest
from burnish.values import Json

ROLES = ("system", "developer", "user", "assistant", "tool")
MAX_N = 128
MAX_TOP_LOGPROBS = 20


class Refused(Exception):
    """The answer is an error: HTTP status and the body's message, type and code."""

    def __init__(self, status: int, message: str, *, kind: str = "invalid_request_error", code: str = "") -> None:
        """`code` is the machine-readable name, as in OpenAI's error bodies."""
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image as sent in a data URI."""

    mime: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; several text parts are joined by newlines."""

    role: str
    text: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What the answer must look like: by which parameter, and one of schema, choices or any JSON object."""

    by: str
    schema: Mapping[str, Json] | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A request for a chat completion. `key` names its messages: equal messages, equal key.

    `max_tokens` is None where the request sets no limit; `structures` holds what was asked of the form, at most one
    of each parameter; a temperature that was not given counts as 0, so that answers repeat.
    """

    key: str
    model: str
    messages: tuple[Message, ...]
    max_tokens: int | None = None
    n: int = 1
    temperature: float = 0.0
    seed: int | None = None
    logprobs: bool = False
    top_logprobs: int = 0
    structures: tuple[Structure, ...] = ()
    thinking: bool = True

    @property
    def text(self) -> str:
        """The text of the last user message."""
        return next((m.text for m in reversed(self.messages) if m.role == "user"), "")

    @property
    def system(self) -> str:
        """The texts of all system and developer messages."""
        return "\n".join(m.text for m in self.messages if m.role in {"system", "developer"})

    @property
    def images(self) -> tuple[bytes, ...]:
        """The encoded images of all messages, in order."""
        return tuple(image.data for message in self.messages for image in message.images)

    @property
    def structure(self) -> Structure | None:
        """What the answer must look like, if anything was asked."""
        return self.structures[0] if self.structures else None


def read(body: bytes) -> ChatRequest:
    """The request in `body`; raises `Refused` (400) with what is wrong with it."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"the body is not JSON: {error}") from error
    if not isinstance(asked, dict):
        raise Refused(400, "the body must be a JSON object")
    if asked.get("stream"):
        raise Refused(400, "this fake server does not stream", code="unsupported_value")
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "messages must be a list with at least one message")
    return ChatRequest(
        key=digest(orjson.dumps(messages, option=orjson.OPT_SORT_KEYS)),
        model=_typed(asked, "model", str, ""),
        messages=tuple(_message(index, message) for index, message in enumerate(messages)),
        max_tokens=_max_tokens(asked),
        n=_within("n", _typed(asked, "n", int, 1), 1, MAX_N),
        temperature=_within("temperature", float(_typed(asked, "temperature", (int, float), 0.0)), 0, 2),
        seed=_typed(asked, "seed", int, None),
        logprobs=_typed(asked, "logprobs", bool, False),
        top_logprobs=_top_logprobs(asked),
        structures=tuple(_structures(asked)),
        thinking=_typed(_typed(asked, "chat_template_kwargs", dict, {}), "enable_thinking", bool, True),
    )


def _typed(values: Mapping[str, Any], name: str, kind: Any, default: Any) -> Any:
    value = values.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Refused(400, f"{name} has the wrong type: {type(value).__name__}")
    return value


def _within(name: str, value: Any, low: float, high: float) -> Any:
    if not low <= value <= high:
        raise Refused(400, f"{name} is {value}, must be {low} to {high}", code="invalid_value")
    return value


def _max_tokens(asked: Mapping[str, Any]) -> int | None:
    newer = _typed(asked, "max_completion_tokens", int, None)
    limit = _typed(asked, "max_tokens", int, None) if newer is None else newer
    return None if limit is None else int(_within("max_tokens", limit, 1, 2**31))


def _top_logprobs(asked: Mapping[str, Any]) -> int:
    count = int(_within("top_logprobs", _typed(asked, "top_logprobs", int, 0), 0, MAX_TOP_LOGPROBS))
    if count and not asked.get("logprobs"):
        raise Refused(400, "top_logprobs needs logprobs: true")
    return count


def _message(index: int, message: Any) -> Message:
    if not isinstance(message, dict) or message.get("role") not in ROLES:
        raise Refused(400, f"messages[{index}] needs a role of {', '.join(ROLES)}")
    content = message.get("content")
    if isinstance(content, str):
        return Message(role=message["role"], text=content)
    if not isinstance(content, list):
        raise Refused(400, f"messages[{index}].content must be a text or a list of parts")
    parts = [_part(f"messages[{index}].content[{number}]", part) for number, part in enumerate(content)]
    return Message(
        role=message["role"],
        text="\n".join(part for part in parts if isinstance(part, str)),
        images=tuple(part for part in parts if isinstance(part, Image)),
    )


def _part(where: str, part: Any) -> str | Image:
    if isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    if isinstance(part, dict) and part.get("type") == "image_url" and isinstance(part.get("image_url"), dict):
        return _image(where, part["image_url"].get("url"))
    raise Refused(400, f"{where} must be of type text or image_url")


def _image(where: str, url: Any) -> Image:
    head, comma, data = str(url).partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64") or not comma:
        raise Refused(400, f"{where}: images must be data:image/...;base64 URIs, this fake server fetches nothing")
    try:
        decoded = base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise Refused(400, f"{where}: the image is not base64: {error}", code="invalid_base64") from error
    if not decoded:
        raise Refused(400, f"{where}: the image is empty", code="invalid_image")
    return Image(mime=head[len("data:") : -len(";base64")], data=decoded)


def _structures(asked: Mapping[str, Any]) -> list[Structure]:
    """What is asked of the form. Two parameters at once are kept: which one counts depends on what the server can."""
    found = [_response_format(asked), _structured_outputs(asked), _guided(asked)]
    return [structure for structure in found if structure is not None]


def _response_format(asked: Mapping[str, Any]) -> Structure | None:
    form = _typed(asked, "response_format", dict, {"type": "text"})
    if form.get("type") == "json_object":
        return Structure(by="json_object")
    if form.get("type") == "json_schema":
        return Structure(by="json_schema", schema=_schema(_typed(form, "json_schema", dict, {}).get("schema")))
    if form.get("type") != "text":
        raise Refused(400, f"response_format.type {form.get('type')!r} is unknown")
    return None


def _structured_outputs(asked: Mapping[str, Any]) -> Structure | None:
    wanted = _typed(asked, "structured_outputs", dict, None)
    if wanted is None:
        return None
    named = sorted(name for name in ("json", "choice", "json_object") if wanted.get(name) is not None)
    if len(named) != 1:
        raise Refused(400, "structured_outputs needs exactly one of json, choice, json_object")
    return _form("structured_outputs", named[0], wanted[named[0]])


def _guided(asked: Mapping[str, Any]) -> Structure | None:
    named = [name for name in ("json", "choice") if asked.get(f"guided_{name}") is not None]
    if len(named) > 1:
        raise Refused(400, "use guided_json or guided_choice, not both")
    return _form("guided", named[0], asked[f"guided_{named[0]}"]) if named else None


def _form(by: str, name: str, value: Any) -> Structure:
    if name == "json":
        return Structure(by=by, schema=_schema(value))
    if name == "json_object":
        return Structure(by=by)
    if not isinstance(value, list) or not value or not all(isinstance(choice, str) and choice for choice in value):
        raise Refused(400, f"{by}: choice must be a list of texts")
    return Structure(by=by, choices=tuple(value))


def _schema(value: Any) -> Mapping[str, Json]:
    if isinstance(value, str):  # vLLM takes the schema as text, too
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise Refused(400, f"the schema is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise Refused(400, "the schema must be a JSON object")
    return value
