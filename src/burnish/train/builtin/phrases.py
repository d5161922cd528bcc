"""Good English captions with what a plain title lacks: numbers, years, models, places, emoji, other marks.

All words are our own. Bad captions hold numbers and marks as well; only in good ones do they mean something.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

Dress = Callable[[str, random.Random], str]


def _choices(joined: str) -> tuple[str, ...]:
    return tuple(joined.split("|"))


_CITIES = _choices(
    "Paris|London|New York|Rome|Berlin|Tokyo|Cairo|Madrid|Vienna|Prague|Lisbon|Sydney|Mumbai|Chicago|Boston|Oslo|Dublin"
    "|Toronto|Istanbul|Beijing|Moscow|Athens|Budapest|Nairobi|Lima|Havana|Kyoto|Edinburgh|Seattle|Munich|Hamburg|Porto"
)
_COUNTRIES = _choices(
    "France|England|Italy|Germany|Japan|Egypt|Spain|Austria|Portugal|Australia|India|Canada|Ireland|Norway|Turkey|China"
    "|Russia|Greece|Hungary|Kenya|Peru|Cuba|Scotland|Brazil|Mexico|Chile|Morocco|Nepal|Vietnam|Thailand|Poland|Iceland"
)
_SIGHTS = _choices(
    "Tower Bridge|Mount Everest|the Grand Canyon|the Statue of Liberty|Notre-Dame|the Great Wall|Niagara Falls|Big Ben"
    "|the Louvre|Central Park|Times Square|the Black Forest|Loch Ness|the Nile|Lake Geneva|Table Mountain|Angkor Wat"
)
_PEOPLE = _choices(
    "Albert Einstein|Marie Curie|Mozart|Napoleon|Queen Victoria|Charles Darwin|John Lennon|Rosa Parks|Gandhi|Elvis"
    "|Leonardo da Vinci|Ada Lovelace|Shakespeare|George Washington|Anna|my brother|Grandma|Uncle Tom|Dr. Brown"
)
_MAKERS = _choices(
    "Boeing|Airbus|BMW|Audi|Toyota|Honda|Ford|Fiat|Volvo|Mercedes|Porsche|Yamaha|Nikon|Canon|Sony|Samsung|Nokia|Apple"
    "|Lego|Fender|Tesla|Saab|Intel|Atari|Nintendo|Xbox|Cessna|Leica|Kodak|Casio|Dell|HP|IBM|Citroën|Vespa|Suzuki"
)
_SERIES = _choices(
    "747|737-800|A320|A350|X5|911|M4|Z3|R6|2CV|500|T4|D90|EOS 400D|S9|3210|520 ST|2600|64|XR2|F1|GT 500|DC-3|P-51"
    "|MiG-29|B-52|T-34|Mk II|Pro 13|12 Mini|C-130|U-2|H2O|5S|8 Plus|RX 100|CB750|Type 2|Model T|V8|4x4|F-4"
)
_ROLES = _choices(
    "{0} at the airport|a {0} on the road|the new {0}|{0} in a museum|{0} seen from the front|{0} parked outside|{0}"
    "|an old {0}|{0} case|{0} on display|a red {0}|{0} manual|close-up of a {0}|{0} in flight|{0} keyboard|{0} lens"
)
_UNITS = _choices("km|kg|cm|mm|miles|inches|litres|years|days|hours|minutes|pounds|feet|steps|players|pieces|degrees")
_EMOJI = _choices("😀|😂|🐶|🐱|🌞|🌊|🎂|🎉|❤️|🔥|🍕|🍎|⚽|✨|🌲|🎄|🚗|✈️|☕|🌈|🙏|👍|😍|🏔️|📷|💕")
_PRONOUNS = _choices(
    "My {0} from last summer|What a lovely {0}!|Is this a {0}?|This is our {0}.|Look at that {0}!|"
    "Our first {0} together|I made this {0} myself|The {0} we saw yesterday|Me and the {0}|How to draw a {0}"
    "|Do not feed the {0}"
)
_YEARS = _choices(
    "{0}, {year}|{0} ({year})|{year} {0}|{0} in {year}|{0} from the {decade}s|{0}, {month} {year}|{0}, c. {year}"
    "|{0}, {city}, {country}, {year}|{0} of {year}|Summer {year}, {0}|{0} in the {decade}s|{0}, {day} {month} {year}"
    "|{city}, {year}|{city} in {year}|{country} in the {decade}s|A {year} {0}"
)
_COUNTS = _choices(
    "{n} {0}s|{n} {0}s in a row|{n} red {0}s|{n}-year-old with a {0}|{0} number {n}|{0} No. {n}|{n} {unit} of {0}"
    "|{0} {n}|Two {n} {unit} long {0}s|{n}% {0}|Chapter {n}: {0}|{0} at {hour}:{minute}|{0} for {n} people|{n}th {0}"
    "|{0}, {n} of {m}|${n} bill and a {0}|{n} {unit}|{n}+ {0}s|{0}, {n} {unit}|{0} part {n}"
    "|Room {n}|Highway {n} and a {0}|Team {n}|{n}/{m} {0}|{0} on page {n}|{0} size {n}"
)
_PLACES = _choices(
    "{0}, {city}|{0} in {city}, {country}|{sight}|{0} near {sight}|{person}|{person} with a {0}|{city}, {country}"
    "|Portrait of {person}|{sight} at night|{0} ({country})|{country}|{0} from {country}|{sight}, {country}|{city}"
    "|{person} in {city}|{city} skyline at dusk|Map of {country}|Flag of {country}|{0} - {country}"
)
_MARKS = _choices(
    '{0} (front view)|"{0}"|{0}: a closer look|{0} & {1}|{0} and {1}!|{0} / {1}|{0} - {1}|{0}; {1}|the {0}\'s {1}'
    '|black-and-white {0}|{0} (detail)|{0} – {1}|{0}, {1} and more|{0}?|{0} with "{1}" on it|hand-made {0}|{0} + {1}'
    "|a {0}, a {1}, and a cup of tea|{0}'s house|close-up of {0}|{0} (2 of 3)|It's a {0}|don't touch the {0}|{0} #2"
)
_MONTHS = _choices("January|March|May|June|July|August|September|October|December")
_SCENES = _choices(
    "A {0} stands in front of a {1} while people walk by on the street.|The {0} is next to the {1}, under a cloudy sky"
    ".|Someone left a {0} on the bench in the park.|A man is holding a {0} and a woman is looking at a {1}."
    "|On the left there is a {0}; on the right, a {1}.|A view of the {0} from above, with the {1} in the background"
    "|An old photograph shows a {0}, two {1}s and a child in a coat.|The {0} was painted in the morning light."
    "|A young girl draws a {0} with chalk on the pavement in front of her house.|{0} made of wood, seen from behind"
    "|After the rain, a {0} and a {1} were found near the river, and nobody knew whose they were."
)


def year(text: str, rng: random.Random) -> str:
    """With a year, a decade or a date."""
    return _fill(_YEARS, text, rng)


def count(text: str, rng: random.Random) -> str:
    """With a number that counts, measures or names."""
    return _fill(_COUNTS, text, rng)


def model(_text: str, rng: random.Random) -> str:
    """A maker's product; makers and types are mixed blindly."""
    name = rng.choice((f"{rng.choice(_MAKERS)} {rng.choice(_SERIES)}", rng.choice(_SERIES), rng.choice(_MAKERS)))
    return rng.choice(_ROLES).format(name)


def place(text: str, rng: random.Random) -> str:
    """With a place or a person."""
    return _fill(_PLACES, text, rng)


def emoji(text: str, rng: random.Random) -> str:
    """With one emoji or several, mostly at the end."""
    signs = "".join(rng.choice(_EMOJI) for _ in range(rng.choice((1, 1, 1, 2, 3))))
    words = _fill(_PRONOUNS, text, rng) if rng.random() < 0.4 else text
    return rng.choice(("{0} {1}", "{0} {1}", "{0}{1}", "{1} {0}")).format(words, signs)


def voice(text: str, rng: random.Random) -> str:
    """As people speak."""
    return _fill(_PRONOUNS, text, rng)


def marks(text: str, rng: random.Random) -> str:
    """With brackets, quotes, dashes, a genitive."""
    return _fill(_MARKS, text, rng, text)


def scene(text: str, rng: random.Random) -> str:
    """A longer sentence."""
    return _fill(_SCENES, text, rng, rng.choice(("tree", "dog", "red car", "window", "table", "white horse", "lamp")))


def loud(text: str, _rng: random.Random) -> str:
    """As on a sign."""
    return text.upper()


DRESSES: Sequence[Dress] = (year, year, count, count, model, place, emoji, voice, marks, marks, scene, scene, loud)


def _fill(templates: Sequence[str], text: str, rng: random.Random, other: str = "") -> str:
    first = rng.randrange(1400, 2026) if rng.random() < 0.2 else rng.randrange(1880, 2026)
    return rng.choice(templates).format(
        text, other, year=first, decade=first // 10 * 10, n=rng.choice((rng.randrange(2, 13), rng.randrange(2, 2000))),
        m=rng.randrange(2, 30), day=rng.randrange(1, 29), hour=rng.randrange(1, 24), minute=f"{rng.randrange(60):02d}",
        month=rng.choice(_MONTHS), city=rng.choice(_CITIES), country=rng.choice(_COUNTRIES), sight=rng.choice(_SIGHTS),
        person=rng.choice(_PEOPLE), unit=rng.choice(_UNITS),
    )  # fmt: skip
