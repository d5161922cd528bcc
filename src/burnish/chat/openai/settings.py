"""The options of the backend, checked once. The key comes from the environment and is shown nowhere."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast
from urllib.parse import urlsplit

import orjson

from burnish.errors import UsageError
from burnish.storage.redact import redact

URL_VARIABLE = "OPENAI_BASE_URL"
KEY_VARIABLE = "OPENAI_API_KEY"

CHOOSE_WAYS = ("auto", "logprobs", "samples")
WRITE_WAYS = ("auto", "json_schema", "structured_outputs", "json_object", "plain")


def _from(default: object, low: float, high: float = math.inf) -> Any:
    return field(default=default, metadata={"within": (low, high)})


def _how(default: object, low: float, high: float = math.inf) -> Any:
    return field(default=default, metadata={"within": (low, high), "how": True})


def _one_of(*values: str) -> Any:
    return field(default=values[0], metadata={"values": values})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the server is used.

    `base_url` ends before ``/chat/completions`` (default: the environment's OPENAI_BASE_URL); `model` "" is the
    server's only one. `side_px`, `image_format`, `jpeg_quality`: what a model sees. `samples` answers a question
    where the server gives no logprobs, at `temperature`. `extra`: a JSON object merged into every request.

    The others, and `base_url`, cannot change an answer (the identity names the model, wherever it is served).
    `concurrency`: most calls in flight; `timeout_s` for a whole call; `retries` of a failing call before anyone asks
    whether the pair is to blame; `backoff_s`: the first pause; `patience_s`: how long a server may be down before the
    run stops; `canary_every`: calls between two looks at whether the model is still the same (0: never).
    """

    base_url: str = field(default="", metadata={"how": True})
    model: str = ""
    side_px: int = _from(448, 32, 4096)
    image_format: str = _one_of("jpeg", "png")
    jpeg_quality: int = _from(90, 1, 100)
    choose: str = _one_of(*CHOOSE_WAYS)
    write: str = _one_of(*WRITE_WAYS)
    samples: int = _from(8, 1, 128)
    temperature: float = _from(1.0, 0, 2)
    extra: str = "{}"
    concurrency: int = _how(64, 1, 8192)
    timeout_s: float = _how(120.0, 0.05)
    retries: int = _how(5, 0)
    backoff_s: float = _how(0.5, 0)
    patience_s: float = _how(180.0, 0)
    canary_every: int = _how(2000, 0)

    @property
    def more(self) -> dict[str, Any]:
        """`extra` as an object."""
        found: dict[str, Any] = orjson.loads(self.extra)
        return found


def read(options: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from plain options. Raises `UsageError` naming what is wrong."""
    known = {entry.name: entry for entry in dataclasses.fields(Settings)}
    for name in options:
        if name not in known:
            _unknown(name, list(known))
    given = {"base_url": environment.get(URL_VARIABLE, ""), **options}
    values = {name: _value(known[name], text) for name, text in given.items()}
    values["base_url"] = _url(str(values["base_url"]))
    settings = Settings(**cast(dict[str, Any], values))
    _object(settings.extra)
    return settings


def key(environment: Mapping[str, str] = os.environ) -> str:
    """The API key, "" without one: local servers need none. Raises `UsageError` for one that no header can hold."""
    found = environment.get(KEY_VARIABLE, "").strip()
    if not found.isascii() or not found.isprintable():
        raise UsageError(f"{KEY_VARIABLE} holds characters that no HTTP header may have.\nCopy the key again.")
    return found


def _unknown(name: str, known: list[str]) -> NoReturn:
    from rapidfuzz import process

    if "key" in name.lower() or "token" in name.lower():
        raise UsageError(
            f"backend openai takes no {name!r} as an option: options are stored with the output.\n"
            f"Set it in the environment: export {KEY_VARIABLE}=..."
        )
    hit = process.extractOne(name, known, score_cutoff=60)
    near = f" Did you mean {hit[0]!r}?" if hit else ""
    raise UsageError(f"backend openai has no option {name!r}.{near}\nOptions: {', '.join(sorted(known))}")


def _value(entry: dataclasses.Field[Any], text: str) -> str | int | float:
    if "values" in entry.metadata:
        allowed = entry.metadata["values"]
        if text not in allowed:
            raise UsageError(f"backend openai: {entry.name} must be one of {', '.join(allowed)}, not {text!r}.")
        return text
    if "within" not in entry.metadata:
        return text.strip()
    low, high = entry.metadata["within"]
    try:
        value = int(text) if isinstance(entry.default, int) else float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high or math.isinf(value):
        limits = f"at least {low}" if high == math.inf else f"{low} to {high}"
        raise UsageError(f"backend openai: {entry.name} must be a number, {limits}, not {text!r}.")
    return value


def _url(text: str) -> str:
    example = f"Example: export {URL_VARIABLE}=http://localhost:8000/v1"
    if not text:
        raise UsageError(f"backend openai needs the server's address: option base_url or {URL_VARIABLE}.\n{example}")
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise UsageError(f"{redact(text)!r} is no address of a server.\n{example}")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError(
            "the server's address may hold no user name, password or query: it is stored with the output.\n"
            f"A key goes into the environment: export {KEY_VARIABLE}=..."
        )
    return text.rstrip("/").removesuffix("/chat/completions")


def _object(text: str) -> None:
    try:
        sound = isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        sound = False
    if not sound:
        raise UsageError(
            f"backend openai: extra must be a JSON object, not {text[:100]!r}.\n"
            """Example: --set 'backend_options.extra={"chat_template_kwargs": {"enable_thinking": false}}'"""
        )
