"""Answers from a JSONL file, in order, and from its beginning again: ``--script FILE``.

A line holds ``{"text": "..."}`` or ``{"probabilities": {"4": 0.7, "5": 0.2}}``. Each call takes one line, also one
that asks for several choices, unless it samples them (temperature above 0): then each choice takes one.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import orjson

from burnish.errors import UsageError
from burnish.fakeserver.answers import Answerer, Draft, oracle
from burnish.fakeserver.chat import ChatRequest, Refused
from burnish.fakeserver.draws import Draw
from burnish.fakeserver.settings import Settings


def MODE(settings: Settings) -> Answerer:  # noqa: N802 - the name all modes have
    """Answers from the file; raises `UsageError` naming the line that is none."""
    if not settings.script:
        raise UsageError("fakeserver: mode script needs a file.\nExample: --script answers.jsonl")
    try:
        lines = Path(settings.script).read_bytes().splitlines()
    except OSError as error:
        raise UsageError(f"fakeserver: cannot read {settings.script!r}: {error.strerror}.") from error
    drafts = [_draft(f"{settings.script}:{number}", line) for number, line in enumerate(lines, 1) if line.strip()]
    if not drafts:
        raise UsageError(f"fakeserver: {settings.script} holds no answers.")
    endless = itertools.cycle(drafts)

    def answer(request: ChatRequest, draw: Draw) -> Draft:  # noqa: ARG001 - a script does not listen
        return next(endless)

    return answer


def _draft(where: str, line: bytes) -> Draft:
    try:
        said = orjson.loads(line)
        if not isinstance(said, dict) or len({"text", "probabilities"} & set(said)) != 1:
            raise UsageError(f'fakeserver: {where} needs either "text" or "probabilities".')
        return oracle.checked(said.get("text", said.get("probabilities")), where)
    except (orjson.JSONDecodeError, Refused) as error:
        raise UsageError(f"fakeserver: {where} is no answer: {error}.") from error
