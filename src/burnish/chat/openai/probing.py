"""What the server can do, found out with fixed questions before the first pair, so that it is the same in every worker
and no pair decides it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from burnish import replies
from burnish.chat import Choose, Prompt, Write, render
from burnish.chat.openai import answers
from burnish.chat.openai.answers import Answered, Busy, Failed, Hopeless, Rejected
from burnish.chat.openai.bodies import Bodies, Dialect
from burnish.chat.openai.line import Line
from burnish.chat.openai.pacing import jittered
from burnish.chat.openai.settings import KEY_VARIABLE, WRITE_WAYS, Settings
from burnish.chat.openai.wire import Lost, Raw
from burnish.errors import BurnishError, StopError, UsageError
from burnish.values import Failure, Picture

_NONCE = "5eaf00d1"
_WRITE_TOKENS = 128
_SHOWN_MODELS = 8
_LONGEST_NAME = 200
_SNAPSHOT = re.compile(r"(?:[-_.:@](?:\d{4}[-\d]*|latest))?")
"""What a vendor puts behind a model's name: -2024-08-06, -0613, -20250929."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What was found. `served`: the model that answers name ("" if they name none); `root`: the weights behind it, as
    the server lists them.
    """

    dialect: Dialect
    served: str
    root: str


async def look(line: Line, canary: Choose, parts: Mapping[int, bytes]) -> Server:
    """Find the model and how it can be asked. Raises `UsageError` where it cannot be used at all."""
    settings = line.settings
    listed = await _models(line)
    model = _the_model(settings, listed)
    dialect, answered = await _dialect(line, canary, parts, model)
    served = _name(answered.payload.get("model"))
    if served and not _same(model, served):
        raise UsageError(
            f"{settings.base_url} was asked for the model {model!r}, but {served!r} answers.\n"
            f"If that is the one you want: --set backend_options.model={served}"
        )
    return Server(dialect=dialect, served=served, root=listed.get(model, ""))


async def _models(line: Line) -> dict[str, str]:
    """Model ids with their roots; empty where the server has no list."""
    came = await line.wire.get("models")
    if isinstance(came, Lost):
        raise _unreachable(line.settings, came)
    if came.status in {401, 403}:
        raise _unwelcome(line.settings, f"status {came.status}")
    return _ids(came) if came.status == 200 else {}


def _ids(came: Raw) -> dict[str, str]:
    try:
        data: Any = orjson.loads(came.body)
    except orjson.JSONDecodeError:
        return {}
    rows = data.get("data") if isinstance(data, dict) else None
    found = {}
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and _name(row.get("id")):
            found[row["id"]] = _name(row.get("root"))
    return found


def _name(said: object) -> str:
    """A name that can be shown and kept, "" for anything else."""
    return said if isinstance(said, str) and said.isprintable() and len(said) <= _LONGEST_NAME else ""


def _the_model(settings: Settings, listed: Mapping[str, str]) -> str:
    names = sorted(listed)
    if settings.model and (settings.model in listed or not listed):
        return settings.model
    more = len(names) - _SHOWN_MODELS
    shown = ", ".join(names[:_SHOWN_MODELS]) + (f" and {more} more" if more > 0 else "")
    if settings.model:
        raise UsageError(f"{settings.base_url} has no model {settings.model!r}.\nIt has: {shown}")
    if len(names) == 1:
        return names[0]
    what = f"has {len(names)} models: {shown}" if names else "does not say which models it has"
    raise UsageError(f"{settings.base_url} {what}.\nName one: --set backend_options.model=NAME")


def _same(asked: str, served: str) -> bool:
    """Whether `served` can be the name of `asked`: the same, a dated snapshot of it, or with another owner before."""
    a, s = (name.rpartition("/")[2].lower() for name in (asked, served))
    a = a.removesuffix("-latest")
    return s.startswith(a) and _SNAPSHOT.fullmatch(s[len(a) :]) is not None


async def _dialect(line: Line, canary: Choose, parts: Mapping[int, bytes], model: str) -> tuple[Dialect, Answered]:
    """How to ask, and the answer to the canary asked that way."""
    settings = line.settings
    dialect = Dialect(model=model, top=0 if settings.choose == "samples" else 20)
    while True:
        bodies = Bodies(settings, dialect)
        body = bodies.choose(canary, parts) if dialect.top else bodies.sample(canary, 0, parts)
        came = await settle(line, body, UsageError)
        if isinstance(came, Answered) and (not dialect.top or answers.shares(came)):
            return dialect, came
        said = came.detail if isinstance(came, Rejected) else "the answers have no logprobs"
        plainer = _plainer(dialect, said.lower())
        if plainer is None or (settings.choose == "logprobs" and not plainer.top):
            raise UsageError(
                f"{settings.base_url} does not answer a question about an image with {model!r}: {said}\n"
                "It needs a model that reads images (and, with choose=logprobs, a server that gives them)."
            )
        dialect = plainer


def _plainer(dialect: Dialect, said: str) -> Dialect | None:
    """The dialect without what the server complained of; logprobs go last."""
    if "max_completion_tokens" in said and dialect.budget == "max_tokens":
        return dataclasses.replace(dialect, budget="max_completion_tokens")
    if "temperature" in said and dialect.temperature:
        return dataclasses.replace(dialect, temperature=False)
    if "seed" in said and dialect.seed:
        return dataclasses.replace(dialect, seed=False)
    if "top_logprobs" in said and dialect.top > 5:
        return dataclasses.replace(dialect, top=5)
    return dataclasses.replace(dialect, top=0) if dialect.top else None


async def settle(line: Line, body: bytes, error: type[BurnishError]) -> Answered | Rejected:
    """One exchange, repeated while the server is busy or fails; raises `error` when that does not end."""
    settings = line.settings
    loop = asyncio.get_running_loop()
    started, tries = loop.time(), 0
    while True:
        came = await line.once(body)
        if isinstance(came, Answered | Rejected):
            return came
        if isinstance(came, Hopeless):
            raise _unwelcome(settings, came.detail) if error is UsageError else error(came.detail)
        tries += 1
        if tries > settings.retries and (isinstance(came, Failed) or loop.time() - started > settings.patience_s):
            raise error(
                f"{settings.base_url} does not answer: {came.detail}\n"
                f"It was tried {tries} times. Is the server up and its model loaded?"
            )
        wait_s = came.wait_s if isinstance(came, Busy) else None
        await asyncio.sleep(jittered(settings.backoff_s, tries) if wait_s is None else wait_s)


async def write_way(line: Line, bodies: Bodies, shown: Picture, part: bytes) -> str:
    """The strictest way in which this server keeps a text to a schema. Raises `StopError` if it writes nothing.

    The nonce of the schema is not said in the prompt: an answer without it comes from a server that takes the
    parameter and passes it over.
    """
    settings = line.settings
    ways: Sequence[str] = WRITE_WAYS[1:] if settings.write == "auto" else (settings.write,)
    task = _probe(shown)
    said = ""
    for way in ways:
        came = await settle(line, bodies.write(task, way, {id(shown): part}), StopError)
        if isinstance(came, Rejected):
            said = came.detail
        elif settings.write != "auto" or way in {"json_object", "plain"} or _keeps(came, task):
            return way
    raise StopError(f"{settings.base_url} writes no text about an image: {said}\nNo pair is blamed.")


def _probe(shown: Picture) -> Write:
    question = "Describe the image in a few words. Answer with a JSON object with the keys id and caption."
    return Write(
        prompt=Prompt(system=render.SYSTEM, user=(shown, question)),
        schema=render.schema(_NONCE, caption={"type": "string", "maxLength": 200}),
        nonce=_NONCE,
        max_tokens=_WRITE_TOKENS,
    )


def _keeps(came: Answered, task: Write) -> bool:
    return came.cut or not isinstance(replies.read_object(came.text, task.schema), Failure)


def _unreachable(settings: Settings, came: Lost) -> UsageError:
    return UsageError(
        f"cannot reach {settings.base_url}: {came.detail}.\n"
        "Is the server up? Most addresses end with /v1 (OPENAI_BASE_URL, or --set backend_options.base_url=...).\n"
        "Without a server: --backend builtin"
    )


def _unwelcome(settings: Settings, said: str) -> UsageError:
    return UsageError(
        f"{settings.base_url} will not answer: {said}\n"
        f"For 401 and 403 check {KEY_VARIABLE}; for 404 the address (most end with /v1) and the model's name."
    )
