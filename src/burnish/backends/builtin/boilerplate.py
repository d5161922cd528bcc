"""What boilerplate of the web looks like: one row a kind, each anchored so that what is depicted stays.

Rows are anchored to the head or the tail of the text, to separators or to brackets. Rows marked `depictable` could
stand on a sign or a coin and do not count in texts that speak of something written.
"""

from __future__ import annotations

import re

from burnish.backends.builtin.credits import CREDITS
from burnish.backends.builtin.kinds import Kind, Where, pattern
from burnish.backends.builtin.lexicon import word_set
from burnish.backends.builtin.shops import MEDIA, SHOPS

_URL = r"(?<!\w)(?:(?:https?|ftp)://|www\.)[^\s<>\"()\[\]]{3,2000}(?<![.,;:!?])"
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}\b"
# What leads to an address goes with it ("see http://..."), and it has to end its sentence or bracket.
_LEAD = r"(?:\b(?:see|visit|at|from|via|on|more at|source|url|link|web|website|e-?mail|contact|mail to):? ){0,2}"
_ENDS = r"(?=[.!?]?\s{0,9}\Z|[.!?] |\s?[|)\]\n])"
_DAY_MONTH = r"(?:mon|tue|wed|thu|fri|sat|sun) (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_NOT_METRIC = r"(?! ?(?:[x\u00d7] ?\d|mm|cm|m\b|in\b|inch|ft|\"))"
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


# Beside these a resolution says something of what is shown, beside those of the file.
_SHOWN = word_set("resolution display monitor screen panel lcd led tv television laptop")
_LEADS_ON = word_set("of with at in a an the is has its")
_OF_FILE = word_set(
    "wallpaper wallpapers background thumb thumbnail preview image photo picture pic jpg jpeg png gif svg hd uhd 4k"
    " fullhd download px pixel pixels desktop banner icon"
)
_NEAR = 24  # characters: one word of a neighbour


def _is_resolution(match: re.Match[str]) -> bool:
    wide, high = match["wide"], match["high"]
    if not (match["px"] or f"{wide}x{high}" in _RESOLUTIONS or f"{high}x{wide}" in _RESOLUTIONS):
        return False
    before = match.string[max(0, match.start() - _NEAR) : match.start()]
    after = match.string[match.end() : match.end() + _NEAR]
    first = set(re.findall(r"\w+(?=\W*$)", before.lower()))
    beside = first.union(re.findall(r"^\W*(\w+)", after.lower()))
    outside = not before.strip() or not after.strip(" .!)]") or match[0][0] in "(["
    of_file = bool(beside & _OF_FILE) or match[0][-1].isalpha()
    return not beside & _SHOWN and not first & _LEADS_ON and (outside or of_file)


def _is_mixed(match: re.Match[str]) -> bool:
    return any(map(str.isdigit, match[0])) and any(map(str.isalpha, match[0]))


_COLLECTION = "says which collection the file is part of"

KINDS = (
    *CREDITS,
    *SHOPS,
    Kind(
        kind="timestamp",
        why="time stamp of a file",
        pattern=pattern(
            rf"\(?\b{_DAY_MONTH} [ \d]\d \d\d:\d\d:\d\d(?: [a-z]{{3,4}})? \d{{4}}\b\)?",
            r"\b\d{4}-\d\d-\d\d[T ]\d\d[:.]\d\d[:.]\d\d(?:\.\d{1,6})?Z?\b",
        ),
    ),
    Kind(
        kind="collection",
        why=_COLLECTION,
        where=Where.HEAD,
        pattern=pattern(
            rf"\A\s*(?P<junk>part of the )(?!getty)(?=(?:[\w-]+ ){{0,3}}{MEDIA} (?:collection|set|pack)\b)"
        ),
    ),
    Kind(
        kind="collection",
        why=_COLLECTION,
        where=Where.HEAD,
        pattern=pattern(
            rf"\A\s*part of the (?!getty)(?:[\w-]+ ){{0,3}}{MEDIA}(?P<junk> (?:collection|set|pack))"
            rf"\s*(?:$|\(?{_DAY_MONTH} )"
        ),
    ),
    Kind(
        kind="format",
        why="names the file's format",
        where=Where.TAIL,
        pattern=pattern(
            r"\bin (?:svg|png|jpe?g|gif|eps|vector) format\b",
            r"[(\[](?:svg|png|jpe?g|gif|eps|psd|hd|4k)[)\]]\s*$",
        ),
    ),
    Kind(
        kind="address",
        why="web address",
        pattern=pattern(rf"{_LEAD}{_URL}{_ENDS}", rf"\A\s{{0,9}}{_URL}"),
    ),
    Kind(
        kind="address",
        why="e-mail address",
        pattern=pattern(rf"{_LEAD}{_EMAIL}{_ENDS}"),
    ),
    Kind(
        kind="size",
        why="size of the file's image in pixels",
        fits=_is_resolution,
        pattern=pattern(
            rf"(?<![\w.])[(\[]?(?P<wide>\d{{3,4}}) ?[x\u00d7] ?(?P<high>\d{{3,4}}){_NOT_METRIC}"
            r" ?(?P<px>px|pixels?)?(?!\w)[)\]]?(?: (?:full )?(?:hd|4k|uhd)\b)?(?: (?:desktop )?wallpapers?\b\s{0,9}$)?"
        ),
    ),
    Kind(
        kind="hash",
        why="identifier made by a machine",
        fits=_is_mixed,
        pattern=pattern(
            r"\A\s*\w{1,40}\(0x[0-9a-f]{1,16}\)\s*\Z",
            r"(?<![\w/])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)",
            r"(?<![\w/])(?:0x)?[0-9a-f]{16,128}(?!\w)",
            r"(?<![\w/])0x[0-9a-f]{6,16}(?!\w)",
        ),
    ),
    Kind(
        kind="wrapper",
        why="added by a page or a program, not by someone who looked",
        where=Where.HEAD,
        pattern=pattern(
            r"\A\s*(?:image may contain:? ?|(?:image|search) results? for |thumbnail(?: image)? for "
            r"|(?:image|file|datei|fichier|archivo):|image: )(?=\S)"
        ),
    ),
)
