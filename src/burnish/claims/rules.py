"""Captions taken apart by rules, for English: `split` is a `Splitter`.

Sentences are cut into clauses where both sides have a verb of their own. In a clause every noun phrase claims that its
thing is there, its adjectives and number one thing each; words for relations join the phrase before them (or, at the
start of a clause, the one after the verb) to the one that follows; an adjective outside a phrase belongs to the nearest
phrase before it; quotations claim writing. "No", "without", "nor" and "nowhere" turn claims into denials. "It" and
"they" are what the sentence before began with.

What the rules do not see: tense, possession, comparisons of number, who does what to whom, irony, any language but
English. `docs/claims.md` has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from burnish import sentences
from burnish.claims import PICTURE, Claim, Kind
from burnish.claims.lexicon import BACKGROUNDS, LOOKS, NUMBERS, REFERRING
from burnish.claims.reading import Phrase, Tag, Token, phrases, place_of, relation_of, tokens

LANGUAGE = "en"
"""What the rules read (ISO 639-1)."""

MAX_CHARS = 20_000
"""Of longer texts only the beginning is read: no caption is that long."""

BACKGROUND = "background"
_PAIRS = {"pair": "2", "couple": "2", "dozen": "12"}


def split(text: str) -> tuple[Claim, ...]:
    """See `burnish.claims.Splitter`."""
    found: dict[object, Claim] = {}
    offset, topic = 0, ""
    for sentence in sentences.split(text[:MAX_CHARS]):
        for clause in _clauses(tokens(sentence, offset)):
            reader = _Clause(clause, topic)
            for claim in reader.claims():
                found.setdefault(claim.key, claim)
            topic = reader.topic
        offset += len(sentence)
    return tuple(sorted(found.values(), key=lambda claim: (claim.start, claim.stop)))


def _clauses(sentence: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The sentence cut at "and", "but", "while", ";" where both sides have a finite verb."""
    start = 0
    for at, token in enumerate(sentence):
        if not (token.text in {"and", "but", "while", "whereas", "which"} or token.text == ";"):
            continue
        if _has_verb(sentence[start:at]) and _has_verb(sentence[at:]):
            yield sentence[start:at]
            start = at + 1
    yield sentence[start:]


def _has_verb(part: Iterable[Token]) -> bool:
    return any(token.tag is Tag.VERB for token in part)


class _Clause:
    """One clause read: its tokens, its noun phrases, and what "it" would mean after it (`topic`)."""

    def __init__(self, clause: Sequence[Token], topic: str) -> None:
        self._tokens = clause
        self._phrases = list(phrases(clause))
        self._denied = any(token.tag is Tag.NOT and token.text in {"nowhere", "never"} for token in clause)
        self._before = topic
        spoken = [phrase.noun for phrase in self._phrases if not phrase.framing]
        refers = bool(clause) and clause[0].text in REFERRING
        self.topic = topic if refers or not spoken else spoken[0]

    def claims(self) -> Iterator[Claim]:
        """Everything the clause claims."""
        for at, (phrase, carried) in enumerate(zip(self._phrases, self._carried(), strict=True)):
            yield from self._of_phrase(at, phrase, carried=carried)
        inside = {place for phrase in self._phrases for place in range(phrase.first, phrase.last)}
        for place, token in enumerate(self._tokens):
            if token.tag is Tag.QUOTE:
                yield self._claim(Kind.TEXT, "text", token, value=token.text)
            elif token.tag is Tag.PLACE:
                yield from self._of_place(place, token)
            elif token.tag is Tag.RELATION:
                yield from self._of_relation(place, token)
            elif token.tag is Tag.ADJECTIVE and place not in inside:
                yield from self._of_adjective(place, token)

    def _of_phrase(self, at: int, phrase: Phrase, *, carried: bool) -> Iterator[Claim]:
        if phrase.framing:
            if phrase.noun in LOOKS:
                for adjective in phrase.adjectives:
                    yield from self._of_adjective(phrase.first, adjective)
            return
        negated = phrase.negated or self._denied or carried
        if phrase.noun not in BACKGROUNDS:
            yield self._claim(Kind.EXISTENCE, phrase.noun, phrase, negated=negated)
        if negated:
            return
        for adjective in phrase.adjectives:
            yield self._claim(Kind.ATTRIBUTE, phrase.noun, adjective, value=adjective.text)
        number = phrase.number or self._measure(at)
        if number is not None:
            digits = _PAIRS.get(number.text) or NUMBERS.get(number.text, number.text)
            yield self._claim(Kind.COUNT, phrase.noun, number, value=digits)

    def _carried(self) -> Iterator[bool]:
        """For each phrase, whether "or" carries the denial of one before it over to it."""
        carried = False
        yield from [False] * bool(self._phrases)
        for before, own in pairwise(self._phrases):
            between = [token.text for token in self._tokens[before.last : own.first]]
            carried = bool(between) and set(between) <= {"or", ","} and (before.negated or carried)
            yield carried

    def _measure(self, at: int) -> Token | None:
        """The number in "a pair of shoes"."""
        if not at or self._phrases[at - 1].noun not in _PAIRS:
            return None
        before = self._phrases[at - 1]
        between = self._tokens[before.last : self._phrases[at].first]
        return self._tokens[before.last - 1] if [token.text for token in between] == ["of"] else None

    def _of_place(self, place: int, token: Token) -> Iterator[Claim]:
        for noun in self._subjects(place, after=place):
            yield self._claim(Kind.RELATION, noun, token, value=place_of(token), other=PICTURE)

    def _of_relation(self, place: int, token: Token) -> Iterator[Claim]:
        target = next((phrase for phrase in self._phrases if phrase.first == place + 1), None)
        if target is None or target.framing or target.noun in BACKGROUNDS or target.negated:
            return
        for noun in self._subjects(place, after=target.last):
            if noun not in BACKGROUNDS:
                yield self._claim(Kind.RELATION, noun, token, value=relation_of(token), other=target.noun)

    def _of_adjective(self, place: int, token: Token) -> Iterator[Claim]:
        negated = any(earlier.tag is Tag.NOT for earlier in self._tokens[:place])
        for noun in self._subjects(place, after=place):
            yield self._claim(Kind.ATTRIBUTE, noun, token, value=token.text, negated=negated)

    def _subjects(self, place: int, after: int) -> list[str]:
        """What a word at `place` speaks of: the nearest phrase before it that is not framing and no relation's object,
        with those it is listed with; without any the topic for "it", else the first phrase from `after` on.
        """
        before = [
            at for at, phrase in enumerate(self._phrases) if phrase.last <= place and self._can_be_subject(phrase)
        ]
        if before:
            return self._listed(before)
        if self._before and self._tokens[0].text in REFERRING:
            return [self._before]
        later = (phrase for phrase in self._phrases if phrase.first >= after and not phrase.framing)
        return [phrase.noun for phrase in later if not phrase.negated][:1]

    def _can_be_subject(self, phrase: Phrase) -> bool:
        leads = self._tokens[phrase.first - 1].tag if phrase.first else None
        return not phrase.framing and not phrase.negated and leads is not Tag.RELATION

    def _listed(self, candidates: Sequence[int]) -> list[str]:
        """The last candidate and those before it in the same list ("a cat, a dog and a bird")."""
        nouns = [self._phrases[candidates[-1]].noun]
        for at, following in zip(reversed(candidates[:-1]), reversed(candidates), strict=False):
            between = self._tokens[self._phrases[at].last : self._phrases[following].first]
            if not between or not all(token.text in {"and", ","} for token in between):
                break
            nouns.append(self._phrases[at].noun)
        return nouns

    def _claim(
        self,
        kind: Kind,
        subject: str,
        where: Token | Phrase,
        *,
        value: str = "",
        other: str = "",
        negated: bool = False,
    ) -> Claim:
        if subject in BACKGROUNDS:
            subject = BACKGROUND
        return Claim(
            kind=kind, subject=subject, value=value, other=other, negated=negated, start=where.start, stop=where.stop
        )
