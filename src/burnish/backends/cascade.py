"""Two models in a row: a cheap one for every pair, a dear one only where the cheap one is unsure or sees a bad pair.

Options: ``first`` (default builtin), ``then`` (needed), ``sure`` (0..1, default 0.5: so confident must the first be of
its overall score), ``below`` (1..5, default 3: under this the pair will be rewritten, so the dear model decides; a
backend does not see the plan, so another ``rewrite.below`` has to be said here too), and the models' own options as
``first.KEY`` and ``then.KEY``. A rewrite on the first model's word alone is warned of, once. Rewrites, reasons, and all
scores that rewrites are compared with come from the dear model alone; a score without the picture from the one that
gave the score with it. ``burnish eval cascade`` shows what other values save and change.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from burnish import plan
from burnish.backends import load
from burnish.chat import Metered
from burnish.criteria import SCALE
from burnish.errors import UsageError
from burnish.protocols import Backend
from burnish.usage import Usage
from burnish.values import AssessRequest, Reply, Request, RewriteRequest, Score

_OWN = ("first", "then", "sure", "below")
_FIRST = "builtin"
_DECIDES = "overall"
_LOG = logging.getLogger("burnish")


class CascadeBackend:
    """A `Backend` over two others."""

    def __init__(self, first: Backend, then: Backend, *, sure: float, below: float) -> None:
        """`sure` in 0..1, `below` on the scale."""
        self._first = first
        self._then = then
        self._sure = sure
        self._below = below
        self._alone: set[tuple[int, str]] = set()
        self._warned = False
        self.side_px = max(first.side_px, then.side_px)
        self.can_fuse: bool = getattr(then, "can_fuse", True)
        self.can_caption: bool = getattr(then, "can_caption", True)
        self.can_check: bool = getattr(then, "can_check", True)
        self.can_rewrite: bool = getattr(then, "can_rewrite", True)
        self.identity = f"cascade({first.identity},{then.identity},sure={sure:g},below={below:g})"

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request, in order."""
        cheap = {at: r for at, r in enumerate(requests) if isinstance(r, AssessRequest) and not r.again}
        replies = dict(zip(cheap, self._first.answer(list(cheap.values())), strict=True))
        settled = self._settled(list(cheap.values()), list(replies.values()))
        self._alone = settled if cheap else self._alone
        self._warn(requests)
        dear = [at for at, request in enumerate(requests) if at not in replies or _pair(request) not in settled]
        replies |= dict(zip(dear, self._then.answer([requests[at] for at in dear]), strict=True))
        return [replies[at] for at in range(len(requests))]

    def _warn(self, requests: Sequence[Request]) -> None:
        """Say once if texts are to be rewritten that only the first model has judged, of what was scored last."""
        rewrites = (each for each in requests if isinstance(each, RewriteRequest) and not each.refuted)
        if not self._warned and any(_pair(each) in self._alone for each in rewrites):
            self._warned = True
            _LOG.warning(
                "captions are rewritten that the cascade's first model alone has judged: from %g up its sure overall "
                "scores stand, and the plan rewrites above that. For the second model to decide there: "
                "--set backend_options.below=N, as high as rewrite.below",
                self._below,
            )

    def _settled(self, asked: Sequence[AssessRequest], replies: Sequence[Reply]) -> set[tuple[int, str]]:
        """The pairs whose scores are the first model's. It is asked again for what decides where that is not among the
        requests: of blind ones, or because a purse or a journal lets only some of a pair's questions through.
        """
        decided = {
            _pair(request): reply
            for request, reply in zip(asked, replies, strict=True)
            if request.criterion == _DECIDES and not request.blind
        }
        missing = {_pair(r): replace(r, criterion=_DECIDES, blind=False) for r in asked if _pair(r) not in decided}
        decided |= zip(missing, self._first.answer(list(missing.values())), strict=True)
        return {pair for pair, reply in decided.items() if self._settles(reply)}

    def _settles(self, reply: Reply) -> bool:
        """Whether the first model's overall score needs no second opinion."""
        return (
            isinstance(reply, Score)
            and reply.value is not None
            and reply.value >= self._below
            and reply.confidence >= self._sure
        )


class MeteredCascade(CascadeBackend):
    """A cascade whose answers cost something."""

    def usage(self) -> Usage:
        """What the two have been used for so far; a model that costs nothing counts nothing."""
        used = [model.usage() for model in (self._first, self._then) if isinstance(model, Metered)]
        return sum(used, start=Usage())


def over(first: Backend, then: Backend, *, sure: float, below: float) -> CascadeBackend:
    """The cascade of the two: metered if one of them is."""
    kind = MeteredCascade if isinstance(first, Metered) or isinstance(then, Metered) else CascadeBackend
    return kind(first, then, sure=sure, below=below)


def make(options: Mapping[str, str]) -> CascadeBackend:
    """Made by name. Raises `UsageError` for what is missing or unknown."""
    unknown = sorted(key for key in options if key not in _OWN and key.partition(".")[0] not in {"first", "then"})
    if unknown:
        raise UsageError(f"backend cascade has no option {unknown[0]!r}. Options: {', '.join(_OWN)}, first.*, then.*")
    if "then" not in options:
        raise UsageError(
            "backend cascade needs the second model's name.\nExample: --set backend_options.then=openai "
            "--set backend_options.then.model=NAME"
        )
    return over(
        load(options.get("first", _FIRST), _own("first.", options)),
        load(options["then"], _own("then.", options)),
        sure=_number("sure", options.get("sure", "0.5"), 0, 1),
        below=_number("below", options.get("below", "3"), SCALE[0], SCALE[-1]),
    )


def how_options(options: Mapping[str, str]) -> frozenset[str]:
    """Those of `options` that cannot change an answer: what the two models say of theirs."""
    named = {"first.": options.get("first", _FIRST), "then.": options.get("then", "")}
    return frozenset(
        prefix + key for prefix, name in named.items() for key in plan.how_options(name, _own(prefix, options))
    )


def _own(prefix: str, options: Mapping[str, str]) -> dict[str, str]:
    """The options of one of the two models."""
    return {key.removeprefix(prefix): value for key, value in options.items() if key.startswith(prefix)}


def _number(name: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise UsageError(f"cascade's option {name} must be {low:g} to {high:g}, not {text!r}.")
    return value


def _pair(request: Request) -> tuple[int, str]:
    return id(request.picture), request.text


BACKEND = make
