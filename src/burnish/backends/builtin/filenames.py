"""File names in captions: camera names and extensions as junk, and names that people typed, back into words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from burnish.backends.builtin.changes import Change
from burnish.backends.builtin.lexicon import BRANDS, FUNCTION_WORDS, halves, known, word_set

_EXTENSION = r"(?:jpe?g|jfif|png|gif|webp|bmp|tiff?|avif|svgz?|heic|psd|eps)"
_ENDING = re.compile(rf"(?<=[\w)\]])(?:\.{_EXTENSION})+(?=\s*$)", re.IGNORECASE)
_INSIDE = re.compile(
    rf"(?<!\S)[(\[]?(?P<stem>[\w][\w.+%-]{{0,120}}?)(?P<ending>(?:\.{_EXTENSION})+)[)\]]?(?=[,;:]?\s|$)", re.IGNORECASE
)
_CAMERA = re.compile(
    r"(?<![\w.-])(?:_?(?:IMG|DSC[NF]?|_DSC|PICT|PXL|GOPR|CIMG|HPIM|SDC|KIF|IMAG|VID|MVC|SAM|WP)"
    r"(?:[_-](?:\d{2,8}|WA)[\w-]{0,24}|\d{3,8}(?:[_-][\w-]{1,12})?)"
    r"|(?:IMG|DSC|DSCN|DSCF) \d{3,6}"
    r"|P[1-9A-C]\d{6}|1\d\d_\d{4}|DCIM\w{0,12})"
    rf"(?:(?i:\.{_EXTENSION})+(?!\w)|(?![\w-]))"
)
# So few digits after these letters can also be the name of a thing ("SAM-75", "WP-34S", "DSC-120").
_THING = re.compile(r"_?(?:_?DSC[NF]?|SAM|WP|SDC|KIF|MVC|HPIM)[_ -]?\d{2,3}(?!\d)[^.]*")
_PLACEHOLDER = re.compile(
    r"^\s*(?:(?:image|img|photo|pic|picture|scan|unnamed|untitled|download|file|default|thumb(?:nail)?|screenshot)"
    r"[ _-]?\(?\d{0,6}\)?"
    r"|(?:screen ?shot|bildschirmfoto)(?: |_|-)[\d .:_-]{8,30}(?: ?[ap]m)?"
    r"|screen ?shot \d{4}-\d\d-\d\d at [\d. ]{5,9}(?: ?[ap]m)?"
    r"|\d{3,20}(?:[_-]\d{1,20}){0,4}(?:[_-][a-z])?)\s*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Camera names, extensions and whole file names in the text as (start, stop, why), in no order."""
    ending = _ENDING.search(text[-40:])
    offset = max(0, len(text) - 40)
    body = len(text) if ending is None else offset + ending.start()
    if _PLACEHOLDER.match(text[:body][:200]) and body <= 200:
        yield 0, len(text), "a file's name that says nothing"
        return
    for match in _CAMERA.finditer(text):
        if match[0] == text.strip() or not _THING.fullmatch(match[0]):
            yield match.start(), match.end(), "name a camera gave the file"
    if "." in text:
        counts = Counter(word.lower() for word in _WORD.findall(text))
        spoken = sum(count for word, count in counts.items() if known(word))
        yield from (_inside(match, counts, spoken) for match in _INSIDE.finditer(text))
    if ending is not None:
        yield body, offset + ending.end(), "file name extension"


def _inside(match: re.Match[str], counts: Counter[str], spoken: int) -> tuple[int, int, str]:
    """Beside other words a file name goes as a whole, unless it holds a common word of its own.

    `counts` are the words of the whole text, `spoken` how many of them are common ones.
    """
    own = Counter(word.lower() for word in _WORD.findall(match[0]))
    says_more = any((known(word) or not word.isascii()) and counts[word] == count for word, count in own.items())
    if says_more or spoken == sum(count for word, count in own.items() if known(word)):
        return match.start("ending"), match.end("ending"), "file name extension"
    return match.start(), match.end(), "file name"


# --- names that people typed ------------------------------------------------------------------------------------

# Words before which or glued to which a number says something: "page 3", "Route 66", "windows95".
_NUMBERED = word_set(
    "age agent apollo april area august base boeing bond bus caliber canon catch channel "
    "chapter class day days december episode exit february fig figure flat floor formula "
    "friday gate grade group highway hour hours house interstate issue item january july june kilo kings "
    "lesson level line lot mach march mark may mission model monday month "
    "nikon no november number october office over page part phase pier plan plate platform player polo ps python "
    "question room round route saturday scene season section sector september series size slide square stage "
    "state step studio sunday team terminal thursday top track tuesday type under unit version "
    "vol volume ward web wednesday week windows year years zone"
)
# Words with a number glued on that name a band, a game or a thing: "blink182", "cloud9".
_NAMED = word_set("angular blink car cloud euro expo forever heaven magnum maroon matchbox motel movie sum super train")
_MONTHS = re.compile(r"\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_WHY_NAME = "a file's name, not written words"
_WHY_NUMBER = "number of a file in a series"
_JOINED = re.compile(r"(?<![\w@#/\\.=&$%*+])_*[^\W_]+(?:_+[^\W_]+)+_*(?![\w@#/\\.=&$%*+(])")
_GLUED = re.compile(r"(?<![\w.,:/#@&'-])(?P<stem>[A-Za-z]{3,})(?P<number>#?\d{1,4})(?![\w.,:/%'-])")
# "042" after a word can be painted on what is shown, "05" after a capitalised one be a year ("Christmas 05").
_PADDED = re.compile(r"(?<![\w'-])(?P<word>[^\W\d_]{3,}) (?P<number>0\d|00\d{1,2})(?![\w.,:/%'-])")
_PADS = re.compile(r"0\d{1,3}")
_PADS_OF_NAMES = re.compile(r"0\d|00(?!7)\d")  # where upper case stands: "Foto_von_Haus_01", no "James_Bond_007"
_CODE = re.compile(r"[={}<>]|\w\(|\(\)|::|->|;\s*$")  # in program text underscores are right
_CAMEL = re.compile(r"(?:[A-Z]|[a-z]{2})[a-z]{2,}(?:[A-Z][a-z]{2,})+")
_HUMPS = re.compile(r"[A-Z]?[a-z]+")
_SLUG = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)+")
_QUALITIES = word_set(
    "red blue green yellow purple orange pink black white brown gray grey golden silver violet turquoise digital"
    " electric wooden plastic"
)
# Parts of a name that say where a file came from or which copy it is.
_SOURCES = word_set("openclipart clipart thumb thumbnail copy final finaldraft draft svg png jpg jpeg gif")
_COPY = re.compile(r"v(?!6|8|10|12|16)\d{1,2}")  # the version of a file, no motor
# First and last halves of words that are rightly written with a hyphen: "cross-section", "second-hand", "life-like".
_FIRST_HALVES = word_set(
    "air anti brand close cold cross dark deep double down drip east ever fast first flip free full good great "
    "half hand hanky hard heavy helter high hocus home large life light little long man mini multi mumbo near non "
    "north off one open out over part pell ping post pure real roller round second self semi short single slow "
    "small soft south state super third tick time triple two ultra under up vice warm well west whole willy world"
)
_LAST_HALVES = word_set("like free proof made wide size sized style class time term hand work word long down over back")
_ADJECTIVES = ("ed", "ing", "ish", "able")
_MAX_WORDS = 8  # longer texts were written, not named


def words(text: str, confirmed: Callable[[str], bool], *, file_like: bool) -> Iterator[Change]:
    """Names of files turned into words where that is sure: underscores, CamelCase, slugs, series numbers, glued words.

    `confirmed` says whether the image shows a noun; `file_like`, that the caption was found to hold a file's name.
    """
    if text.count(" ") >= _MAX_WORDS:
        yield from _underscores(text)
        return
    steps = (
        _underscores(text),
        _humps(text, confirmed, file_like=file_like),
        _slug(text, file_like=file_like),
        _series(text),
        _halved(text, confirmed, file_like=file_like),
    )
    yield from next((changes for changes in map(list, steps) if changes), [])


def _underscores(text: str) -> Iterator[Change]:
    if _CODE.search(text):
        return
    for match in _JOINED.finditer(text):
        parts = [part for part in match[0].split("_") if part]
        if any(len(part) > 1 for part in parts) and any(map(str.isalpha, match[0])):
            kept = _without_series(parts, whole=match[0] == text.strip())
            after = " ".join(_parted(kept))
            yield Change(start=match.start(), stop=match.end(), after=after, why=_WHY_NAME, junk=kept != parts)


def _parted(parts: list[str]) -> list[str]:
    """CamelCase parts of a name as words, if all are such and no brand: "PlayStation_2" stays one word."""
    humps = [_CAMEL.fullmatch(part) is not None and part.lower() not in BRANDS for part in parts]
    words = [_HUMPS.findall(part) for part in parts]
    if not all(humps) or not all(known(hump) for part in words for hump in part):
        return parts
    return [" ".join(part).lower() if part[0].islower() else " ".join(part) for part in words]


def _without_series(parts: list[str], *, whole: bool) -> list[str]:
    """Parts without a series number ("red_apple_02"): zero-padded ones, and a last short one after common words.

    Upper case makes an unpadded number part of a name ("World_War_2", "CO_2"), and so can other words beside it:
    `whole` says that there are none.
    """
    plain = not any(map(str.isupper, "".join(parts)))
    pads = _PADS if plain else _PADS_OF_NAMES
    rest = [part for part in parts if not ((plain or whole) and pads.fullmatch(part))]
    while len(rest) > 1 and (rest[-1].lower() in _SOURCES or _COPY.fullmatch(rest[-1].lower())):
        rest.pop()
    if plain and whole:
        rest = _uncounted(rest)
    return rest if any(map(str.isalpha, "".join(rest))) else parts


def _uncounted(parts: list[str]) -> list[str]:
    """Lower-case parts without a last short number after a common word, or the only one, glued to such a word."""
    if len(parts) > 1 and re.fullmatch(r"\d{1,2}", parts[-1]):
        before = [re.sub(r"\d+$", "", part) for part in parts[:-1]]
        noun = len(before[-1]) > 2 and known(before[-1]) and before[-1] not in _NUMBERED | BRANDS
        if noun and (len(parts[-1]) == 1 or all(map(known, before))):
            parts = parts[:-1]
    if len(re.findall(r"\d+", " ".join(parts))) != 1:
        return parts
    glued = [_GLUED.fullmatch(part) for part in parts]
    return [
        match["stem"] if match and _counts_files(match["stem"], match["number"]) else part
        for part, match in zip(parts, glued, strict=True)
    ]


def _humps(text: str, confirmed: Callable[[str], bool], *, file_like: bool) -> Iterator[Change]:
    """CamelCase that is the whole text, every hump a common word and the whole no known name.

    "StopSign" alone could be a brand ("ThinkPad"): it takes a number, three humps, a small first letter, another
    trace of a file's name, or the image. After a capital a bare number is part of a name ("IronMan3").
    """
    match = re.fullmatch(r"((?:[A-Z]?[a-z]{2,})(?:[A-Z][a-z]{2,})+)(#?\d{1,4})?", text)
    if match is None or match[1].lower() in BRANDS:
        return
    if match[2] and text[0].isupper() and not (match[2][0] == "#" or _PADS_OF_NAMES.fullmatch(match[2])):
        return
    humps = _HUMPS.findall(match[1])
    traces = match[2] or file_like or len(humps) > 2 or (text[0].islower() and len(humps[0]) > 2)
    if all(known(hump) for hump in humps) and (traces or confirmed(humps[-1].lower())):
        after = " ".join(humps)
        why = _WHY_NAME if match[2] is None else f"{_WHY_NAME}; {_WHY_NUMBER}"
        after = after.lower() if text[0].islower() else after
        yield Change(start=0, stop=len(text), after=after, why=why, junk=match[2] is not None)


def _slug(text: str, *, file_like: bool) -> Iterator[Change]:
    """Words joined by hyphens that are the whole text, unless English writes them so."""
    parts = text.lower().split("-")
    if not _SLUG.fullmatch(text) or not (text.islower() or (text.istitle() and _one_quality(parts))):
        return
    common = sum(known(part) and len(part) > 2 for part in parts)
    if len(parts) > 2:
        joined = FUNCTION_WORDS.intersection(parts) or any(len(part) < 3 for part in parts if part != "up")
        sure = common >= 2 and max(map(len, parts)) >= 4 and (len(parts) > 4 - file_like or not joined)
    else:
        sure = common == 2 and (_one_quality(parts) or _two_nouns(parts))
    if sure:
        yield Change(start=0, stop=len(text), after=text.replace("-", " "), why=_WHY_NAME)


def _one_quality(parts: list[str]) -> bool:
    rest = [part for part in parts if part not in _QUALITIES]
    return len(rest) == 1 and rest[0] not in _FIRST_HALVES | _LAST_HALVES and not rest[0].endswith(_ADJECTIVES)


def _two_nouns(parts: list[str]) -> bool:
    first, last = parts
    return (
        min(map(len, parts)) > 3
        and not _QUALITIES.intersection(parts)
        and first not in _FIRST_HALVES
        and last not in _LAST_HALVES
        and not last.endswith(_ADJECTIVES)
    )


def _series(text: str) -> Iterator[Change]:
    """A number that counts files: glued to the only word ("button2", "Tigre05", "horse#2") or zero-padded after a
    lower-case one ("open bible 01").
    """
    if len(re.findall(r"\d+", text)) != 1:
        return
    for match in _GLUED.finditer(text):
        if match[0] == text.strip() and _counts_files(match["stem"], match["number"]):
            yield Change(start=match.start(), stop=match.end(), after=match["stem"], why=_WHY_NUMBER, junk=True)
    for match in _PADDED.finditer(text):
        word, number = match["word"], match["number"]
        if word in _NUMBERED or word != word.lower() or number == "007" or _MONTHS.match(text, match.end()):
            continue
        yield Change(start=match.start(), stop=match.end(), after=word, why=_WHY_NUMBER, junk=True)


def _counts_files(stem: str, number: str) -> bool:
    if stem.lower() in _NUMBERED | _NAMED | BRANDS or (stem.isupper() and len(stem) < 5):
        return False
    if stem.istitle():
        return _PADS_OF_NAMES.fullmatch(number) is not None
    padded = re.fullmatch(r"0\d{1,2}", number) is not None
    return stem.islower() and (padded or (len(number.strip("#")) < 4 and known(stem)))


def _halved(text: str, confirmed: Callable[[str], bool], *, file_like: bool) -> Iterator[Change]:
    """Two common words glued together, in a file's name or where the image confirms the second. Whoever writes a
    sentence does not glue: "lionfish", "fairytale".
    """
    if not file_like and (text.count(" ") > 2 or text.endswith((".", "!", "?"))):
        return
    for match in re.finditer(r"(?<![\w@#/.'-])[a-z]{8,24}(?![\w@/.'-])", text):
        parts = halves(match[0])
        if parts and (file_like or confirmed(parts[1])):
            yield Change(start=match.start(), stop=match.end(), after=" ".join(parts), why=_WHY_NAME)
