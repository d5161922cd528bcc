"""Answers given by a function of the user's own: ``--oracle module:function``.

It is called with the `ChatRequest` (messages, images as bytes, text, system, structure) and returns a text, or a
mapping of answers to probabilities. What it raises reaches the client as status 500.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.fakeserver.answers import Answerer, Draft
from burnish.fakeserver.chat import ChatRequest, Refused
from burnish.fakeserver.draws import Draw
from burnish.fakeserver.settings import Settings


def MODE(settings: Settings) -> Answerer:  # noqa: N802 - the name all modes have
    """Answers by the user's function; raises `UsageError` if there is none."""
    if ":" not in settings.oracle:
        raise UsageError("fakeserver: mode oracle needs a function.\nExample: --oracle my_truth:answer")
    function = discovery.load("oracles", settings.oracle)
    if not callable(function):
        raise UsageError(f"fakeserver: {settings.oracle} is no function.")

    def answer(request: ChatRequest, draw: Draw) -> Draft:  # noqa: ARG001 - an oracle knows, it does not guess
        try:
            found = cast(Callable[[ChatRequest], object], function)(request)
        except Exception as error:  # it is the user's code: whatever it raises, the client is told
            raise Refused(500, f"the oracle raised {type(error).__name__}: {error}", kind="server_error") from error
        return checked(found, "the oracle")

    return answer


def checked(found: object, who: str) -> Draft:
    """`found` as a draft; raises `Refused` (500) if it is none."""
    if isinstance(found, str):
        return found
    if isinstance(found, Mapping) and found and all(_is_share(p) for p in found.values()):
        shares = {str(answer): float(p) for answer, p in found.items()}
        if math.fsum(shares.values()) <= 1 + 1e-9 and all(shares):
            return shares
    message = f"{who} gave {found!r}, not a text or answers with probabilities of at most 1 in all"
    raise Refused(500, message[:500], kind="server_error")


def _is_share(p: object) -> bool:
    return isinstance(p, int | float) and not isinstance(p, bool) and 0 <= p <= 1
