"""What a caption says, taken apart: atomic claims, each checked for itself against the truth or against the image.

A `Splitter` finds the claims of a caption, a `Checker` gives each a verdict. The splitter here goes by rules for
English (`burnish.claims.rules`); a model could do it better behind the same protocol. Checkers: known truth
(`burnish.scenes.checker`), and any backend, one question a claim (`burnish.claims.asking`, after T2I-Eval's decomposed
assessment).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from burnish.claims.lexicon import plural


class Kind(StrEnum):
    """What sort of thing a claim says."""

    EXISTENCE = "existence"
    ATTRIBUTE = "attribute"
    COUNT = "count"
    RELATION = "relation"
    TEXT = "text"


class Verdict(StrEnum):
    """What became of a claim. Unknown is not refuted: nobody could say."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


PICTURE = "picture"
"""What a place is relative to: the dog is at the left *of the picture*."""

Key: TypeAlias = tuple[Kind, str, str, str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing a caption says, that can be true or false by itself.

    `subject` and `other` are singular nouns in lower case. `value` is the attribute ("red"), the number in digits, the
    relation ("left of", "above"; of the picture: "top left"), or the text that is said to be read. `start`, `stop`:
    the smallest part of the caption that says it, and so what a rewrite may touch if it is wrong: the adjective, the
    number, the relation's words, the quotation, for existence the whole noun phrase. 0, 0: it is in no caption.
    """

    kind: Kind
    subject: str
    value: str = ""
    other: str = ""
    negated: bool = False
    start: int = 0
    stop: int = 0

    @property
    def key(self) -> Key:
        """What is claimed, wherever it stands."""
        return self.kind, self.subject, self.value.casefold(), self.other, self.negated

    @property
    def sentence(self) -> str:
        """The claim as a sentence of its own; of a denial, what it denies."""
        says = _SENTENCES[self.kind if self.other != PICTURE else None]
        one = self.value == "1"
        words = {"subject": self.subject, "value": self.value, "other": self.other}
        words |= {"a": _article(self.subject), "are": "is" if one else "are"}
        words |= {"counted": self.subject if one else plural(self.subject)}
        return says.format_map(words)

    @property
    def statement(self) -> str:
        """What is claimed, as a sentence: a denial says that it is one."""
        return f"Not so: {self.sentence}" if self.negated else self.sentence


_SENTENCES = {
    Kind.EXISTENCE: "There is {a} {subject}.",
    Kind.ATTRIBUTE: "The {subject} is {value}.",
    Kind.COUNT: "There {are} exactly {value} {counted}.",
    Kind.RELATION: "The {subject} is {value} the {other}.",
    Kind.TEXT: 'There is the text "{value}".',
    None: "The {subject} is at the {value} of the picture.",
}


def _article(noun: str) -> str:
    return "an" if noun[:1] in {"a", "e", "i", "o", "u"} else "a"


class Splitter(Protocol):
    """Takes a caption apart."""

    def __call__(self, text: str) -> tuple[Claim, ...]:
        """The different claims of `text` in order of place, with spans inside it. Any text at all is allowed."""
        ...


class Checker(Protocol):
    """Knows, or finds out, whether claims hold for one picture."""

    def __call__(self, claims: Sequence[Claim]) -> list[Verdict]:
        """One verdict a claim, same order."""
        ...
