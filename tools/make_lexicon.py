"""Make the editor's word list from the Debian package `wamerican` (SCOWL; its notice stands beside the list).

    apt-get install wamerican && python tools/make_lexicon.py /usr/share/dict/american-english

Keeps what is written in lower-case ASCII letters only, three letters or more: common words, with their plurals and
other forms, but no names, no abbreviations and no possessives. The same dictionary gives the same bytes.
"""

import gzip
import hashlib
import re
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/burnish/backends/builtin/lexicon.txt.gz"
WORD = re.compile(r"[a-z]{3,}")


def main(dictionary: str) -> None:
    """Read the dictionary, write the list, print its size and digest."""
    lines = Path(dictionary).read_text(encoding="utf-8").splitlines()
    words = sorted({line for line in lines if WORD.fullmatch(line)})
    TARGET.write_bytes(gzip.compress("\n".join(words).encode(), compresslevel=9, mtime=0))
    digest = hashlib.sha256(TARGET.read_bytes()).hexdigest()
    print(f"{len(words)} words, {TARGET.stat().st_size} bytes, sha256 {digest}")


if __name__ == "__main__":
    main(sys.argv[1])
