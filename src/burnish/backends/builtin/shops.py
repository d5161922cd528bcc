"""Rows for shops and image banks: their names, their stock phrases, sales talk, prices and catalogue numbers."""

from __future__ import annotations

import re

from burnish.backends.builtin.kinds import Kind, Where, pattern
from burnish.backends.builtin.lexicon import word_set

_DASH = r"[|\u00bb\u2022\u00b7\u2013\u2014-]"
_BREAK = r"[|!.,;:()\[\]\u2013\u2014-]"
MEDIA = r"(?:clip[ -]?arts?|cliparts?|icons?|vectors?|stock|photos?|images?|pictures?|graphics?|wallpapers?|fonts?)"
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
    r"|click (?:on )?(?:the )?(?:image|photo|picture)s? (?:to|for) (?:enlarge|zoom|view|a larger view|larger view)"
    r"|opens in (?:a )?new (?:window|tab))"
)
_STOCK = (
    r"stock (?:photo(?:graph|graphy)?|image|picture|illustration|footage"
    r"|vector(?: (?:art(?: & illustration)?|illustration|image))?)s?"
)
_NUMBER = r"(?: (?:image|pic|picture|id)\.? ?(?:#|id:?|no\.?)? ?\d{3,12}\.?)?"
_MONEY = r"(?:[$\u20ac\u00a3] ?\d{1,5}(?:[.,]\d\d)?|\d{1,5}[.,]\d\d ?(?:[$\u20ac\u00a3]|EUR|USD|GBP))"
_ITEM = (
    r"(?:SKU|item|art(?:ikel|icle)?\.?(?:[ -]?nr\.?)?|id|product(?: code)?|part|cat(?:alogue)?\.?|ref(?:erence|\.)?)"
)

OFFER = re.compile(
    r"\A\s*(?:buy|order|shop(?: for)?) (?:(?:cheap|cheapest|discount|generic|quality|affordable|the|best) ){1,3}"
    r"(?P<thing>[^\W\d_][^.!?|\n:;\"]{1,60}?) on-?line\b(?: now| today| here)?[!. ]*",
    re.IGNORECASE,
)
"""A text, or its beginning, that offers a thing for sale and does nothing else ("Buy cheap red shoes online!")."""

_STORY = re.compile(r"\b(?:i|we|he|she|they|paid|pays?|costs?|spent|earn|worth|sold|bought|for|of)\b", re.IGNORECASE)
_BEFORE_STOCK = word_set("rolling live paper gun laughing chicken the in of our dead")


def _is_own_stock(match: re.Match[str]) -> bool:
    words = match.string[max(0, match.start() - 20) : match.start()].lower().split()
    return not words or words[-1] not in _BEFORE_STOCK


_ACCOUNT = re.compile(
    r"\b(?:follow|find|visit|see|shop|join|like|share|s(?:old|ell)\w*|page|profile|us|me|my|our)\b", re.IGNORECASE
)


def _is_after_words(match: re.Match[str]) -> bool:
    """A page's title in front: three words and more."""
    return len(match.string[: match.start()].split()) >= 3


def _is_after_word(match: re.Match[str]) -> bool:
    return any(len(word) > 2 and word.isalpha() for word in match.string[: match.start() + 1].split())


def _is_on_page(match: re.Match[str]) -> bool:
    return _is_after_words(match) and _ACCOUNT.search(match.string, 0, match.start()) is None


def _is_asked(match: re.Match[str]) -> bool:
    """A price that is asked, not one that somebody paid in a story."""
    return _STORY.search(match.string, 0, match.start("junk")) is None


SHOPS = (
    Kind(
        kind="site",
        why="name of the web site, not of what is shown",
        where=Where.TAIL,
        depictable=True,
        pattern=pattern(rf"(?:\s{_DASH}+\s+|[|\u00bb\u2022]\s*)(?P<junk>{_DOMAIN}|{_BANKS}(?:\.com)?)\s*$"),
    ),
    Kind(
        kind="site",
        why="name of the web site, not of what is shown",
        where=Where.TAIL,
        fits=_is_after_words,
        pattern=pattern(rf"\s*[|\u00bb\u2022]\s*(?P<junk>{_BANKS}(?:\.com)?)\s*$"),
    ),
    Kind(
        kind="site",
        why="name of the web site, not of what is shown",
        where=Where.TAIL,
        depictable=True,
        fits=_is_on_page,
        pattern=pattern(r"(?<=\w)\s(?:on (?:pinterest|etsy|flickr|deviantart|dribbble|behance)|- etsy)\s*$"),
    ),
    Kind(
        kind="site",
        why="name of the shop, not of what is shown",
        where=Where.HEAD,
        pattern=pattern(r"\A\s*(?:amazon\.(?:com|ca|de|fr|es|it|co\.uk)|ebay|etsy\.com) ?: (?=\S)"),
    ),
    Kind(
        kind="site",
        why="name of the shop, not of what is shown",
        where=Where.TAIL,
        depictable=True,
        pattern=pattern(rf"\s(?:at|from|on|via) {_DOMAIN}\s*\.?$"),
    ),
    Kind(
        kind="stock",
        why="boilerplate of an image bank",
        where=Where.TAIL,
        fits=_is_own_stock,
        pattern=pattern(
            rf"\b{_STOCK}(?:, | and | & )(?:picture|cliparts?|photo|image)[^|\n.]{{0,40}}royalty[ -]free[^|\n.]{{0,40}}"
            rf"\.?{_NUMBER}\s*$",
            rf"\broyalty[ -]free {MEDIA}(?:, {MEDIA})+,? (?:and|&) {_STOCK}\.?{_NUMBER}\s*$",
            rf"(?:royalty[ -]free |high[ -]res |news )?\b{_STOCK}(?: ?(?:#|id:?|no\.?|-|:)? ?\d{{5,12}})?\s*$",
            rf"\b{_STOCK} - (?:image|photo|illustration|vector) of [^|\n:]{{1,80}}: \d{{5,12}}\s*$",
            r"\broyalty[ -]free(?: (?:images?|photos?|vectors?|pictures?))?\s*$",
        ),
    ),
    Kind(
        kind="stock",
        why="boilerplate of an image bank",
        where=Where.HEAD,
        pattern=pattern(rf"\A\s*(?:royalty[ -]free )?{_STOCK}\s*[:|-]\s*(?=\S)"),
    ),
    Kind(
        kind="selling",
        why="sales talk or page controls",
        depictable=True,
        pattern=pattern(rf"(?:\A|(?<={_BREAK})|(?<={_BREAK} ))(?P<junk>{_SELL})!{{0,9}}(?= ?(?:\Z|{_BREAK}))"),
    ),
    Kind(
        kind="selling",
        why="sales talk or page controls",
        where=Where.TAIL,
        depictable=True,
        pattern=pattern(rf"\s(?P<junk>{_SELL})[!. ]*$"),
    ),
    Kind(
        kind="price",
        why="price in a shop",
        fits=_is_asked,
        where=Where.TAIL,
        depictable=True,
        pattern=pattern(
            rf"(?:[|,;:\u2013\u2014-]\s*|[\s(](?=only|just|now only|price))"
            rf"(?P<junk>(?:(?:now )?(?:only|just|now|price:?|from) )?{_MONEY})\)?[!. ]*$"
        ),
    ),
    Kind(
        kind="number",
        why="catalogue number",
        where=Where.TAIL,
        pattern=pattern(
            rf"[|,;( \u2013\u2014-](?P<junk>{_ITEM}(?: ?[:#]+ ?| (?:no|nr)\.? ?| #)(?=[\w-]*\d)[\w-]{{2,20}})\)?\s*$"
        ),
    ),
    Kind(
        kind="number",
        why="catalogue number",
        where=Where.TAIL,
        pattern=pattern(
            r"\s[|\u2013\u2014-]\s+(?P<junk>#?\d{7,14})\s*$",
        ),
    ),
    Kind(
        kind="number",
        why="catalogue number",
        where=Where.TAIL,
        fits=_is_after_word,
        pattern=pattern(
            r"[|,;( \u2013\u2014-](?:(?-i:SKU|UPC|EAN|MPN|ASIN|GTIN)(?: ?[:#])? ?(?=[\w-]*\d{3})[\w-]{4,20})\)?\s*$",
            r"[|,(\u2013\u2014-] ?(?:item|art\.|ref\.?|product) \d{4,12}\)?\s*$",
            r"\s\(?#0\d{3,7}\)?\s*$",
        ),
    ),
    Kind(
        kind="selling",
        why="sales talk for the file",
        where=Where.TAIL,
        fits=_is_after_word,
        pattern=pattern(
            r"(?:[|,\u2013\u2014-] |\s)(?:free )?(?:full )?(?:hd|uhd|4k) (?:desktop )?(?:wallpaper|background)s?"
            r"(?: hd)?\s*$",
            r"[|\u2013\u2014-] (?:free|premium) (?:stock )?(?:photo|vector|image|icon|illustration)s?"
            r"(?: (?:on|from) [a-z]+)?\s*$",
            r"\s(?:wallpaper hd|hd wallpapers?)\s*$",
        ),
    ),
)
