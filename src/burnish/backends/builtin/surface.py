"""Figures of a text's letters and words alone, for the text-quality head. Training and run time share this code."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from burnish.backends.builtin import lexicon

_ARTICLES = frozenset(("a", "an", "the"))
_LINKS = frozenset(
    ["of", "in", "on", "at", "with", "by", "for", "from", "to", "and", "or", "into", "over", "under", "as", "is", "are"]
)
_TRADE = frozenset(
    [
        "buy",
        "free",
        "cheap",
        "sale",
        "price",
        "discount",
        "download",
        "hd",
        "wallpaper",
        "shipping",
        "offer",
        "best",
        "online",
        "shop",
        "store",
        "stock",
        "click",
        "vector",
        "royalty",
        "premium",
        "new",
        "off",
        "coupon",
        "order",
        "now",
        "4k",
        "1080p",
        "seo",
    ]
)
_EXTENSION = re.compile(r"\.(?:jpe?g|png|gif|svgz?|webp|bmp|tiff?|eps|ai|psd)\b", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z][^>]{0,80}>|&(?:amp;)*[a-z]{2,6};|&#\d+;|https?:|www\.|\.com\b|@\w+\.", re.IGNORECASE)
_TYPOGRAPHY = frozenset(
    "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00b0\u00a3\u20ac\u00a9\u00ae\u2122\u00ab\u00bb\u00a0"
)
_DAMAGE = re.compile(
    "[\u00c2\u00c3\u00e2][\u0080-\u00bf\u2018-\u203a\u20ac\u2122]|\ufffd|[\x00-\x08\x0e-\x1f\x7f-\x9f]"
)
_YEAR = re.compile(r"\b(?:1[4-9]|20)\d\d(?:s|\b)")
_LONG_NUMBER = re.compile(r"\d{5,}")
_NUMBERED = re.compile(r"\b[A-Za-z]+[-_]?\d+[A-Za-z]*\b")
_BOILERPLATE = re.compile(
    r"clip\s?art by|part of the|collection|copyright|all rights|untitled|image of|photo by|courtesy|"
    r"licen[cs]e|made with",
    re.IGNORECASE,
)


def surface(text: str, pieces: int, known: Callable[[str], bool], sign: str) -> npt.NDArray[np.float32]:
    """(SURFACE_DIM,) figures; `pieces` is the number of word pieces the tokenizer cut, `known` tells its whole words
    and `sign` is what `signs.sure` says.

    Nothing here is a figure of the language itself: foreign words are no fault.
    """
    words = re.findall(r"[^\W\d_]+", text.lower())
    figures = [
        *_letters(text),
        *_marks(text),
        float(bool(sign)),
        *_repetition(words, pieces),
        *_numbers(text),
        *_vocabulary(words, known),
        *_order(words),
    ]
    return np.array(figures, np.float32)


def _letters(text: str) -> list[float]:
    total = max(1, len(text))
    foreign = [c for c in text if ord(c) > 127]
    return [
        math.log1p(len(text)),
        sum(c.isdigit() for c in text) / total,
        sum(c.isupper() for c in text) / total,
        sum(not c.isalnum() and not c.isspace() and ord(c) < 128 for c in text) / total,
        sum(c.isalpha() for c in foreign) / total,
        float(any(not c.isalpha() and c not in _TYPOGRAPHY for c in foreign)),
        float(text.isupper()),
        float(text[:1].islower()),
        float(text[-1:] in ".!?"),
        float(text[-1:] in ",-:;("),
        float(text.endswith(("...", "\u2026"))),
    ]


def _marks(text: str) -> list[float]:
    return [
        text.count("_") / max(1, len(text)),
        float(bool(_EXTENSION.search(text))),
        min(3, len(_MARKUP.findall(text))),
        min(3, len(_DAMAGE.findall(text))),
        float(bool(_BOILERPLATE.search(text))),
        math.log1p(text.count(",") + text.count("|") + text.count(";")),
        float("|" in text),
        float(bool(re.search(r"[a-z][A-Z]", text))),
    ]


def _repetition(words: list[str], pieces: int) -> list[float]:
    count = max(1, len(words))
    repeated = Counter(words).most_common(1)[0][1] if words else 0
    trade = sum(word in _TRADE for word in words)
    return [
        math.log1p(len(words)),
        min(5, trade),
        trade / count,
        1 - len(set(words)) / count,
        repeated / count,
        sum(map(len, words)) / count / 10,
        max(map(len, words), default=0) / 20,
        pieces / count / 4,
    ]


def _numbers(text: str) -> list[float]:
    tokens = text.split()
    count = max(1, len(tokens))
    return [
        sum(token.strip(".,()#").isdigit() for token in tokens) / count,
        min(3, len(_NUMBERED.findall(text))),
        min(2, len(_LONG_NUMBER.findall(text))),
        float(bool(_YEAR.search(text))),
        float(len(tokens) == 1 and bool(re.search(r"\w[-_.+]\w", text))),
        float(len(tokens) == 1 and bool(re.search(r"[^\W\d]\d|\d[^\W\d]", text))),
    ]


def _vocabulary(words: list[str], known: Callable[[str], bool]) -> list[float]:
    count = max(1, len(words))
    last = words[-1] if words else ""
    return [
        sum(map(lexicon.known, words)) / count,
        sum(known(word) or lexicon.known(word) for word in words) / count,
        float(known(last) or lexicon.known(last)),
    ]


def _order(words: list[str]) -> list[float]:
    """Signs that words stand where English does not put them."""
    pairs = list(itertools.pairwise(words))
    last, first = (words[-1], words[0]) if words else ("", "")
    return [
        float(last in _ARTICLES),
        float(last in _LINKS),
        float(first in _LINKS),
        float(any(one in _ARTICLES and other in _ARTICLES | _LINKS for one, other in pairs)),
        float(any(one in _LINKS and other in _LINKS for one, other in pairs)),
        float(len(last) <= 2 and len(words) > 2),
        float(any(one == other for one, other in pairs)),
    ]


SURFACE_DIM = len(surface("", 0, bool, ""))
