"""The words that rules put in another's place, by class; in a class what is near stands near.

Everyday things that pictures show. A word that is in no class is never replaced: what would be as true is no negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from burnish.claims.lexicon import plural

_NOUNS = {
    "animal": (
        "dog cat fox wolf bear tiger lion elephant giraffe zebra horse donkey cow sheep goat pig rabbit "
        "squirrel mouse monkey chicken duck goose swan pigeon parrot owl eagle penguin fish dolphin whale "
        "shark octopus turtle frog lizard snake snail spider ant bee butterfly ladybug"
    ),
    "food": (
        "apple pear peach cherry strawberry grape lemon orange banana pineapple tomato potato carrot onion "
        "mushroom pumpkin bread croissant cookie cake pizza hamburger sandwich salad"
    ),
    "vehicle": (
        "car taxi van truck bus train tram motorcycle bicycle scooter boat sailboat ship airplane helicopter "
        "rocket tractor"
    ),
    "clothing": "shoe boot sock mitten glove scarf hat cap helmet shirt jacket coat dress skirt",
    "tool": "hammer axe saw knife scissors pencil pen brush broom shovel rake ladder key padlock anchor",
    "household": (
        "table chair sofa bed lamp lantern candle clock vase mug cup bottle teapot bowl plate book envelope "
        "gift box suitcase bag barrel basket umbrella globe mirror"
    ),
    "electric": "telephone camera television computer laptop keyboard printer radio",
    "music": "guitar violin trumpet piano drum flute",
    "toy": "ball balloon kite doll snowman robot",
    "plant": "tree bush flower leaf cactus",
    "building": "house church castle tower lighthouse bridge barn tent",
    "land": "mountain hill beach lake river desert forest",
    "sky": "sun moon star cloud rainbow",
    "person": "man woman boy girl baby",
}

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray", "beige")

_OPPOSITES = (
    "large small", "big small", "huge tiny", "tall short", "long short", "wide narrow", "thick thin", "old new",
    "young old", "open closed", "empty full", "wet dry", "clean dirty", "happy sad", "bright dark", "light dark",
    "round square", "straight curved", "wooden metal", "modern old", "striped plain", "checkered dotted",
)  # fmt: skip

_RELATIONS = (
    ("to the left of", "to the right of"), ("left of", "right of"), ("on the left", "on the right"),
    ("at the left", "at the right"), ("on top of", "underneath"), ("at the top", "at the bottom"),
    ("in front of", "behind"), ("above", "below"), ("over", "under"), ("inside", "outside"), ("on", "under"),
    ("into", "out of"), ("towards", "away from"), ("higher than", "lower than"), ("next to", "far from"),
    ("beside", "far from"), ("near", "far from"), ("left", "right"), ("top", "bottom"), ("upper", "lower"),
)  # fmt: skip

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

WRITING = ("CLOSED", "HOTEL", "WINTER", "NO ENTRY", "FRESH FISH", "TICKETS", "PRIVATE", "REPAIRS", "FOR RENT", "DANGER")
"""What stands on made-up signs."""

PEOPLE = ("Clara Jensen", "Tomas Rivera", "Mei Wong", "Erik Lund", "Fatima Noor", "David Stone", "Ines Costa")
PLACES = ("Prague", "Boston", "Cairo", "Helsinki", "Lima", "Osaka", "Dublin", "Marseille", "Perth", "Montreal")
"""Names for the place of another name."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun as it may stand in a text: its class and its place there, and whether it is the plural."""

    kind: tuple[str, ...]
    place: int
    many: bool

    def like(self, noun: str) -> str:
        """Another noun, singular, in this one's number."""
        return plural(noun) if self.many else noun


@cache
def kinds() -> tuple[tuple[str, ...], ...]:
    """The classes of nouns, singular."""
    return tuple(tuple(words.split()) for words in _NOUNS.values())


@cache
def nouns() -> Mapping[str, Noun]:
    """Every noun in lower case, singular and plural."""
    found: dict[str, Noun] = {}
    for kind in kinds():
        for place, word in enumerate(kind):
            found[plural(word)] = Noun(kind, place, many=True)
            found[word] = Noun(kind, place, many=False)  # "fish" is taken for one
    return MappingProxyType(found)


@cache
def opposites() -> Mapping[str, str]:
    """Qualities with what they are not."""
    pairs = [(each.split()[0], each.split()[1]) for each in _OPPOSITES]
    return MappingProxyType({b: a for a, b in reversed(pairs)} | dict(reversed(pairs)))


@cache
def relations() -> Mapping[str, str]:
    """Words for places with their opposites, the longest first."""
    both = {b: a for a, b in reversed(_RELATIONS)} | dict(reversed(_RELATIONS))
    return MappingProxyType({words: both[words] for words in sorted(both, key=lambda w: (-len(w), w))})
