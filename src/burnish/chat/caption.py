"""A new caption in a format: the task for a chat model, and what is read from its answer.

The lengths are asked for in words, which models count better than tokens. What a stranger wrote stands in marked JSON
(the pair's text, writing read in the picture, and the model's own last answer, which may have copied either); what is
wrong with the last answer is said in our own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import cast

from burnish import edits, formats, replies
from burnish.chat import Part, Prompt, Write, Written, naming, render
from burnish.chat.marking import marked, unmarked
from burnish.formats import Format
from burnish.values import CaptionRequest, Draft, Edit, Failure, Json, Reply

REFUTED = "refuted"
ASIDE = "not_about_image"
WHY = {REFUTED: "the image refutes it", ASIDE: "not about the image"}
"""Why a model may leave something of the pair's text out: its answers, and what they are in a caption's edits."""

MAX_DROPPED = 12
MAX_DROPPED_CHARS = 80
_CHARS_PER_TOKEN = 10
"""High on purpose: it only ends an answer that would never end. English has about 5."""
_LEAST_CHARS = 600
"""Where a server does not hold a model to the schema, a caption that is far too long should still be read: it can be
cut.
"""
_LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese"}


def write(request: CaptionRequest) -> Write:
    """The task of one caption. Raises `UsageError` for a format that does not exist."""
    form = formats.load(request.format)
    about = (request.format, request.version, request.text, *request.evidence, request.wrong, request.last)
    named = render.nonce(request.picture, "caption", *about, str(request.variant), *chain(*request.names))
    limit = max(form.max_tokens * _CHARS_PER_TOKEN, _LEAST_CHARS)
    properties: dict[str, Json] = {"caption": {"type": "string", "maxLength": limit}}
    given = bool(request.text or request.names)
    if given:
        properties["dropped"] = _dropped()
        limit += MAX_DROPPED * MAX_DROPPED_CHARS
    question = "\n".join((*_question(form, request), _answer(named, fused=given)))
    asked = Prompt(system=render.SYSTEM, user=(request.picture, *_data(request), question))
    return Write(
        prompt=render.told(naming.told(asked, request.names, may_drop=True), request.evidence),
        schema=render.schema(named, **properties),
        nonce=named,
        max_tokens=limit // render.CHARACTERS_PER_TOKEN + render.SPARE_TOKENS,
        temperature=render.VARIED if request.variant else 0.0,
        seed=request.variant,
    )


def read(request: CaptionRequest, task: Write, written: Written) -> Reply:
    """The caption as a `Draft`, its edits being what was left out of the pair's text (of a format that does not see
    it: of the names) and why; a failure if the answer is none.
    """
    found = replies.read_object(written.text, task.schema, cut=written.cut)
    if isinstance(found, Failure):
        return found
    dropped = cast("list[dict[str, str]]", found.get("dropped", []))
    given = request.text or "\n".join(first for first, *_ in request.names)
    return Draft(text=unmarked(str(found["caption"])).strip(), edits=tuple(_edits(given, dropped)))


def _data(request: CaptionRequest) -> Iterator[Part]:
    """What strangers wrote, each under a word by which the question speaks of it."""
    if request.text:
        yield f"CAPTION {marked(request.text)}"
    if request.wrong:
        yield f"LAST {marked(request.last)}"
        missing = edits.lost(request.text, request.last) if request.text else ()
        if missing:
            yield f"MISSING {marked(' / '.join(missing))}"


def _question(form: Format, request: CaptionRequest) -> Iterator[str]:
    least, most = form.words
    sentences = _range(form.min_sentences, form.max_sentences, "sentence")
    language = f" in {_LANGUAGES.get(form.language, form.language)}" if form.language else ""
    yield "Write a new caption for the image, as training data."
    yield form.instruction
    yield f"Write {least} to {most} words in {sentences}{language}."
    yield from (constraint.told for constraint in form.constraints)
    yield (
        "Begin with what is to be seen, not with 'The image shows' or 'Here is'. Plain sentences only: no list, no "
        "heading, no markup, no web address, nothing about yourself or this task. Never say the same twice."
    )
    if request.text:
        yield (
            "Every name, number and quotation of CAPTION has to stand in your caption as it is spelt there. Only what "
            "the image clearly refutes, or what is not about the image at all, is left out: then list it under "
            f"dropped, word for word, with the reason ({REFUTED} or {ASIDE}). What the image neither shows nor refutes "
            "stays."
        )
    if form.examples:
        yield f"Examples of the form, not of what to say: {' | '.join(form.examples)}"
    if request.wrong:
        yield (
            "LAST is your last answer; MISSING, if there, is what it leaves out of CAPTION; both marked like CAPTION. "
            f"What is wrong with it: {request.wrong}. Write it anew."
        )


def _answer(nonce: str, *, fused: bool) -> str:
    dropped = f', "dropped": [{{"text": "...", "why": "{REFUTED}"}}]' if fused else ""
    return f'Answer with JSON: {{"id": "{nonce}", "caption": "..."{dropped}}}'


def _dropped() -> dict[str, Json]:
    part: dict[str, Json] = {
        "type": "object",
        "properties": {
            "text": {"type": "string", "maxLength": MAX_DROPPED_CHARS},
            "why": {"enum": list(WHY)},
        },
        "required": ["text", "why"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": part, "maxItems": MAX_DROPPED}


def _edits(text: str, dropped: list[dict[str, str]]) -> Iterator[Edit]:
    """What was left out of `text`, step by step: what is listed and does not stand there counts for nothing."""
    for part in dropped:
        wanted = unmarked(part["text"]).strip()
        found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text, re.IGNORECASE) if wanted else None
        if found is None:
            continue
        yield Edit(start=found.start(), before=found[0], after="", why=WHY[part["why"]], junk=part["why"] == ASIDE)
        text = text[: found.start()] + text[found.end() :]


def _range(least: int, most: int, noun: str) -> str:
    count = str(least) if least == most else f"{least} to {most}"
    return f"{count} {noun}" if most == 1 else f"{count} {noun}s"
