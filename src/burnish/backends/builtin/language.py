"""Texts to embeddings, language and surface figures. Training and run time share this code."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from burnish.backends.builtin import lexicon, signs
from burnish.backends.builtin.surface import surface
from burnish.backends.builtin.vision import session
from burnish.backends.builtin.wordpiece import WordPiece

EMBEDDING_DIM = 384
MAX_TOKENS = 64
LEAST_CHANCE = 1e-5  # what is left of an English text's chance where py3langid is sure of another language
LONG_LETTERS = 24  # from here on a text tells its language about as well as a longer one
MAX_CHARS = 2000  # of a caption that are looked at; more words than this say nothing new about a picture

_LANGUAGES = sorted(
    lexicon.word_set(
        "en de fr es it pt nl sv da no fi pl cs sk hu ro hr sl sq tr vi id ca eu lt lv et ru uk bg el he ar fa hi bn "
        "ta te th ja ko zh"
    )
)
# little words that English captions hold in names at most
_ELSEWHERE = lexicon.word_set(
    "ein eine einen einem einer der das dem des und mit auf im am vom zum zur von aus ist le la les un une du avec sur "
    "dans aux el los las una uno unos con del para y en es il lo gli di della dei degli delle nel sul e o os um uma da "
    "dos das na com de het een op voor bij uit och ett med det af og w z se bir ve ile için yang dan untuk egy az és "
    "ja je"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the text tower says: `embedding` (384,) of unit length, `surface` (SURFACE_DIM,), float32.

    `english` holds the clues from which the probability of English is made; `sign` is what makes the text surely no
    caption in any language, "" if nothing does.
    """

    text: str
    embedding: npt.NDArray[np.float32]
    surface: npt.NDArray[np.float32]
    language: str
    english: tuple[float, ...]
    sign: str


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
        language, english = self._clues(shown)
        pieces, sign = len(ids) - 2, signs.sure(shown)
        return Words(
            text=text,
            embedding=np.asarray(embedding, np.float32),
            surface=surface(shown, pieces, self._known.__contains__, sign),
            language=language,
            english=english,
            sign=sign,
        )

    def clues(self, text: str) -> tuple[float, ...]:
        """The clues for English alone."""
        return self._clues(_printable(text))[1]

    def _clues(self, text: str) -> tuple[str, tuple[float, ...]]:
        """The likeliest language; logs of py3langid's chance (it needs length to be right), shares of known words."""
        language, p_english = identify(text)
        words = re.findall(r"[^\W\d_]+", text.lower())
        letters = max(1, sum(map(len, words)))
        common = sum(len(word) for word in words if lexicon.known(word)) / letters
        known = sum(len(word) for word in words if word in self._known or lexicon.known(word)) / letters
        elsewhere = sum(word in _ELSEWHERE for word in words) / max(1, len(words))
        chance, length = math.log(p_english + LEAST_CHANCE), min(1.0, letters / LONG_LETTERS)
        alone = float(len(words) == 1)
        return language, (
            chance, chance * length, common, float(common == 1), float(common == 1) * alone, known, elsewhere, length,
            alone, 1.0,
        )  # fmt: skip


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
