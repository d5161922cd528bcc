"""Rows for credits: who made or owns a picture says nothing of what it shows.

All stand at the head or the tail of a text, after a full sentence, a separator or in brackets.
"""

from __future__ import annotations

import re

from burnish.backends.builtin.kinds import Kind, Where, pattern
from burnish.backends.builtin.lexicon import known, word_set

_WHY = "says who made or owns the picture, not what it shows"
_CAPITAL = r"(?-i:[^\W\d_a-z])"
_PERSON = (
    rf"{_CAPITAL}[\w.'\u2019-]{{0,30}}(?:[ /](?:de|da|di|del|la|von|van|der|{_CAPITAL}[\w.'\u2019-]{{0,30}})){{0,5}}"
)
# A credit after a full sentence or a separator, and what it begins with.
_AFTER = r"(?<=[.!?|\u2013\u2014-] )"
_CAMERA_WORK = r"(?:photo|photos|photograph|photographs|photography|pic|picture|image)"
_AGENCY = r"(?:AFP|AP|Reuters|EPA|Getty Images|Associated Press|Alamy|Shutterstock|iStock|Corbis)"
# Capitalised words of a credit that are nobody's name, and first words of places.
_CREDIT_WORDS = word_set(
    "photo photos photograph photographs photography pic picture image credit credits courtesy of by afp ap reuters epa"
    " getty images associated press alamy shutterstock istock corbis"
)
_PLACE_WORDS = word_set("san santa saint st sankt el la las le los rio monte mt ft fort mount lake nova puerto costa")
# First names that are common words as well.
_FIRST_NAMES = word_set(
    "john jack mark bill will frank bob rob sue pat dean gene grant chuck dick harry josh mike nick rick ray guy lance"
    " rose grace joy hope faith ruby amber olive ivy lily iris carol dawn eve penny robin peter art max miles june"
)


def _is_person(match: re.Match[str]) -> bool:
    """First and last name; where no "by" leads to it, the first is no common word and begins no place: "Photo: Barn
    Owl" and "Photo: San Jose" say what is shown.
    """
    names = [word.lower() for word in re.findall(r"[^\W\d_]+", match[0]) if word.lower() not in _CREDIT_WORDS]
    named = " by " in match[0] or (names[:1] and (names[0] in _FIRST_NAMES or not known(names[0])))
    return len(names) > 1 and bool(named) and names[0] not in _PLACE_WORDS


CREDITS = (
    Kind(
        kind="credit",
        why=_WHY,
        where=Where.HEAD,
        pattern=pattern(rf"\A\s*clip ?art by (?!hand\b){_PERSON} +- +(?=\S)"),
    ),
    Kind(
        kind="credit",
        why=_WHY,
        where=Where.TAIL,
        pattern=pattern(
            rf"[(\[](?:photo|photograph|picture|image|illustration) (?:credit|source|courtesy|by):? ?(?:by |of )?"
            rf"{_PERSON}[)\]]\s*$",
            rf"\(AP Photo/{_PERSON}\)",
            rf"{_AFTER}(?:photo|image|picture) (?:credit|source|courtesy)s?:? ?(?:of |by )?{_PERSON}\.?\s*$",
            r"\s(?:\u00a9 ?\d{4}|\(c\) ?(?:19[5-9]|20\d)\d)[^|\n]{0,60}$",
            r"\s\u00a9 [^|\n]{1,60}$",
        ),
    ),
    Kind(
        kind="credit",
        why=_WHY,
        where=Where.TAIL,
        fits=_is_person,
        pattern=pattern(
            rf"[(\[]{_CAMERA_WORK}(?:: ?| by ){_PERSON}[)\]]\s*$",
            rf"(?:{_AFTER}|(?<=, )){_CAMERA_WORK}(?:: ?| by ){_PERSON}\.?\s*$",
            rf"{_AFTER}(?:credits?: ?|courtesy (?:of )?){_PERSON}\.?\s*$",
            rf"[(\[](?:credits?: ?|courtesy (?:of )?){_PERSON}[)\]]\s*$",
            rf"{_AFTER}(?:{_PERSON}(?: ?/ ?|, ){_AGENCY}|{_AGENCY} ?/ ?{_PERSON})\.?\s*$",
        ),
    ),
    Kind(
        kind="credit",
        why=_WHY,
        where=Where.TAIL,
        pattern=pattern(
            r"\s[(\[]?(?:copyright|\(c\)|\u00a9) (?:\(c\) |\u00a9 ?)?(?:by )?(?:19[5-9]|20\d)\d[^|\n]{0,60}$",
            rf"{_AFTER}copyright (?:\(c\) |\u00a9 ?)?(?:by )?{_PERSON}[.)\]]?(?: all rights reserved\.?)?\s*$",
            rf"{_AFTER}\(?all rights reserved\)?[.!]?\s*$",
        ),
    ),
)
