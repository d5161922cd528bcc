"""Which words are common English, for edits that are only sure when every word is known.

The list (lexicon.txt.gz, notice in lexicon.NOTICE, made by tools/make_lexicon.py) holds no names and no
abbreviations: a word that is not in it may be a name, a foreign word or an error, and none of those is ours to touch.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files


def word_set(text: str) -> frozenset[str]:
    """The words of `text`, parted by spaces."""
    return frozenset(text.split())


_SHORT = word_set("a i am an as at be by do go he if in is it me my no of on or so to up us we")
# Everyday compounds and words of the web that the list does not have.
_MORE = word_set("lightbulb clipart website webpage smartphone selfie emoji hoodie pong")
FUNCTION_WORDS = word_set("a an the of in on at to and or with for from by under over near")
MIN_HALF = 4  # letters of each half of a glued word: shorter halves fit by chance ("car" + "rot")

# Lower-case forms of names that look like two common words, or like a word and a number.
BRANDS = word_set(
    "airbus airpods autocad blackpool chromebook coreldraw deviantart discover dreamcast dreamweaver dreamworks "
    "dropbox facebook fairchild firefox freebsd github goodyear goodreads harpercollins instagram illustrator "
    "javascript lifesavers linkedin livejournal macbook mastercard microsoft minecraft motherboard myspace "
    "newcastle openbsd openoffice openclipart opensuse openstreetmap paintshop paypal photoshop playboy playmobil "
    "playstation postscript powerpoint quicktime raspberrypi redhat salesforce sharepoint smartcard snapchat "
    "soundcloud sourceforge spiderman spongebob starbucks starcraft stumbleupon thunderbird tiktok tripadvisor "
    "turbocad typescript warcraft waterloo whatsapp wikimedia wikipedia wildstar windows wordperfect wordpress "
    "workbench xbox youtube"
)


@cache
def _words() -> frozenset[str]:
    packed = files("burnish.backends.builtin").joinpath("lexicon.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("ascii").split()) | _SHORT | _MORE


def known(word: str) -> bool:
    """True if the word, in any case, is a common English word."""
    return word.lower() in _words()


def halves(token: str) -> tuple[str, str] | None:
    """The only way to part a glued lower-case token into two common words of at least four letters, if there is
    exactly one ("lastquarter" -> last, quarter); None for common words and known names.
    """
    if not (token.isascii() and token.islower() and token.isalpha()) or known(token) or token in BRANDS:
        return None
    if len(token) > 24:  # longer ones are no two words
        return None
    ways = [
        (token[:i], token[i:])
        for i in range(MIN_HALF, len(token) - MIN_HALF + 1)
        if known(token[:i]) and known(token[i:])
    ]
    return ways[0] if len(ways) == 1 else None
