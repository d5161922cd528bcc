"""Captions with names whose truth is known by construction, and a table with rows that must not be found in them.

The table: the rows written here, and made-up names as distractors. Texts come from templates; kinds of text say what is
hard about them. Half of the texts, by hash, is for looking at (dev), the other half for measuring (test).
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from burnish.entities.table import Row

_SYLLABLES = "ba be bi bo da de di do ga ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so ta te ti to va ve vi vo".split()  # noqa: E501, SIM905

ROWS = tuple(
    Row(id=own, name=name, kind=kind, context=context, aliases=tuple(filter(None, aliases.split("|"))))
    for own, name, aliases, kind, context in (
        ("agra", "Agra", "आगरा", "city", "Uttar Pradesh India Taj Mahal"),
        ("taj", "Taj Mahal", "ताज महल|泰姬陵", "building", "mausoleum Agra India marble"),
        ("lisbon", "Lisbon", "Lisboa", "city", "Portugal Tagus"),
        ("portugal", "Portugal", "", "country", "Lisbon Porto"),
        ("vienna-at", "Vienna", "Wien", "city", "Austria Danube opera"),
        ("vienna-va", "Vienna", "", "city", "Virginia Fairfax"),
        ("cairo-eg", "Cairo", "القاهرة", "city", "Egypt Nile pyramids"),
        ("cairo-il", "Cairo", "", "city", "Illinois Ohio river"),
        ("springfield-il", "Springfield", "", "city", "Illinois Lincoln"),
        ("springfield-ma", "Springfield", "", "city", "Massachusetts basketball"),
        ("egypt", "Egypt", "مصر", "country", "Cairo Nile"),
        ("nice", "Nice", "", "city", "Riviera France"),
        ("france", "France", "", "country", "Nice Lyon"),
        ("reading", "Reading", "", "city", "Berkshire England Thames"),
        ("england", "England", "", "country", "Reading Berkshire"),
        ("bath", "Bath", "", "city", "Somerset Roman spa"),
        ("turkey", "Turkey", "Türkiye", "country", "Ankara Istanbul"),
        ("istanbul", "Istanbul", "İstanbul", "city", "Turkey Bosphorus"),
        ("ny", "New York", "NYC|New York City", "city", "Manhattan Brooklyn"),
        ("york", "York", "", "city", "minster Yorkshire"),
        ("tokyo", "Tokyo", "東京", "city", "Japan"),
        ("kyoto", "Kyoto", "京都", "city", "Japan temples"),
        ("seoul", "Seoul", "서울", "city", "Korea Han"),
        ("moscow", "Moscow", "Москва", "city", "Russia Kremlin"),
        ("athens", "Athens", "Αθήνα", "city", "Greece Acropolis"),
        ("bangkok", "Bangkok", "กรุงเทพ", "city", "Thailand"),
        ("orca", "Orcinus orca", "killer whale|orca", "species", "whale ocean"),
        ("monarch", "Danaus plexippus", "monarch butterfly", "species", "milkweed insect"),
        ("apple", "Apple", "", "company", "iPhone Macintosh"),
        ("tux", "Tux", "", "mascot", "Linux"),
    )
)
"""Written for this benchmark."""

PLACES = ("agra", "lisbon", "istanbul", "ny", "tokyo", "kyoto", "seoul", "moscow", "athens", "bangkok", "york")
"""Whose names mean one row, and that no everyday word is."""

TEMPLATES = (
    "A view of {} at sunset",
    "Old street in {}, with a red tram",
    "{} from the river",
    "people at a market in {} on a cloudy day",
    "Map of {}",
)
NATIVE = ("{}の夜景", "{}, 2019", "«{}»")
AMBIGUOUS = (
    ("vienna-at", "{} opera house, Austria", "Vienna"),
    ("vienna-va", "Main street of {}, Virginia", "Vienna"),
    ("cairo-eg", "The pyramids near {}", "Cairo"),
    ("cairo-il", "Levee at {}, Illinois", "Cairo"),
    ("springfield-il", "Lincoln's home in {}", "Springfield"),
    ("springfield-ma", "First basketball court, {}", "Springfield"),
    ("nice", "Promenade in {}, France", "Nice"),
    ("reading", "The Thames at {}, England", "Reading"),
    ("bath", "Roman spa in {}", "Bath"),
    ("apple", "{} Macintosh of 1984", "Apple"),
)
UNCLEAR = ("{} town hall", "A street in {}", "the railway station of {}")
EVERYDAY = (
    "a nice cup of tea", "Nice view of a bridge", "a girl reading a book", "Reading lamp", "bath tub with a duck",
    "a roast turkey on a plate", "Turkey with a hat", "red apple on a table", "An apple and two pears", "bird bath",
    "Nice Red Car", "READING ROOM", "apple tree in spring", "the monarch of the glen", "a nice hot bath",
)  # fmt: skip
UNKNOWN = ("Ottawa", "Nairobi", "Bogota", "Helsinki", "Oslo", "Quito", "Manila", "Lagos", "Tehran", "Baghdad")
"""Names that the table has not."""


@dataclass(frozen=True)
class Text:
    """One text. `means`: the row of each name that stands there; "" for one whose row nobody could tell."""

    kind: str
    text: str
    means: tuple[tuple[str, str], ...]

    @property
    def test(self) -> bool:
        """Whether it is of the half that measures."""
        return hashlib.blake2b(f"{self.kind}/{self.text}".encode(), digest_size=2).digest()[0] % 2 == 1


def texts(seed: int) -> list[Text]:
    """All texts, each once."""
    rng = random.Random(seed)
    return list(dict.fromkeys(_texts(rng)))


def _texts(rng: random.Random) -> Iterator[Text]:
    rows = {row.id: row for row in ROWS}
    for own in PLACES:
        name = rows[own].name
        for template in TEMPLATES:
            plain = Text("plain", template.format(name), ((name, own),))
            yield plain
            yield from (_cased(plain, kind) for kind in ("lower", "upper", "title"))
            wrong = misspelt(name, rng)
            yield Text("misspelt", template.format(wrong), ((wrong, own),))
            yield replace(_cased(Text("", template.format(wrong), ((wrong, own),)), "lower"), kind="misspelt, lower")
        joined = name.replace(" ", "_")
        yield Text("file name", f"{joined}_02.jpg", ((joined, own),))
        for alias in rows[own].aliases:
            native = [t.format(alias) for t in (NATIVE if not alias.isascii() else TEMPLATES)]
            yield from (Text("other spelling", text, ((alias, own),)) for text in native)
    for own, template, name in AMBIGUOUS:
        yield Text("ambiguous, told by the words around", template.format(name), ((name, own),))
    for name in ("Vienna", "Cairo", "Springfield"):
        yield from (Text("ambiguous, not told", template.format(name), ((name, ""),)) for template in UNCLEAR)
    yield from (Text("everyday words", text, ()) for text in EVERYDAY)
    yield from (Text("names not in the table", t.format(name), ()) for name in UNKNOWN for t in TEMPLATES)


def _cased(text: Text, kind: str) -> Text:
    change = {"lower": str.lower, "upper": str.upper, "title": str.title}[kind]
    return Text(kind, change(text.text), tuple((change(said), own) for said, own in text.means))


def misspelt(name: str, rng: random.Random) -> str:
    """`name` with one letter left out, doubled, changed or swapped with its neighbour, never the first."""
    at = rng.randrange(1, len(name) - 1)
    if not (name[at].isalpha() and name[at + 1].isalpha()):
        at = 1
    ways = (
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[:at] + "x" + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    )
    return rng.choice([way for way in ways if way != name])


def made_up(count: int, seed: int) -> Iterator[Row]:
    """Rows of names that nobody has; one to three words of two to four syllables."""
    rng, seen = random.Random(seed), {row.name for row in ROWS}
    while len(seen) < count + len(ROWS):
        words = (
            "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 4))) for _ in range(rng.choice((1, 2, 2, 3)))
        )
        name = " ".join(word.capitalize() for word in words)
        if name not in seen:
            seen.add(name)
            yield Row(id=f"made-up-{len(seen)}", name=name, kind=rng.choice(("city", "person", "company")))
