"""Whether a caption is what its format asks for, why not, and what can be saved of one that is too long.

Everything is decided by rule, in the tokenizer of the model that will be trained on the captions. What is wrong is said
in our own words: they go back to the model, and nothing that a stranger wrote may get into an instruction that way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from burnish import edits, evidence, guards, sentences
from burnish.entities.survival import Names, stands
from burnish.formats import Format
from burnish.injection import orders
from burnish.tokens import Tokenizer
from burnish.values import Draft

ECHO_SHARE = 0.15
"""A caption of which less than that differs from the text it was to be fused with adds nothing from the image."""

_MARKUP = re.compile(
    r"^[ \t]*(?:[-*•#>|]|\d{1,2}[.)])[ \t]|\*\*|__|```|\[[^\]\n]*\]\(|</?[a-z][^>\n]*>|<\||[{}]", re.MULTILINE
)
_ADDRESS = re.compile(r"[@/.]")
_GUARDED = {
    "refusal": "it refuses instead of describing the image",
    "echo": "it repeats words of the task",
    "loop": "it says the same again and again",
    "boilerplate_opening": "it opens with a phrase about the image or the task instead of what the image shows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong: a word for verdicts and counts, and a sentence for the model."""

    name: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What stood beside the picture: the pair's text, "" if it was not shown; the writing read in the picture, None if
    nobody looked; the names that have to stand in the caption.
    """

    text: str = ""
    writing: tuple[str, ...] | None = None
    names: Names = field(default_factory=Names)


@dataclass(frozen=True, slots=True)
class Contract:
    """A format in a consumer's tokenizer."""

    format: Format
    tokenizer: Tokenizer

    def flaws(self, draft: Draft, given: Given) -> tuple[Flaw, ...]:
        """Everything that is wrong with a draft; nothing for a caption that keeps its format."""
        if not draft.text.strip():
            return (Flaw(name="empty", told="it is empty"),)
        text = tidied(draft.text)
        return (*_harm(draft.text, given), *self._shape(text), *self._content(text, draft, given))

    def trimmed(self, draft: Draft, given: Given) -> Draft | None:
        """The draft's longest beginning of whole sentences that keeps the format, None if there is none or it may not
        be cut.
        """
        parts = sentences.split(tidied(draft.text)) if self.format.may_trim else []
        for count in range(len(parts) - 1, 0, -1):
            shorter = replace(draft, text="".join(parts[:count]).rstrip())
            if not self.flaws(shorter, given):
                return shorter
        return None

    def _shape(self, text: str) -> Iterator[Flaw]:
        """Length, sentences, end."""
        form, tokens, count = self.format, self.tokenizer.count(text), len(sentences.split(text))
        if tokens > form.max_tokens:
            yield Flaw(name="too_long", told=f"it has {tokens} tokens, at most {form.max_tokens} are allowed")
        if tokens < form.min_tokens:
            yield Flaw(name="too_short", told=f"it has {tokens} tokens, at least {form.min_tokens} are needed")
        if not form.min_sentences <= count <= form.max_sentences:
            wanted = f"{form.min_sentences} to {form.max_sentences}"
            yield Flaw(name="sentences", told=f"it has {count} sentences, {wanted} are wanted")
        if form.full_stop and not sentences.finished(text):
            yield Flaw(name="unfinished", told="it breaks off before the end of a sentence")

    def _content(self, text: str, draft: Draft, given: Given) -> Iterator[Flaw]:
        if self.format.language and guards.foreign(text, self.format.language):
            yield Flaw(name="language", told=f"it is not in the language {self.format.language!r}")
        if given.writing is not None and evidence.unread(given.text, text, given.writing):
            yield Flaw(name="writing_not_in_image", told="it quotes writing that cannot be read in the image")
        dropped = tuple(edit.before for edit in draft.edits)
        if given.text:
            yield from _fused(text, dropped, given)
            yield from _read_after_all(draft, given)
        if given.names:
            yield from _named(text, dropped, given)
        for constraint in self.format.constraints:
            if wrong := constraint.test(text):
                yield Flaw(name=constraint.name, told=wrong)


def tidied(text: str) -> str:
    """`text` as it is written down: one line, single spaces."""
    return " ".join(text.split())


def _harm(raw: str, given: Given) -> Iterator[Flaw]:
    """What no caption may be, of whatever format."""
    if flaw := guards.flaw("", raw):
        yield Flaw(name=flaw, told=_GUARDED.get(flaw, f"it runs into the guard {flaw!r}"))
    if _MARKUP.search(raw):
        yield Flaw(name="markup", told="it has a list, a heading or markup; plain sentences are wanted")
    if orders(raw):
        yield Flaw(name="injection", told="it gives orders to its reader")
    if any(_ADDRESS.search(fact) for fact in edits.new_facts(given.text, raw, "\n".join(given.writing or ()))):
        yield Flaw(name="address", told="it has a web or mail address")


def _fused(text: str, dropped: tuple[str, ...], given: Given) -> Iterator[Flaw]:
    """What is wrong with a caption into which the pair's text was to go (see `burnish.formats.Format.sees_text`)."""
    refuted = _said("\n".join(dropped))
    lost = [part for part in edits.lost(given.text, text) if not given.names.covers(part, given.text)]
    missing = [part for part in lost if _said(part) not in refuted]
    if missing:
        told = f"it leaves out {len(missing)} names, numbers or quotations of CAPTION that it does not list as dropped"
        yield Flaw(name="facts_lost", told=told)
    if any(_said(part) in _said(text) for part in dropped):
        yield Flaw(name="dropped_and_said", told="it says what it lists as dropped")
    if edits.changed_share(given.text, text) < ECHO_SHARE:
        yield Flaw(name="echo", told="it repeats CAPTION and adds nothing that the image shows")


def _read_after_all(draft: Draft, given: Given) -> Iterator[Flaw]:
    """A quotation that the model calls refuted, though it was read in the picture."""
    refuted = {_said(edit.before) for edit in draft.edits if not edit.junk}
    quoted = [quote for quote in evidence.claims(given.text) if _said(quote) in refuted]
    if given.writing and any(evidence.says(given.writing, quote) for quote in quoted):
        yield Flaw(name="read_but_dropped", told="it lists a quotation as refuted that can be read in the image")


def _named(text: str, dropped: tuple[str, ...], given: Given) -> Iterator[Flaw]:
    """What is wrong with a caption that has to say names: only those that it lists as dropped may be left out."""
    names, listed = given.names, "\n".join(dropped)
    missing = [entity for entity in names.missing(text) if not stands(entity, listed)]
    if missing:
        yield Flaw(
            name="name_lost", told=f"it leaves out {len(missing)} of the NAMEs and does not list them as dropped"
        )
    known = "\n".join((given.text, *(given.writing or ()), names.spelt))
    if foreign := names.foreign(known, text, alike=True):
        yield Flaw(name="foreign_name", told=f"it has {len(foreign)} names in place of the NAMEs that were given")
    if not given.text and any(_said(part) in _said(text) for part in dropped):
        yield Flaw(name="dropped_and_said", told="it says what it lists as dropped")


def _said(text: str) -> str:
    """The words of `text`, to be looked for in other words; lines do not run into each other."""
    return "\n".join(f" {' '.join(edits.words(line))} " for line in text.splitlines())
