"""From a sentence to tokens and noun phrases, each with its place in the caption."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from burnish.claims.lexicon import (
    ADJECTIVE_WORDS,
    ADVERBS,
    CONJUNCTIONS,
    DETERMINERS,
    FRAME,
    LY_NOUNS,
    NEGATING_ADVERBS,
    NEGATIONS,
    NUMBERS,
    PREPOSITIONS,
    PRONOUNS,
    VERBS,
    singular,
)


class Tag(Enum):
    """What a token is."""

    DETERMINER = 1
    NEGATION = 2
    NUMBER = 3
    ADJECTIVE = 4
    NOUN = 5
    VERB = 6
    ADVERB = 7
    NOT = 8
    CONJUNCTION = 9
    PREPOSITION = 10
    PRONOUN = 11
    RELATION = 12
    PLACE = 13
    QUOTE = 14
    MARK = 15


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `text` in lower case (of a quotation, what is quoted, as it is), and where it stands."""

    tag: Tag
    text: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: tokens `first` to `last` (exclusive) of its sentence. `noun` is singular."""

    first: int
    last: int
    start: int
    stop: int
    noun: str
    number: Token | None
    adjectives: tuple[Token, ...]
    negated: bool

    @property
    def framing(self) -> bool:
        """Whether it speaks of the picture ("the image", "the left half")."""
        return self.noun.rpartition(" ")[2] in FRAME


_PLACES = r"(?:top|upper|bottom|lower|left|right|center|centre|middle)"
_PARTS = r"(?:side|half|corner|part|area|edge|third)"
_FRAMES = r"(?:the|this)\s+(?:picture|image|drawing|illustration|photo|photograph|scene)\b"
# `rest` is taken whole or not at all. A possessive quantifier would say so, but Python 3.11.2 gets it wrong here.
_TOKEN = re.compile(
    r"(?P<quote>\"[^\"\n]{1,120}\"|\u201c[^\u201d\n]{1,120}\u201d)"
    rf"|(?P<place>\b(?:(?:at|on|in|to|near|towards?)\s+the\s+{_PLACES}"
    rf"(?=(?P<rest>(?:[\s-]{{1,3}}{_PLACES})?(?:[\s-]hand)?(?:\s+{_PARTS})?))(?P=rest)\b"
    rf"(?!\s+of\s+(?!{_FRAMES}))|the\s+{_PLACES}\s+{_PARTS}(?=\s+of\s+{_FRAMES})))"
    r"|(?P<relation>\b(?:(?:(?:to|on|at)\s+the\s+)?(?:left|right)(?:[\s-]hand)?\s+(?:side\s+)?of|above|over|higher\s+than|further\s+(?:up|down)\s+than|below"
    r"|under|underneath|beneath|lower\s+than|next\s+to|close\s+to|adjacent\s+to|beside|near|alongside|behind"
    r"|in\s+front\s+of|on\s+top\s+of|inside|on|in)\b)"
    r"|(?P<word>[^\W\d_]+(?:['\u2019-][^\W\d_]+)*)|(?P<number>\d+)|(?P<mark>[,;:()])",
    re.IGNORECASE,
)

RELATIONS = {
    "above": "above", "over": "above", "higher than": "above",
    "further up than": "above", "further down than": "below", "below": "below", "under": "below",
    "underneath": "below", "beneath": "below", "lower than": "below", "next to": "next to", "close to": "next to",
    "adjacent to": "next to", "beside": "next to", "near": "next to", "alongside": "next to", "behind": "behind",
    "in front of": "in front of", "on top of": "on", "inside": "inside", "on": "on", "in": "in",
}  # fmt: skip
_WHERE = {"upper": "top", "lower": "bottom", "centre": "center", "middle": "center"}

_COPULAS = frozenset("is are was were look looks seem seems appear appears".split())  # noqa: SIM905 - as in the lexicon
"""After these a bare singular is a word for a quality that no list has ("is asleep")."""
_SHORT = 5
"""Up to so many letters a word with the ending of a participle is a noun ("sled", "string" is one more)."""

_WORDS = (
    (PRONOUNS, Tag.PRONOUN),
    (NEGATIONS, Tag.NEGATION),
    (NEGATING_ADVERBS, Tag.NOT),
    (DETERMINERS, Tag.DETERMINER),
    (CONJUNCTIONS, Tag.CONJUNCTION),
    (PREPOSITIONS, Tag.PREPOSITION),
    (ADVERBS, Tag.ADVERB),
    (ADJECTIVE_WORDS, Tag.ADJECTIVE),
    (VERBS, Tag.VERB),
)
_BEFORE_NOUN = frozenset({Tag.DETERMINER, Tag.NEGATION, Tag.NUMBER, Tag.ADJECTIVE})
_PHRASE = frozenset({*_BEFORE_NOUN, Tag.NOUN})


def tokens(sentence: str, offset: int) -> list[Token]:
    """The tokens of a sentence that stands at `offset` in its caption."""
    found: list[Token] = []
    for match in _TOKEN.finditer(sentence):
        quoted = match.lastgroup == "quote"
        word = match[0][1:-1] if quoted else " ".join(match[0].lower().split())
        tag = _tag(match.lastgroup or "", word, found)
        found.append(Token(tag, word, offset + match.start(), offset + match.end()))
    return [_reconsidered(found, at) for at in range(len(found))]


def _reconsidered(found: Sequence[Token], at: int) -> Token:
    """The token with what follows it known: "dog chases a cat" has a verb, "the table" before it none."""
    token, before = found[at], found[at - 1] if at else None
    follows = found[at + 1].tag if at + 1 < len(found) else None
    third_person = token.text.endswith("s") and not token.text.endswith("ss")
    opens = before is not None and before.tag in _BEFORE_NOUN
    if token.tag is Tag.NOUN and third_person and not opens and follows in {Tag.DETERMINER, Tag.NEGATION}:
        return Token(Tag.VERB, token.text, token.start, token.stop)
    return token


def _tag(group: str, word: str, before: Sequence[Token]) -> Tag:
    if group != "word":
        return Tag[group.upper()]
    opening = next((token.tag for token in reversed(before) if token.tag is not Tag.ADJECTIVE), None)
    after_determiner = opening in {Tag.DETERMINER, Tag.NEGATION, Tag.NUMBER}
    if word == "one" and after_determiner:
        return Tag.NOUN
    if word in NUMBERS:
        return Tag.NUMBER
    tag = next((tag for words, tag in _WORDS if word in words), None)
    if tag is None:
        return _unlisted(word, before, after_determiner=after_determiner)
    if tag is Tag.VERB and before and before[-1].text == "one" and word.endswith("s"):  # "one sees": no number
        return tag
    return Tag.NOUN if tag is Tag.VERB and after_determiner else tag


def _unlisted(word: str, before: Sequence[Token], *, after_determiner: bool) -> Tag:
    """What a word that is in no list most likely is, by its ending and place."""
    if word.endswith("ly") and not word.endswith(LY_NOUNS):
        return Tag.ADVERB
    if word.endswith("ed") and len(word) > _SHORT:
        return Tag.ADJECTIVE if after_determiner else Tag.VERB
    if word.endswith("ing") and len(word) > _SHORT and not after_determiner:
        return Tag.VERB
    predicate = bool(before) and before[-1].text in _COPULAS and singular(word) == word
    return Tag.ADVERB if predicate else Tag.NOUN


def phrases(sentence: Sequence[Token]) -> Iterator[Phrase]:
    """The noun phrases in order. A run without a noun ("is red") is none."""
    at = 0
    while at < len(sentence):
        stop = _run(sentence, at)
        nouns = [place for place in range(at, stop) if sentence[place].tag is Tag.NOUN]
        if nouns:
            yield _phrase(sentence, at, nouns[-1] + 1)
        at = max(stop, at + 1)


def _run(sentence: Sequence[Token], first: int) -> int:
    """Where the run of tokens that can make one noun phrase ends: before what opens the next one."""
    at = first
    while at < len(sentence) and sentence[at].tag in _PHRASE:
        opens = sentence[at].tag in {Tag.DETERMINER, Tag.NEGATION, Tag.NUMBER}
        if at > first and opens and sentence[at - 1].tag is Tag.NOUN:
            break
        at += 1
    return at


def _phrase(sentence: Sequence[Token], first: int, last: int) -> Phrase:
    own = sentence[first:last]
    compound = [token.text for token in own if token.tag is Tag.NOUN]
    numbers = [token for token in own if token.tag is Tag.NUMBER]
    return Phrase(
        first=first,
        last=last,
        start=own[0].start,
        stop=own[-1].stop,
        noun=" ".join([*compound[:-1], singular(compound[-1])]),
        number=numbers[0] if numbers else None,
        adjectives=tuple(token for token in own if token.tag is Tag.ADJECTIVE),
        negated=own[0].tag is Tag.NEGATION,
    )


def relation_of(token: Token) -> str:
    """The relation a RELATION token stands for, in one wording."""
    for side in ("left", "right"):  # left of, on the right-hand side of
        if side in token.text:
            return f"{side} of"
    return RELATIONS[token.text]


def place_of(token: Token) -> str:
    """Where a PLACE token says something is: "left", "top left", "center"."""
    known = ("top", "upper", "bottom", "lower", "left", "right", "center", "centre", "middle")
    words = [_WHERE.get(word, word) for word in re.split(r"[\s-]+", token.text) if word in known]
    return " ".join(sorted(words, key=lambda word: word in {"left", "right"}))
