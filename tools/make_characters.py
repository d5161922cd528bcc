"""Make the table of characters by which the built-in text tower's word pieces are cut.

    pip install tokenizers && python tools/make_characters.py

Asks `tokenizers` about every code point, as the tower's tokenizer.json sets it up, and keeps ranges of those that it
removes, takes for a space or cuts off alone, and the small letter of every capital whose small letter the vocabulary
knows. Everything else is a letter that stays as it is.
"""

import itertools
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from unicodedata import normalize

from tokenizers import Tokenizer

BUILTIN = Path(__file__).parents[1] / "src/burnish/backends/builtin"
TARGET = BUILTIN / "characters.json"


def ranges(codes: Iterable[int]) -> list[list[int]]:
    """First and last of each run of neighbours."""
    runs = itertools.groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0])
    found = [[code for _, code in run] for _, run in runs]
    return [[run[0], run[-1]] for run in found]


def main() -> None:
    """Write the table and print its sizes."""
    tokenizer = Tokenizer.from_file(str(BUILTIN / "weights/tokenizer.json"))
    known = {letter for piece in tokenizer.get_vocab() for letter in piece}
    kinds: dict[str, list[int]] = {"removed": [], "space": [], "alone": []}
    small: dict[str, str] = {}
    for letter in map(chr, itertools.chain(range(0xD800), range(0xE000, sys.maxunicode + 1))):
        shown = tokenizer.normalizer.normalize_str(f"a{letter}a")[1:-1]
        words = [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(f"a{shown}a")]
        if not shown.strip():
            kinds["space" if shown else "removed"].append(ord(letter))
        elif normalize("NFD", letter) == letter:
            if len(words) > 1:
                kinds["alone"].append(ord(letter))
            elif shown != letter and set(shown) <= known:
                small[letter] = shown
    tables = {"small": small, **{kind: ranges(codes) for kind, codes in kinds.items()}}
    lines = ",\n".join(f"{json.dumps(kind)}: {json.dumps(table)}" for kind, table in tables.items())
    TARGET.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print({kind: len(table) for kind, table in tables.items()}, TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
