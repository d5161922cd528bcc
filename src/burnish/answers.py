"""A backend whose answers are journalled before use and asked for once: the same question is never paid twice.

What is the same is decided by the model's identity, the picture's pixels, the text and everything else a request
says; answers of equal requests are fanned out. Failures are not journalled: they are worth another try.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import Field, asdict, fields
from typing import Any, Protocol

from burnish import criteria
from burnish.chat import Metered
from burnish.protocols import Backend
from burnish.storage.answers import AnswerFile
from burnish.usage import Usage
from burnish.values import LATER, Draft, Edit, Failure, JointReply, Json, Picture, Reply, Request, Score, State


class Purse(Protocol):
    """Who may stop a run before it costs more."""

    def reserve(self, calls: int) -> int:
        """How many of `calls` more calls may be made now, at least one. Raises `StopError` if none."""
        ...

    def settle(self, reserved: int, used: Usage) -> None:
        """`reserved` calls are done; this is what they used."""
        ...


class Answered:
    """A `Backend` over a metered one, for one shard."""

    def __init__(self, backend: Backend, file: AnswerFile, purse: Purse) -> None:
        """`backend` must have `usage` (see `burnish.chat.Metered`)."""
        self.identity = backend.identity
        self.side_px = backend.side_px
        self._backend = backend
        self._file = file
        self._purse = purse

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request, in order; only what was never answered goes to the model."""
        pictures: dict[int, bytes] = {}
        keys = [self._key(request, pictures) for request in requests]
        wanted = {key: request for key, request in zip(keys, requests, strict=True) if key not in self._file.known}
        failed: dict[str, Reply] = {}
        left = list(wanted.items())
        while left:
            count = self._purse.reserve(len(left))
            failed |= self._ask(left[:count])
            left = left[count:]
        return [failed[key] if key in failed else reply_from(self._file.known[key]) for key in keys]

    def _ask(self, asked: Sequence[tuple[str, Request]]) -> dict[str, Reply]:
        """Ask, journal the answers, give back the failures."""
        before = usage(self._backend)
        lasting: dict[str, Json] = {}
        try:
            answered = self._backend.answer([request for _, request in asked])
            replies = dict(zip((key for key, _ in asked), answered, strict=True))
            lasting = {key: reply_json(reply) for key, reply in replies.items() if not isinstance(reply, Failure)}
        finally:  # what a stopped batch has cost counts too
            used = usage(self._backend) - before
            self._file.append(lasting, used.as_json())
            self._purse.settle(len(asked), used)
        return {key: reply for key, reply in replies.items() if key not in lasting}

    def _key(self, request: Request, pictures: dict[int, bytes]) -> str:
        if id(request.picture) not in pictures:
            pictures[id(request.picture)] = _pixels(request.picture)
        said = dict(filter(None, (_said(request, entry) for entry in fields(request))))
        if digest_of_own := criteria.own(getattr(request, "criterion", "")):
            said["asked"] = digest_of_own
        digest = hashlib.blake2b(pictures[id(request.picture)], digest_size=16)
        text = repr((self.identity, type(request).__name__, sorted(said.items())))
        digest.update(text.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def _said(request: Request, entry: Field[Any]) -> tuple[str, Any] | None:
    """A field as it counts in a key; None if it does not."""
    value = getattr(request, entry.name)
    if LATER in entry.metadata:
        return (entry.name, (entry.metadata[LATER], value)) if value != entry.default else None
    return (entry.name, value) if entry.name != "picture" else None


def metered(backend: Backend | None) -> bool:
    """Whether the backend's answers cost something."""
    return isinstance(backend, Metered)


def usage(backend: Backend | None) -> Usage:
    """What the backend has been used for so far; nothing if its answers cost nothing."""
    if not isinstance(backend, Metered):
        return Usage()
    return backend.usage()


def reply_json(reply: Score | Draft | JointReply) -> Json:
    """A reply as JSON; `reply_from` reads it."""
    return {type(reply).__name__: asdict(reply)}


def reply_from(content: Json) -> Score | Draft | JointReply:
    """The reply that `reply_json` wrote."""
    assert isinstance(content, dict)
    [(kind, said)] = content.items()
    assert isinstance(said, dict)
    values: Mapping[str, Any] = said
    if kind == Score.__name__:
        return _score(values)
    if kind == Draft.__name__:
        return _draft(values)
    draft = values["draft"]
    return JointReply(scores=tuple(map(_score, values["scores"])), draft=None if draft is None else _draft(draft))


def _score(values: Mapping[str, Any]) -> Score:
    return Score(**{**values, "state": State(values["state"])})


def _draft(values: Mapping[str, Any]) -> Draft:
    return Draft(text=values["text"], edits=tuple(Edit(**edit) for edit in values["edits"]))


def _pixels(picture: Picture) -> bytes:
    shape = f"{picture.rgb.shape}".encode()
    return hashlib.blake2b(picture.rgb.tobytes() + shape, digest_size=16).digest()
