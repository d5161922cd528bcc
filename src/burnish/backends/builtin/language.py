"""Texts to embeddings, language and surface figures. Training and run time share this code."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from burnish.backends.builtin.vision import session
from burnish.backends.builtin.wordpiece import WordPiece

EMBEDDING_DIM = 384
MAX_TOKENS = 64
ENGLISH_CLUES = 4
MAX_CHARS = 2000  # of a caption that are looked at; more words than this say nothing new about a picture

_LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "no",
    "fi",
    "pl",
    "cs",
    "sk",
    "hu",
    "ro",
    "hr",
    "sl",
    "sq",
    "tr",
    "vi",
    "id",
    "ca",
    "eu",
    "lt",
    "lv",
    "et",
    "ru",
    "uk",
    "bg",
    "el",
    "he",
    "ar",
    "fa",
    "hi",
    "bn",
    "ta",
    "te",
    "th",
    "ja",
    "ko",
    "zh",
]
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
_DAMAGE = re.compile(
    "[\u00c2\u00c3\u00e2][\u0080-\u00bf\u2018-\u203a\u20ac\u2122]|\ufffd|[\x00-\x08\x0e-\x1f\x7f-\x9f]"
)
_CODE = re.compile(r"[A-Za-z]*\d{3,}[A-Za-z\d]*|\b[A-Z]{1,4}[-_]?\d+\b")
_BOILERPLATE = re.compile(
    r"clip\s?art by|part of the|collection|copyright|all rights|untitled|image of|photo by|courtesy|"
    r"licen[cs]e|made with",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the text tower says: `embedding` (384,) of unit length, `surface` (SURFACE_DIM,), float32.

    `english` holds the clues (ENGLISH_CLUES figures) from which the probability of English is made.
    """

    text: str
    embedding: npt.NDArray[np.float32]
    surface: npt.NDArray[np.float32]
    language: str
    english: tuple[float, ...]


class Language:
    """The text tower, one text a call: its int8 scales come from the text itself, so batches would change answers."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        """`model` is the int8 ONNX file, `tokenizer` its tokenizer.json."""
        self._session = session(model)
        self._pieces = WordPiece(tokenizer)
        # whole words of an uncased vocabulary that was cut from English text
        self._known = frozenset(word for word in self._pieces.vocabulary if word.isascii() and word.isalpha())

    def embed(self, text: str) -> npt.NDArray[np.float32]:
        """The embedding alone, (384,)."""
        ids = self._pieces.ids(_printable(text), MAX_TOKENS)
        return np.asarray(self._session.run(None, {"ids": np.array([ids], np.int64)})[0], np.float32)

    def words(self, text: str) -> Words:
        """Everything the heads need of one text."""
        shown = _printable(text)
        ids = self._pieces.ids(shown, MAX_TOKENS)
        embedding = self._session.run(None, {"ids": np.array([ids], np.int64)})[0]
        language, p_english = identify(shown)
        pieces = len(ids) - 2
        clues = self._english(shown, p_english)
        return Words(
            text=text,
            embedding=np.asarray(embedding, np.float32),
            surface=np.append(surface(shown, pieces, p_english), np.float32(clues[1])),
            language=language,
            english=clues,
        )

    def _english(self, text: str, p_english: float) -> tuple[float, ...]:
        words = re.findall(r"[^\W\d_]+", text.lower())
        known = sum(word in self._known for word in words) / max(1, len(words))
        return (math.log(p_english + 1e-6), known, math.log1p(len(words)), 1.0)


def _printable(text: str) -> str:
    """At most `MAX_CHARS` characters, lone surrogates replaced by question marks."""
    return text[:MAX_CHARS].encode("utf-8", "replace").decode("utf-8")


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_LANGUAGES)
    return identifier


def identify(text: str) -> tuple[str, float]:
    """The likeliest language code and the probability of English; ("", 0) without a letter.

    Short English titles rarely win the argmax, so judge English by the probability, with a threshold of your own.
    """
    if not any(character.isalpha() for character in text):
        return "", 0.0
    ranked: list[tuple[str, float]] = _identifier().rank(text.lower())
    return ranked[0][0], float(dict(ranked)["en"])


def surface(text: str, pieces: int, p_english: float) -> npt.NDArray[np.float32]:
    """Figures of the letters alone; `pieces` is the number of word pieces the tokenizer cut."""
    tokens = text.split()
    words = re.findall(r"[^\W\d_]+", text.lower())
    total = max(1, len(text))
    count = max(1, len(words))
    repeated = Counter(words).most_common(1)[0][1] if words else 0
    figures = [
        math.log1p(len(text)),
        math.log1p(len(words)),
        sum(c.isdigit() for c in text) / total,
        sum(c.isupper() for c in text) / total,
        sum(not c.isalnum() and not c.isspace() for c in text) / total,
        sum(ord(c) > 127 for c in text) / total,
        text.count("_") / total,
        float(bool(_EXTENSION.search(text))),
        min(3, len(_MARKUP.findall(text))),
        min(3, len(_DAMAGE.findall(text))),
        min(3, len(_CODE.findall(text))),
        float(bool(_BOILERPLATE.search(text))),
        min(5, sum(word in _TRADE for word in words)),
        sum(word in _TRADE for word in words) / count,
        1 - len(set(words)) / count,
        repeated / count,
        sum(map(len, words)) / count / 10,
        max(map(len, words), default=0) / 20,
        pieces / count / 4,
        math.log1p(text.count(",") + text.count("|") + text.count(";")),
        float(bool(re.search(r"[a-z][A-Z]", text))),
        float(len(tokens) == 1 and len(words) > 1),
        float(text[:1].islower()),
        float(text[-1:] in ".!?"),
        float(text[-1:] in ",-:;("),
        p_english,
        math.log(max(1e-6, p_english)) / 14,
        *_order(words),
    ]
    return np.array(figures, np.float32)


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


SURFACE_DIM = len(surface("", 0, 0.0)) + 1  # and the share of known words
