"""What boilerplate of the web looks like: one row a kind, each anchored so that what is depicted stays.

Rows are anchored to the head or the tail of the text, to separators or to brackets. Rows marked `depictable` could
stand on a sign or a coin and do not count in texts that speak of something written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from burnish.backends.builtin.lexicon import word_set

REACH = 300
"""Characters at either end in which HEAD and TAIL rows look: no credit line or shop suffix is longer."""


class Where(Enum):
    """Which part of a text a row is matched against."""

    HEAD = "head"
    TAIL = "tail"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Group "junk" of the pattern is the span, or the whole match where there is none; `fits` has the last word."""

    kind: str
    why: str
    pattern: re.Pattern[str]
    where: Where = Where.ANYWHERE
    depictable: bool = False
    fits: Callable[[re.Match[str]], bool] = lambda _match: True


_DASH = r"[|\u00bb\u2022\u00b7\u2013\u2014-]"
_BREAK = r"[|!.,;:()\[\]\u2013\u2014-]"
_CAPITAL = r"(?-i:[^\W\d_a-z])"
_PERSON = (
    rf"{_CAPITAL}[\w.'\u2019-]{{0,30}}(?:[ /](?:de|da|di|del|la|von|van|der|{_CAPITAL}[\w.'\u2019-]{{0,30}})){{0,5}}"
)
_MEDIA = r"(?:clip[ -]?arts?|cliparts?|icons?|vectors?|stock|photos?|images?|pictures?|graphics?|wallpapers?|fonts?)"
_ENDINGS = "com|net|org|info|biz|shop|store|co|io|eu|uk|de|fr|es|it|nl|pl|ru|us|ca|au|cn|jp|in|br|ch|at|be|example"
_DOMAIN = rf"(?:[a-z0-9][a-z0-9-]{{1,40}}\.){{1,3}}(?:{_ENDINGS})"
_BANKS = (
    r"(?:shutterstock|istock(?:photo)?|getty ?images|dreamstime|123rf|depositphotos|alamy(?: stock photo)?|fotolia"
    r"|adobe ?stock|bigstock(?:photo)?|pixabay|unsplash|pexels|freepik|vecteezy|openclipart|pinterest|etsy|ebay"
    r"|flickr(?: - photo sharing!?)?|amazon|walmart|aliexpress|wikimedia commons|wikipedia(?:, the free encyclopedia)?)"
)
_VIEW = r"(?:enlarge|zoom|view|see)(?: (?:larger|full size))?(?: image)?"
_SELL = (
    r"(?:buy (?:it )?(?:now|online|here)|order (?:now|online)|shop (?:now|online)|add to (?:cart|basket)"
    r"|free (?:shipping|delivery|download|hd download)|download (?:free|now|for free)|best (?:price|deal)s?(?: online)?"
    rf"|(?:lowest|cheap|great|low) prices?|click (?:here|to {_VIEW})|(?:view|see) (?:larger|full[ -]size)(?: image)?"
    r"|limited (?:time )?offer|on sale now|sale now on|(?:up to )?\d{1,2} ?% off(?: sale)?|for sale online"
    r"|opens in (?:a )?new (?:window|tab))"
)
_STOCK = r"stock (?:photo(?:graph|graphy)?|image|picture|illustration|footage|vector(?: (?:art|illustration|image))?)s?"
_URL = r"(?<!\w)(?:(?:https?|ftp)://|www\.)[^\s<>\"()\[\]]{3,2000}(?<![.,;:!?])"
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}\b"
# What leads to an address goes with it ("see http://..."), and it has to end its sentence or bracket.
_LEAD = r"(?:\b(?:see|visit|at|from|via|on|more at|source|url|link|web|website|e-?mail|contact|mail to):? ){0,2}"
_ENDS = r"(?=[.!?]?\s{0,9}\Z|[.!?] |\s?[|)\]\n])"
_DAY_MONTH = r"(?:mon|tue|wed|thu|fri|sat|sun) (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_MONEY = r"(?:[$\u20ac\u00a3] ?\d{1,5}(?:[.,]\d\d)?|\d{1,5}[.,]\d\d ?(?:[$\u20ac\u00a3]|EUR|USD|GBP))"
_NOT_METRIC = r"(?! ?(?:[x\u00d7] ?\d|mm|cm|m\b|in\b|inch|ft|\"))"
_ITEM = r"(?:SKU|item|art(?:ikel|icle)?\.?(?:[ -]?nr\.?)?|id|product(?: code)?)"

DEPICTED = re.compile(
    r"\b(?:sign|banner|sticker|label|badge|tag|button|icon|poster|coupon|voucher|logo|ribbon|stamp|text|word|written"
    r"|writing|letter(?:ing)?|say|saying|said|read|reading|quote|slogan|flyer|ad|advert\w*|screenshot|keyboard|bill"
    r"|banknote|coin|note|menu|ticket|receipt)s?\b|[\"\u201c\u201d\u00ab\u00bb]",
    re.IGNORECASE,
)
"""Words (and quotation marks) of texts that may speak of something written."""

_RESOLUTIONS = word_set(
    "320x240 480x320 480x360 640x360 640x480 720x480 720x576 800x480 800x600 854x480 960x540 1024x600 1024x768"
    " 1152x864 1280x720 1280x768 1280x800 1280x960 1280x1024 1360x768 1366x768 1400x1050 1440x900 1600x900"
    " 1600x1200 1680x1050 1920x1080 1920x1200 1920x1280 2048x1152 2048x1536 2560x1080 2560x1440 2560x1600"
    " 2880x1800 3000x2000 3440x1440 3840x2160 4000x3000 4096x2160 5120x2880 7680x4320"
)
_STORY = re.compile(r"\b(?:i|we|he|she|they|paid|pays?|costs?|spent|earn|worth|sold|bought|for|of)\b", re.IGNORECASE)
_BEFORE_STOCK = word_set("rolling live paper gun laughing chicken the in of our dead")


def _is_resolution(match: re.Match[str]) -> bool:
    wide, high = match["wide"], match["high"]
    return bool(match["px"]) or f"{wide}x{high}" in _RESOLUTIONS or f"{high}x{wide}" in _RESOLUTIONS


def _is_mixed(match: re.Match[str]) -> bool:
    return any(map(str.isdigit, match[0])) and any(map(str.isalpha, match[0]))


def _is_own_stock(match: re.Match[str]) -> bool:
    words = match.string[max(0, match.start() - 20) : match.start()].lower().split()
    return not words or words[-1] not in _BEFORE_STOCK


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _is_asked(match: re.Match[str]) -> bool:
    """A price that is asked, not one that somebody paid in a story."""
    return _STORY.search(match.string, 0, match.start("junk")) is None


_CREDIT = "says who made or owns the picture, not what it shows"
_COLLECTION = "says which collection the file is part of"

KINDS = (
    Kind(
        kind="credit",
        why=_CREDIT,
        where=Where.HEAD,
        pattern=_pattern(rf"\A\s*clip ?art by (?!hand\b){_PERSON} +- +(?=\S)"),
    ),
    Kind(
        kind="credit",
        why=_CREDIT,
        where=Where.TAIL,
        pattern=_pattern(
            rf"[(\[](?:photo|photograph|picture|image|illustration) (?:credit|source|courtesy|by):? ?(?:by |of )?"
            rf"{_PERSON}[)\]]\s*$",
            rf"\(AP Photo/{_PERSON}\)",
            r"(?<=[.!?|\u2013\u2014-] )(?:photo|image|picture) (?:credit|source|courtesy)s?:? ?(?:of |by )?"
            rf"{_PERSON}\.?\s*$",
            r"\s(?:\u00a9 ?\d{4}|\(c\) ?(?:19[5-9]|20\d)\d)[^|\n]{0,60}$",
            r"\s\u00a9 [^|\n]{1,60}$",
        ),
    ),
    Kind(
        kind="timestamp",
        why="time stamp of a file",
        pattern=_pattern(
            rf"\(?\b{_DAY_MONTH} [ \d]\d \d\d:\d\d:\d\d(?: [a-z]{{3,4}})? \d{{4}}\b\)?",
            r"\b\d{4}-\d\d-\d\d[T ]\d\d[:.]\d\d[:.]\d\d(?:\.\d{1,6})?Z?\b",
        ),
    ),
    Kind(
        kind="collection",
        why=_COLLECTION,
        where=Where.HEAD,
        pattern=_pattern(
            rf"\A\s*(?P<junk>part of the )(?!getty)(?=(?:[\w-]+ ){{0,3}}{_MEDIA} (?:collection|set|pack)\b)"
        ),
    ),
    Kind(
        kind="collection",
        why=_COLLECTION,
        where=Where.HEAD,
        pattern=_pattern(
            rf"\A\s*part of the (?!getty)(?:[\w-]+ ){{0,3}}{_MEDIA}(?P<junk> (?:collection|set|pack))"
            rf"\s*(?:$|\(?{_DAY_MONTH} )"
        ),
    ),
    Kind(
        kind="format",
        why="names the file's format",
        where=Where.TAIL,
        pattern=_pattern(
            r"\bin (?:svg|png|jpe?g|gif|eps|vector) format\b",
            r"[(\[](?:svg|png|jpe?g|gif|eps|psd|hd|4k)[)\]]\s*$",
        ),
    ),
    Kind(
        kind="address",
        why="web address",
        pattern=_pattern(rf"{_LEAD}{_URL}{_ENDS}", rf"\A\s{{0,9}}{_URL}"),
    ),
    Kind(
        kind="address",
        why="e-mail address",
        pattern=_pattern(rf"{_LEAD}{_EMAIL}{_ENDS}"),
    ),
    Kind(
        kind="site",
        why="name of the web site, not of what is shown",
        where=Where.TAIL,
        depictable=True,
        pattern=_pattern(rf"(?:\s{_DASH}+\s+|[|\u00bb\u2022]\s*)(?P<junk>{_DOMAIN}|{_BANKS}(?:\.com)?)\s*$"),
    ),
    Kind(
        kind="site",
        why="name of the shop, not of what is shown",
        where=Where.TAIL,
        depictable=True,
        pattern=_pattern(rf"\s(?:at|from|on|via) {_DOMAIN}\s*\.?$"),
    ),
    Kind(
        kind="stock",
        why="boilerplate of an image bank",
        where=Where.TAIL,
        fits=_is_own_stock,
        pattern=_pattern(
            rf"(?:royalty[ -]free )?\b{_STOCK}(?: ?(?:#|id:?|no\.?|-|:)? ?\d{{5,12}})?\s*$",
            r"\broyalty[ -]free(?: (?:images?|photos?|vectors?|pictures?))?\s*$",
        ),
    ),
    Kind(
        kind="stock",
        why="boilerplate of an image bank",
        where=Where.HEAD,
        pattern=_pattern(rf"\A\s*(?:royalty[ -]free )?{_STOCK}\s*[:|-]\s*(?=\S)"),
    ),
    Kind(
        kind="selling",
        why="sales talk or page controls",
        depictable=True,
        pattern=_pattern(rf"(?:\A|(?<={_BREAK})|(?<={_BREAK} ))(?P<junk>{_SELL})!{{0,9}}(?= ?(?:\Z|{_BREAK}))"),
    ),
    Kind(
        kind="selling",
        why="sales talk or page controls",
        where=Where.TAIL,
        depictable=True,
        pattern=_pattern(rf"\s(?P<junk>{_SELL})[!. ]*$"),
    ),
    Kind(
        kind="price",
        why="price in a shop",
        fits=_is_asked,
        where=Where.TAIL,
        depictable=True,
        pattern=_pattern(
            rf"(?:[|,;:(\u2013\u2014-]\s*|\s(?=only|just|now only|price))"
            rf"(?P<junk>(?:(?:now )?(?:only|just|now|price:?|from) )?{_MONEY})\)?[!. ]*$"
        ),
    ),
    Kind(
        kind="size",
        why="size of the file's image in pixels",
        fits=_is_resolution,
        pattern=_pattern(
            rf"(?<![\w.])[(\[]?(?P<wide>\d{{3,4}}) ?[x\u00d7] ?(?P<high>\d{{3,4}}){_NOT_METRIC}"
            r" ?(?P<px>px|pixels?)?(?!\w)[)\]]?(?: (?:full )?(?:hd|4k|uhd)\b)?(?: (?:desktop )?wallpapers?\b\s{0,9}$)?"
        ),
    ),
    Kind(
        kind="number",
        why="catalogue number",
        where=Where.TAIL,
        pattern=_pattern(
            rf"[|,;( \u2013\u2014-](?P<junk>{_ITEM}(?: ?[:#]+ ?| (?:no|nr)\.? ?| #)(?=[\w-]*\d)[\w-]{{2,20}})\)?\s*$"
        ),
    ),
    Kind(
        kind="number",
        why="catalogue number",
        where=Where.TAIL,
        pattern=_pattern(r"\s[|\u2013\u2014-]\s+(?P<junk>#?\d{7,14})\s*$"),
    ),
    Kind(
        kind="hash",
        why="identifier made by a machine",
        fits=_is_mixed,
        pattern=_pattern(
            r"(?<![\w/])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)",
            r"(?<![\w/])(?:0x)?[0-9a-f]{16,128}(?!\w)",
            r"(?<![\w/])0x[0-9a-f]{6,16}(?!\w)",
        ),
    ),
    Kind(
        kind="wrapper",
        why="added by a page or a program, not by someone who looked",
        where=Where.HEAD,
        pattern=_pattern(r"\A\s*(?:image may contain:? ?|(?:image|file|datei|fichier|archivo):|image: )(?=\S)"),
    ),
)
