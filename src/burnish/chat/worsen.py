"""Captions that are worse on purpose: all words with which a chat model is asked to write one, and how it is read.

For training data, where a judge has to tell a good caption from one that differs from it in a single respect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from burnish import replies
from burnish.chat import Write, Written, render
from burnish.chat.marking import unmarked
from burnish.values import Draft, Failure, Picture, Reply, State

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "object": "Exchange one thing that the caption names for another one of its sort that is not in the image.",
        "attribute": "Give one thing of the caption a colour, size, material or state that the image clearly refutes.",
        "count": "Change how many there are of one thing, so that counting in the image refutes it.",
        "relation": "Change where one thing is, or what it does to another, so that the image refutes it.",
        "text": "Change what writing in the image says, or claim writing that is not there.",
        "language": "Keep what is said, but word it badly: broken grammar, words out of place, an unfinished end.",
    }
)
"""What is to be wrong, by name."""

_TASK = (
    "This caption fits the image. Write a worse one, as a test for a judge of captions. {fault} Change nothing else: "
    "keep the length, the style and the language, bring in no more words than that needs, and do not say that anything "
    "was changed. If that cannot be done for this caption and this image, give the caption back as it is."
)
_SPARE_CHARS = 96
"""A worse caption is about as long: so many characters more are enough for another thing or a quotation."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorsenRequest:
    """Ask for a caption of `picture` that is like `text` and worse in one respect, a name of `FAULTS`. The reply is a
    `Draft`; one equal to `text` says that it cannot be done.
    """

    picture: Picture
    text: str
    fault: str


def write(request: WorsenRequest) -> Write:
    """The task of one worse caption."""
    limit = len(request.text) + _SPARE_CHARS
    named = render.nonce(request.picture, "worsen", request.text, request.fault)
    task = _TASK.format(fault=FAULTS[request.fault])
    question = f'{task}\nAnswer with JSON: {{"id": "{named}", "caption": "..."}}'
    return Write(
        prompt=render.prompt(request.picture, request.text, question),
        schema=render.schema(named, caption={"type": "string", "maxLength": limit}),
        nonce=named,
        max_tokens=limit // render.CHARACTERS_PER_TOKEN + render.SPARE_TOKENS,
    )


def read(task: Write, written: Written | Failure) -> Reply:
    """The caption in the answer; a failure if there is none."""
    if isinstance(written, Failure):
        return written
    found = replies.read_object(written.text, task.schema, cut=written.cut)
    if isinstance(found, Failure):
        return found
    text = unmarked(str(found["caption"])).strip()
    if replies.refused(text):
        return Failure(state=State.REFUSED, detail=text[: replies.DETAIL_CHARS])
    return Draft(text=text)


@cache
def version() -> str:
    """Digest of every word that a model can be given here: part of what a teacher is known by."""
    import numpy as np

    dot = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")
    return render.version(write(WorsenRequest(picture=dot, text="a cat", fault=fault)).prompt for fault in FAULTS)
