"""What a rewrite may change where claims of a text were refuted: the words that say them, and nothing else.

Beside those words English wants more to move, and that is allowed: in the same sentence words may change their number
("three cats are" to "a cat is") and articles and "and" may come in; within two words of what is refuted articles,
conjunctions, "reads" and the like may go. A sentence that says nothing but refuted claims may go as a whole. Recognised
junk may go anywhere. Letter case, punctuation and spacing never count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from burnish import edits, sentences
from burnish.claims import Verdict
from burnish.claims.lexicon import CONJUNCTIONS, DETERMINERS, PREPOSITIONS, PRONOUNS, singular
from burnish.values import Edit, Finding

NEAR_WORDS = 2
"""So far from a refuted word an article or a preposition may go with it."""

UNLIKE = 0.7
"""A sentence of which more than that is other words is another sentence."""

_SAME = {
    form: forms.partition(" ")[0]
    for forms in ("is are was were", "has have", "does do", "a an the one", "this these", "that those", "it they")
    for form in forms.split()
}
"""Words that are one word in another number."""
_NEUTRAL = frozenset({"a", "an", "the", "and", "is", "are", "was", "were"})
"""What may come in beside refuted words: it claims nothing by itself."""
_LEADS = frozenset({"in", "on", "near", "beside", "over", "under", "above", "below", "behind", "inside"})
_READS = frozenset({"read", "reads", "reading", "say", "says", "saying", "titled", "labeled", "labelled", "marked"})
_GOES_ALONG = _READS | DETERMINERS | CONJUNCTIONS | PREPOSITIONS | PRONOUNS | _LEADS | _NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """A word of the text: `free` to become anything, or nothing; `may_go`; or, if it `bends`, another number."""

    text: str
    free: bool
    may_go: bool
    bends: bool

    def stays(self, word: str) -> bool:
        """Whether `word` is this one, as far as it may change without being touched."""
        return word == self.text or (self.bends and _stem(word) == _stem(self.text))


def kept(text: str, after: str, findings: Sequence[Finding], junk: Collection[int] = ()) -> bool:
    """Whether `after` differs from `text` only in what may change. `findings` are all claims of `text`, `junk` the
    characters of it that were taken out as junk. Time grows with the product of the words.
    """
    words = list(_words(text, findings, junk))
    at = _onward(words, {0})
    for word in edits.words(after):
        at = _onward(words, {following for place in at for following in _after(words, place, word)})
        if not at:
            return False
    return len(words) in at


def within(text: str, after: str, findings: Sequence[Finding], junk: Collection[int] = ()) -> str:
    """`after` with each sentence that changes more than it may as it is in `text`, and those back in place that may not
    go. Sentences are told apart by their words and keep their order.
    """
    new, parts, at, offset = sentences.split(after), [], 0, 0
    for sentence in sentences.split(text):
        inside = range(offset, offset + len(sentence))
        own = [replace(f, start=f.start - offset, stop=f.stop - offset) for f in findings if f.start in inside]
        like = min(range(at, len(new)), key=lambda place: edits.changed_share(sentence, new[place]), default=None)
        if like is not None and edits.changed_share(sentence, new[like]) > UNLIKE:
            like = None
        changed = "" if like is None else new[like]
        gone = {place - offset for place in junk if place in inside}
        parts.append(changed if kept(sentence, changed, own, gone) else sentence)
        at, offset = at if like is None else like + 1, offset + len(sentence)
    return joined(parts)


def joined(parts: Iterable[str]) -> str:
    """Sentences as one text, a space between those that bring none."""
    return "".join(part if part[-1:].isspace() else f"{part} " for part in parts if part).rstrip()


def junk_chars(text: str, done: Sequence[Edit]) -> frozenset[int]:
    """The characters of `text` that the steps `done` took out as junk."""
    origin = list(range(len(text)))
    gone: set[int] = set()
    for edit in done:
        stop = edit.start + len(edit.before)
        if edit.junk:
            gone.update(origin[edit.start : stop])
        origin[edit.start : stop] = [-1] * len(edit.after)
    return frozenset(gone - {-1})


def _words(text: str, findings: Sequence[Finding], junk: Collection[int]) -> Iterator[_Word]:
    spans = list(edits.word_spans(text))
    touched = bytearray(len(text) + 1)  # 1: in a sentence with a refuted claim; 2: refuted itself
    offset = 0
    for sentence in sentences.split(text):
        own = [finding for finding in findings if offset <= finding.start < offset + len(sentence)]
        refuted = [finding for finding in own if finding.verdict == Verdict.REFUTED]
        if refuted:
            mark = b"\2" if len(refuted) == len(own) else b"\1"
            touched[offset : offset + len(sentence)] = mark * len(sentence)
        for finding in refuted:
            touched[finding.start : finding.stop] = b"\2" * (finding.stop - finding.start)
        offset += len(sentence)
    free = [2 in touched[start:stop] for start, stop in spans]
    for at, (start, stop) in enumerate(spans):
        word = text[start:stop].casefold()
        near = any(free[max(0, at - NEAR_WORDS) : at + NEAR_WORDS + 1])
        yield _Word(
            text=word,
            free=free[at],
            may_go=all(place in junk for place in range(start, stop)) or (near and word in _GOES_ALONG),
            bends=bool(touched[start]),
        )


def _after(words: Sequence[_Word], place: int, word: str) -> Iterator[int]:
    """The places behind `word`, read where the words before `place` are dealt with."""
    here = words[place] if place < len(words) else None
    beside = here or (words[-1] if words else None)
    if here is not None and here.stays(word):
        yield place + 1
    if (here is not None and here.free) or (beside is not None and beside.bends and word in _NEUTRAL):
        yield place


def _onward(words: Sequence[_Word], places: set[int]) -> set[int]:
    """The places, and those that are reached from them over words that may go."""
    found = set(places)
    for place in sorted(places):
        at = place
        while at < len(words) and (words[at].free or words[at].may_go):
            at += 1
            if at in found:
                break
            found.add(at)
    return found


def _stem(word: str) -> str:
    return _SAME.get(word) or singular(word)
