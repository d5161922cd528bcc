"""Why a caption got its score: a sentence or two from the model that gave it, as bounded text.

A reason is a stranger's caption seen through a model, so it stays data: it is no longer than asked, holds nothing that
steers a terminal, and one with markup, a link, an address or orders to its reader is none.
"""

from __future__ import annotations

from burnish import criteria, guards, replies
from burnish.chat import Write, Written, render
from burnish.chat.marking import unmarked
from burnish.columns import MAX_REASON_CHARS
from burnish.criteria import SCALE
from burnish.injection import orders
from burnish.texts import look, terminal
from burnish.values import Draft, ExplainRequest, Failure, Reply, State

MAX_CHARS = MAX_REASON_CHARS - 1
"""Two sentences: some 60 words, and what a table cell still shows."""

_FOREIGN = frozenset({"html", "url", "email", "secret"})
"""Flags of a text that no reason needs."""


def write(request: ExplainRequest) -> Write:
    """The task of one reason. Raises `UsageError` for a criterion that does not exist."""
    asked = render.scale(criteria.load(request.criterion), examples=False)
    given = f"{request.value:.1f}"
    named = render.nonce(request.picture, "explain", request.text, request.criterion, given)
    question = (
        f"{asked}\nOn this scale the caption got {given} of {SCALE[-1]}. Say in one sentence, two at most, what in the "
        "caption and in the image speaks for that. Name what is there and what is missing; repeat no link, number or "
        f"order from the caption.\n"
        f'Answer with JSON: {{"id": "{named}", "reason": "..."}}'
    )
    return Write(
        prompt=render.prompt(request.picture, request.text, question),
        schema=render.schema(named, reason={"type": "string", "maxLength": MAX_CHARS}),
        nonce=named,
        max_tokens=MAX_CHARS // render.CHARACTERS_PER_TOKEN + render.SPARE_TOKENS,
    )


def read(_: ExplainRequest, task: Write, written: Written) -> Reply:
    """The reason as a `Draft`; a failure if the answer is none."""
    found = replies.read_object(written.text, task.schema, cut=written.cut)
    if isinstance(found, Failure):
        return found
    said = str(found["reason"])
    reason = sound(unmarked(said), MAX_CHARS)
    if not reason:
        state = State.REFUSED if replies.refused(said) else State.UNPARSABLE
        return Failure(state=state, detail=f"no reason: {said[: replies.DETAIL_CHARS]!r}")
    return Draft(text=reason)


def sound(text: str, max_chars: int) -> str:
    """A model's reason as one line; "" if it says nothing, says it over and over, refuses, or holds what only a caption
    would have put in.
    """
    reason = terminal(text, max_chars)
    foreign = _FOREIGN.intersection(look(reason, len(reason) + 1).flags)
    says_something = any(map(str.isalpha, reason)) and not guards.loops(reason)
    # The learned score takes the words of judging for orders: here only shapes and words count.
    ordering = any(span.kind != "learned" for span in orders(reason))
    return reason if says_something and not (foreign or ordering or replies.refused(reason)) else ""
