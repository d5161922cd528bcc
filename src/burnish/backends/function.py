"""A user's own function as the model: ``burnish.enhance(src, out, backend=FunctionBackend(judge))``.

`judge(request)` may return a number (score on the criterion's scale), a text (rewrite, reason or caption), None (it
abstains), or one of our replies. Where a request is `blind`, its picture is white. On the command line: ``--backend
package.module:judge``, the function's argument being called `request` or annotated as one, or ``--backend
package.module:factory``, the factory taking the options.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import CodeType
from typing import TypeAlias

import numpy as np

from burnish import edits
from burnish.criteria import SCALE
from burnish.errors import UsageError
from burnish.values import (
    AssessRequest,
    CaptionRequest,
    Draft,
    ExplainRequest,
    Failure,
    JointReply,
    JointRequest,
    Reply,
    Request,
    RewriteRequest,
    Score,
    State,
)

Answer: TypeAlias = float | int | str | Reply | None


def is_judge(thing: object) -> bool:
    """Whether `thing` is a function of one request, and no factory, by its signature: the only argument it needs is
    called `request` or annotated as one of our requests.
    """
    if not callable(thing) or isinstance(thing, type):
        return False
    try:
        parameters = inspect.signature(thing).parameters.values()
    except ValueError:  # some functions written in C have none
        return False
    needed = [p for p in parameters if p.default is p.empty and p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}]
    if len(needed) != 1 or needed[0].kind is inspect.Parameter.KEYWORD_ONLY:
        return False
    annotation = needed[0].annotation
    named = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    return needed[0].name == "request" or named.rpartition(".")[2].endswith("Request")


class FunctionBackend:
    """Calls one function per request, in order, in this process."""

    def __init__(self, judge: Callable[[Request], Answer], *, name: str = "", side_px: int = 384) -> None:
        """`name` stands for the function in the plan's fingerprint: change it when the function's answers change.
        Without one its code, its defaults and plain values it closes over do; what it calls or loads does not count.
        """
        if not callable(judge):
            raise UsageError(
                "the backend 'function' needs a function, which only Python can give it.\n"
                "On the command line name a factory of your own: --backend package.module:factory"
            )
        self._judge = judge
        self.side_px = side_px
        self.identity = name or _identity(judge)

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request. What it raises ends the run: a wrong judge must not look like low scores."""
        return [_reply(request, self._judge(_shown(request))) for request in requests]


def _identity(judge: Callable[[Request], Answer]) -> str:
    """Another function is another model, also under the same name: every lambda has one."""
    called = f"function:{judge.__module__}.{getattr(judge, '__qualname__', type(judge).__name__)}"
    function = judge if inspect.isroutine(judge) else type(judge).__call__
    code = getattr(function, "__code__", None)
    if code is None:
        return called
    values = (*(getattr(function, "__defaults__", None) or ()), *inspect.getclosurevars(function).nonlocals.values())
    plain = [value for value in values if _is_plain(value)]
    told = f"{_told(code)}{plain!r}"
    return f"{called}:{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _told(code: CodeType) -> str:
    """What a function does, without where it stands."""
    constants = [
        _told(one) if isinstance(one, CodeType) else sorted(map(repr, one)) if isinstance(one, frozenset) else repr(one)
        for one in code.co_consts
    ]
    return f"{code.co_code.hex()}{code.co_names}{constants}"


def _is_plain(value: object) -> bool:
    """Whether its repr is the same in every process."""
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (str, bytes, int, float))


def _shown(request: Request) -> Request:
    """What the judge may see: one that does not know of blind requests must not look at the picture either."""
    if not (isinstance(request, AssessRequest) and request.blind):
        return request
    return replace(request, picture=replace(request.picture, rgb=np.full_like(request.picture.rgb, 255)))


def _reply(request: Request, answer: Answer) -> Reply:
    if isinstance(answer, Score | Draft | JointReply | Failure):
        return _fitting(request, answer)
    if isinstance(answer, bool):
        return Failure(state=State.UNPARSABLE, detail=f"{answer!r} is neither a score nor a text")
    if isinstance(request, JointRequest):
        return Failure(state=State.UNPARSABLE, detail=f"a joint answer must be a JointReply, got {answer!r}"[:200])
    if isinstance(request, AssessRequest):
        return _score(request.criterion, answer)
    if answer is None and isinstance(request, ExplainRequest | CaptionRequest):
        return Failure(state=State.ABSTAINED, detail="the function returned None")
    return _draft(request.text, answer)


def _fitting(request: Request, answer: Reply) -> Reply:
    """A reply of ours that the judge made, if it answers this request and is sound."""
    if isinstance(answer, Failure):
        return answer
    wanted = {AssessRequest: Score, JointRequest: JointReply}.get(type(request), Draft)
    if not isinstance(answer, wanted):
        return Failure(state=State.UNPARSABLE, detail=f"a {wanted.__name__} was asked for, got {answer!r}"[:200])
    if isinstance(answer, Score) and answer.value is not None and not SCALE[0] <= answer.value <= SCALE[-1]:
        return Failure(state=State.OUT_OF_RANGE, detail=f"{answer.value!r} is not in {SCALE[0]}..{SCALE[-1]}")
    if isinstance(answer, Draft) and isinstance(request, RewriteRequest) and answer.edits:
        return answer if _reproduced(request.text, answer) else Draft(text=answer.text)
    return answer


def _reproduced(text: str, draft: Draft) -> bool:
    try:
        return edits.apply(text, draft.edits) == draft.text
    except ValueError:
        return False


def _draft(text: str, answer: str | float | None) -> Reply:
    if answer is None or isinstance(answer, str):
        return Draft(text=text if answer is None else answer)
    return Failure(state=State.UNPARSABLE, detail=f"a rewrite, reason or caption must be a text, got {answer!r}"[:200])


def _score(criterion: str, answer: str | float | None) -> Reply:
    if answer is None:
        return Failure(state=State.ABSTAINED, detail="the function returned None")
    if isinstance(answer, str):
        return Failure(state=State.UNPARSABLE, detail=f"a score must be a number, got {answer!r}"[:200])
    if not SCALE[0] <= answer <= SCALE[-1]:
        return Failure(state=State.OUT_OF_RANGE, detail=f"{answer!r} is not in {SCALE[0]}..{SCALE[-1]}")
    return Score(criterion=criterion, value=round(float(answer), 4), confidence=1.0)


BACKEND = FunctionBackend
