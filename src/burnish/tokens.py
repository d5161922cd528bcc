"""How long a text is for the model that will be trained on it: tokens, counted as that model's tokenizer counts them.

A tokenizer is named by a plan: ``words`` (an estimate that needs no files), ``open_clip`` (CLIP's vocabulary, taken
from an installed open_clip without importing it), or the path of a ``tokenizer.json``. Marks of begin and end are not
counted: a window of 77 tokens has room for 75.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from burnish.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    import tokenizers

WORDS = "words"
OPEN_CLIP = "open_clip"

_VOCABULARY = "bpe_simple_vocab_16e6.txt.gz"
_MERGES = 49_152 - 256 - 2
"""CLIP's vocabulary has 49,408 entries: 2 x 256 bytes, these merges, begin and end."""
_CLIP_PIECES = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_PIECES = re.compile(rf"(?P<wide>[{_CJK}])|(?P<word>[^\W\d_{_CJK}]+)|(?P<digit>\d)|(?P<marks>[^\w\s]+|_+)")
_LETTERS_OF_ONE = 8
_LETTERS_OF_MORE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokenizer:
    """A way to count. `digest` changes when the same text may count otherwise; `count` gives tokens of a text."""

    name: str
    digest: str
    count: Callable[[str], int]


@cache
def load(name: str) -> Tokenizer:
    """The tokenizer called `name`. Raises `UsageError` for what is none, `MissingExtra` without the package."""
    if name == WORDS:
        return Tokenizer(name=WORDS, digest="words-1", count=estimate)
    if name == OPEN_CLIP:
        raw = _vocabulary()
        return Tokenizer(name=name, digest=_digest(raw), count=_clip(raw))
    try:
        raw = Path(name).read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot read the tokenizer {name!r}: {error.strerror}.\n"
            f"Give {WORDS!r} (an estimate), {OPEN_CLIP!r} (CLIP's, if open_clip is installed) or a tokenizer.json."
        ) from error
    return Tokenizer(name=name, digest=_digest(raw), count=_from_file(name, raw))


def estimate(text: str) -> int:
    """About as many tokens as CLIP's tokenizer gives, from the text alone.

    A word is one token up to 8 letters and one more for each 4 beyond; digits, runs of marks and CJK characters are
    one each (CJK characters of CLIP's are two or three: take a real tokenizer for such captions).
    """
    return sum(_cost(piece) for piece in _PIECES.finditer(text))


def _cost(piece: re.Match[str]) -> int:
    letters = len(piece["word"] or "")
    return 1 + max(0, -(-(letters - _LETTERS_OF_ONE) // _LETTERS_OF_MORE))


def _vocabulary() -> bytes:
    spec = importlib.util.find_spec(OPEN_CLIP)  # found, not imported: it would bring torch
    places = spec.submodule_search_locations if spec is not None else None
    for place in places or ():
        path = Path(place) / _VOCABULARY
        if path.is_file():
            return path.read_bytes()
    raise UsageError(
        "the tokenizer 'open_clip' is the vocabulary in the package open_clip_torch, which is not installed.\n"
        "Install it with: pip install open_clip_torch   or give the path of a tokenizer.json."
    )


def _clip(raw: bytes) -> Callable[[str], int]:
    library = _library()
    from ftfy import fix_text

    lines = gzip.decompress(raw).decode().split("\n")[1 : _MERGES + 1]
    merges = [(first, second) for first, _, second in (line.partition(" ") for line in lines)]
    alphabet = sorted(library.pre_tokenizers.ByteLevel.alphabet())
    entries = [*alphabet, *(char + "</w>" for char in alphabet), *(first + second for first, second in merges)]
    vocabulary = {entry: number for number, entry in enumerate(entries)}
    tokenizer = library.Tokenizer(library.models.BPE(vocabulary, merges, end_of_word_suffix="</w>"))
    pieces = library.pre_tokenizers.Split(library.Regex(_CLIP_PIECES), "removed", invert=True)
    level = library.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = library.pre_tokenizers.Sequence([pieces, level])
    counted = _counter(tokenizer)

    def count(text: str) -> int:
        return counted(" ".join(html.unescape(html.unescape(fix_text(text))).split()).lower())

    return count


def _from_file(name: str, raw: bytes) -> Callable[[str], int]:
    library = _library()
    try:
        tokenizer = library.Tokenizer.from_str(raw.decode())
    except Exception as error:  # the package raises bare Exception for what it cannot read
        raise UsageError(f"{name} is no tokenizer.json: {str(error)[:200]}.") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return _counter(tokenizer)


def _counter(tokenizer: tokenizers.Tokenizer) -> Callable[[str], int]:
    def count(text: str) -> int:
        whole = text.encode("utf-8", "replace").decode()  # half characters are none that the package takes
        return len(tokenizer.encode(whole, add_special_tokens=False).ids)

    return count


def _library() -> Any:
    try:
        import tokenizers
    except ModuleNotFoundError as error:
        raise MissingExtra("counting tokens with a real tokenizer", "recaption") from error
    return tokenizers


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]
