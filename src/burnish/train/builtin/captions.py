"""What a clip-art picture may be called: several captions from its title, file name, description and keywords."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from burnish.train.builtin.clipart import ClipArt

REPEATED = 6  # a title under more pictures than this names a collection, not a picture
COMMON = 60  # a keyword of more pictures than this says where a file lay, not what it shows
LONGEST_WORDS = 16
_NOISE = re.compile(r"\.svg\b|clip\s?art by [^-]*-|part of the .*|https?:\S+|\S+@\S+|[<>&;{}|]", re.IGNORECASE)
_FILLERS = frozenset(
    [
        "svg",
        "png",
        "clipart",
        "icon",
        "icons",
        "theme",
        "hash",
        "gnome",
        "kde",
        "mime",
        "application",
        "md",
        "aj",
        "ctrl",
        "unsorted",
        "computer",
    ]
)


def captions(arts: Sequence[ClipArt]) -> dict[str, tuple[str, ...]]:
    """Stem -> distinct captions, the best first; pictures that nothing names are left out."""
    often = Counter(text for art in arts for text in (art.title, art.description))
    common = Counter(word for art in arts for word in set(art.keywords))
    found: dict[str, tuple[str, ...]] = {}
    for art in arts:
        named = _named(art, often, common)
        if named:
            found[art.stem] = named
    return found


def _named(art: ClipArt, often: Mapping[str, int], common: Mapping[str, int]) -> tuple[str, ...]:
    title = "" if often[art.title] > REPEATED else clean(art.title, "")
    told = len(art.description.split()) <= LONGEST_WORDS and often[art.description] <= REPEATED
    keywords = [clean(word, "") for word in art.keywords if common[word] <= COMMON and word != art.creator]
    options = [
        title,
        clean(art.stem.rsplit("/", 1)[-1], art.creator),
        clean(art.description, "") if told else "",
        " ".join(dict.fromkeys(keywords)),
    ]
    return tuple(dict.fromkeys(_distinct(options)))


def _distinct(options: Iterable[str]) -> Iterable[str]:
    return (option for option in options if sum(map(str.isalpha, option)) >= 3)


def clean(text: str, creator: str) -> str:
    """Words without numbers, markup and fillers, and without what starts like a part of the creator's name."""
    shown = re.sub(r"([a-z])([A-Z])", r"\1 \2", _NOISE.sub(" ", text))
    words = re.findall(r"[^\W\d_]+", shown)
    names = [part for part in re.findall(r"[^\W\d_]+", _plain(creator)) if len(part) > 1]
    return " ".join(word for word in words if len(word) > 1 and not _filler(word.lower(), names))


def _filler(word: str, names: Sequence[str]) -> bool:
    plain = _plain(word)
    return word in _FILLERS or any(name == plain or (len(plain) > 2 and name.startswith(plain)) for name in names)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
