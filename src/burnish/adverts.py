"""Numbers and loud words of adverts ("50% off", "SALE", "now $80"), told from facts about the image.

Looser than the built-in model's junk: only what a model has left out of its rewrite is looked at, so two have to agree
that it is advertising. A share of something ("50% orange juice"), a price in a story and whatever may be written in the
picture are facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from burnish.backends.builtin.boilerplate import DEPICTED
from burnish.backends.builtin.junk import JunkSpan

_SIGN = r"[$\u20ac\u00a3\u00a5]"
_AMOUNT = r"\d{1,6}(?:[.,]\d{2})?"
_MONEY = rf"(?:{_SIGN} ?{_AMOUNT}|{_AMOUNT} ?(?:{_SIGN}|EUR|USD|GBP))(?!\w)"
_SEASON = (
    r"(?:black friday|cyber monday|summer|winter|spring|autumn|holiday|clearance|flash|final|hot|big|mega"
    r"|end of season)"
)
_ASIDE = r"(?! (?:cent(?:er|re)|balance|axis|the|its?|to|white|road)(?!\w))"
"""After "off": a picture that hangs 10 % off centre."""

_PATTERNS = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (
            r"(?<!\w)(?:(?:up to|save|get|extra|flat|now|an?) )*\d{1,2} ?% (?:off(?!\w)" + _ASIDE + r"|discount(?!\w))"
            r"(?: (?:sale|today(?: only)?|now|everything|all orders))*(?: with (?:the )?code \w{3,12})?",
            re.IGNORECASE,
        ),
        (r"(?<!\w)save (?:up to )?(?:an extra )?\d{1,2} ?%(?: (?:on|off)(?!\w))?", re.IGNORECASE),
        (rf"(?<!\w)(?:(?:was|now|only|just|from|rrp|price|retail)[: ]+)+{_MONEY}(?: (?:each|only))?", re.IGNORECASE),
        (rf"{_MONEY} (?:incl\.? (?:vat|tax)|each|shipped|(?:\+ ?)?free (?:shipping|delivery)|only)", re.IGNORECASE),
        (r"(?<!\w)buy (?:\d|one),? get (?:\d|one) (?:free|half price)(?!\w)", re.IGNORECASE),
        (rf"(?<!\w)(?:{_SEASON} )*(?:sale|deals?)(?: price)?(?=\s?[:!|\u2013\u2014-])", re.IGNORECASE),
        (rf"(?<![\w-])(?<!(?i:for) )(?:(?i:{_SEASON}) )*SALE(?!\w)", 0),
        (rf"(?<!\w)(?:on )?(?:{_SEASON} )+(?:sale|deals?)(?: price)?(?!\w)", re.IGNORECASE),
    )
)  # fmt: skip
_LOUD = re.compile(rf"(?<!\w){_MONEY}", re.IGNORECASE)


def spans(text: str) -> Iterator[JunkSpan]:
    """Parts of `text` that advertise, in order and apart from each other; none if it speaks of something written.

    In a text that advertises anyway, bare prices are part of it.
    """
    if DEPICTED.search(text):
        return
    found = [match.span() for pattern in _PATTERNS for match in pattern.finditer(text)]
    if found:
        found += [match.span() for match in _LOUD.finditer(text)]
    reached = 0
    for start, stop in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            reached = stop
            yield JunkSpan(start=start, stop=stop, kind="advert", why="advertising, not about the image")
