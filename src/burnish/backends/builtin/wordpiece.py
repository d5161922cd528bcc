"""Text to the text tower's token ids: BERT's uncased word pieces, equal to the `tokenizers` package id for id.

Own code because that package brings 38 MB of download clients along. What a character is lies frozen in
characters.json (made from `tokenizers` by tools/make_characters.py): Python's own Unicode tables change from version
to version, and with them the pieces and every score. Only decomposition is Python's: Unicode keeps that stable.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

CHARACTERS = Path(__file__).parent / "characters.json"
MAX_WORD = 100  # characters; a longer word is unknown as a whole
REMEMBERED = 1 << 16  # words whose pieces are kept, about 10 MB


class _Characters(dict[int, str]):
    """Code point -> what stands for it, filled as asked: small letters, nothing, a space, or itself between spaces."""

    def __init__(self, path: Path) -> None:
        tables = json.loads(path.read_text(encoding="utf-8"))
        super().__init__({ord(capital): small for capital, small in tables["small"].items()})
        self._ranges = sorted(
            (first, last, shown)
            for kind, shown in (("removed", ""), ("space", " "), ("alone", " {} "))
            for first, last in tables[kind]
        )
        self._firsts = [first for first, _, _ in self._ranges]

    def __missing__(self, code: int) -> str:
        first, last, shown = self._ranges[max(0, bisect_right(self._firsts, code) - 1)]
        self[code] = shown.format(chr(code)) if first <= code <= last else chr(code)
        return self[code]


class WordPiece:
    """Reads tokenizer.json: its vocabulary and the special tokens that a text may name."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, ValueError or KeyError if the file is no such thing."""
        tokenizer = json.loads(path.read_text(encoding="utf-8"))
        self.vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
        named = "|".join(re.escape(token["content"]) for token in tokenizer["added_tokens"])
        self._named = re.compile(f"({named})")
        self._characters = _Characters(CHARACTERS)
        self._longest = max(map(len, self.vocabulary))
        self._start, self._stop = self.vocabulary["[CLS]"], self.vocabulary["[SEP]"]
        self._pieces = lru_cache(REMEMBERED)(self._cut)

    def ids(self, text: str, limit: int) -> list[int]:
        """The ids of `text` between those of start and stop, at most `limit` in all."""
        ids = [self._start]
        for at, part in enumerate(self._named.split(text) if "[" in text else [text]):
            if at % 2:
                ids.append(self.vocabulary[part])
                continue
            for word in normalize("NFD", part).translate(self._characters).split():
                ids += self._pieces(word)
                if len(ids) >= limit:
                    break
        return [*ids[: limit - 1], self._stop]

    def _cut(self, word: str) -> tuple[int, ...]:
        """Always the longest piece that fits, from the left; one unknown rest makes the whole word unknown."""
        if len(word) > MAX_WORD:
            return (self.vocabulary["[UNK]"],)
        ids, start, mark = [], 0, ""
        while start < len(word):
            for stop in range(min(len(word), start + self._longest), start, -1):
                piece = self.vocabulary.get(mark + word[start:stop])
                if piece is not None:
                    break
            else:
                return (self.vocabulary["[UNK]"],)
            ids.append(piece)
            start, mark = stop, "##"
        return tuple(ids)
