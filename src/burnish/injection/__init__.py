"""Orders in captions: text that is not about an image but addressed to whoever judges it (hazards 34-39).

Two ways to find them, both in a folded copy of the text: shapes and meetings of signs, put together from the words of
each language (`languages`), and a learned score for wordings that no list has (`learned`). Where the learned score
speaks against them, words alone make no order, but a faked end of the data and a written-out total always do. A flag
costs a pair a second look at the text without the order, nothing else.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from burnish.edits import Span
from burnish.injection import learned
from burnish.injection.folding import Folded, fold, unspaced
from burnish.injection.patterns import SENTENCE_END, load
from burnish.injection.signs import meetings, sentences, signs

MAX_CHARS = 20_000
"""What is searched; models see far less of a caption."""

LONGEST_SENTENCE = 400
"""How far back the beginning of an order's sentence is looked for: a text of orders alone stays linear work."""

_CERTAIN = ("delimiter", "score")
"""Kinds that need no second opinion: few captions fake the end of the data or hold nothing but a total and its top."""

_AFTER = ("", " ", "\n")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_COURTESY = re.compile(
    r"(?:please|kindly|bitte|s'il (?:te|vous) plaît|merci de|veuillez|请|请你|por favor|per favore)[\s,:]*$"
)
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")


@lru_cache(maxsize=1_024)
def orders(text: str) -> tuple[Span, ...]:
    """Where `text` gives orders to its reader: spans in order, not overlapping, each to the end of its sentence.

    What follows a faked end of the data counts as a whole, and so does a comment of HTML with an order in it.
    """
    text = text[:MAX_CHARS]
    comments = [comment.span() for comment in _COMMENT.finditer(text)]
    hidden = (Span(start=a, stop=b, kind="hidden") for a, b in comments if _is_order(text[a:b]))
    return _merged([_widened(span, comments) for span in (*_plain(text), *hidden, *_encoded(text))])


def without(text: str, spans: tuple[Span, ...]) -> str:
    """`text` without `spans`, white space tidied; as it is if there are none."""
    kept, at = [], 0
    for span in spans:
        kept.append(text[at : span.start])
        at = span.stop
    kept.append(text[at:])
    return " ".join(" ".join(kept).split()) if spans else text


def _plain(text: str) -> Iterator[Span]:
    for view in dict.fromkeys((text, unspaced(text))):
        folded = fold(view)
        found = sentences(folded.text)
        pieces = list(learned.pieces(folded.text, found))
        hits = [*_shaped(folded.text), *meetings(found)]
        sure = learned.sure(pieces)
        if sure or any(kind in _CERTAIN or _likely(folded.text, pieces, start, stop) for start, stop, kind in hits):
            # where one order is believed, every hit is: what stays of an order may still be obeyed
            yield from (_span(folded, start, stop, kind) for start, stop, kind in hits)
            yield from (_span(folded, piece.start, piece.stop, "learned") for piece in sure)


def _shaped(folded: str) -> Iterator[tuple[int, int, str]]:
    for kind, pattern in load():
        for hit in pattern.finditer(folded):
            stop = len(folded) if kind == "delimiter" else _sentence_end(folded, hit.end())
            if kind == "reader" and folded[stop - 1] == "?":
                continue  # "are you an AI?" asks; orders in the form of questions show other signs
            yield _sentence_start(folded, hit.start()), stop, kind


def _likely(folded: str, pieces: Sequence[learned.Piece], start: int, stop: int) -> bool:
    """Whether the learned score of a hit, or of a piece it stands in, agrees that it may be an order."""
    least = learned.load().likely
    around = any(piece.score >= least for piece in pieces if piece.start < stop and piece.stop > start)
    return around or learned.score(folded[start:stop], signs(folded[start:stop])) >= least


def _is_order(hidden: str) -> bool:
    """Whether a text in a hiding place gives orders: there the learned score needs to be less sure."""
    inner = fold(hidden.removeprefix("<!--").removesuffix("-->")).text
    pieces = learned.pieces(inner, sentences(inner))
    return next(_plain(hidden), None) is not None or any(piece.score >= learned.load().likely for piece in pieces)


def _span(folded: Folded, start: int, stop: int, kind: str) -> Span:
    return Span(start=folded.origin[start], stop=folded.origin[stop - 1] + 1, kind=kind)


def _sentence_start(text: str, at: int) -> int:
    """Where the sentence of an order begins. In the first one a caption may stand before the order: only what is
    polite belongs to the order there.
    """
    near = max(0, at - LONGEST_SENTENCE)
    found = (end.end() for end in SENTENCE_END.finditer(text, near, at))
    ends = [end for end in found if text[end - 1] == "。" or text[end : end + 1] in _AFTER]
    if ends:
        return at - len(text[ends[-1] : at].lstrip())
    polite = _COURTESY.search(text, max(0, at - 40), at)
    return polite.start() if polite else at


def _sentence_end(text: str, at: int) -> int:
    end = SENTENCE_END.search(text, max(at - 1, 0))
    return end.end() if end else len(text)


def _encoded(text: str) -> Iterator[Span]:
    for blob in _BLOB.finditer(text):
        decoded = _decoded(blob[0])
        if decoded and _is_order(decoded):
            yield Span(start=blob.start(), stop=blob.end(), kind="encoded")


def _decoded(blob: str) -> str:
    """The text that a Base64 run stands for, "" if it stands for none."""
    bare = blob.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        text = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return text if all(char.isprintable() or char.isspace() for char in text) else ""


def _widened(span: Span, comments: list[tuple[int, int]]) -> Span:
    for start, stop in comments:
        if start <= span.start < stop:
            return Span(start=start, stop=max(stop, span.stop), kind=span.kind)
    return span


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.stop)):
        if merged and span.start < merged[-1].stop:
            last = merged[-1]
            merged[-1] = Span(start=last.start, stop=max(last.stop, span.stop), kind=last.kind)
        else:
            merged.append(span)
    return tuple(merged)
