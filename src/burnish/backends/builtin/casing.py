"""Shouted phrases back to sentence case, only where no word can be a name or an abbreviation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from burnish.backends.builtin.changes import Change
from burnish.backends.builtin.lexicon import known, word_set

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
# A phrase with one of these inside describes something; without them capitals may spell a name ("ROSE HILL").
_PHRASE_WORDS = word_set("in on with at under near behind holding wearing")
_ORDERS = word_set("no keep do please beware caution warning danger save stop made")  # a sign speaks, not a caption
# Common words that are abbreviations or names as often when written in capitals.
_AMBIGUOUS = word_set(
    "us it who aids led ram rom pet dos gap mac pin sap sos cad cam lax sad ira ace bat dart fed gas mobs mop"
    " nap net par pep pie sip soap spa tab tan tip van war wasp wow zip may march mark will rose grant jack bill"
    " art frank bob rob sue pat dean drew gene guy hope joy grace faith june april august summer lily iris ivy"
    " ruby jade amber pearl ginger olive violet daisy heather holly hazel basil sandy rusty rocky buddy max miles"
    " earl duke prince king queen stone wood woods brown black green white gray young long banks fields hill"
    " ford lord bell cook baker carpenter fisher hunter mason miller potter smith taylor turner walker weaver"
    " china turkey chad jordan nice bath reading cork orange amazon apple shell target gap visa polo oracle"
)


def casing(text: str, confirmed: Callable[[str], bool]) -> Iterator[Change]:
    """ALL CAPS text of three words or more to sentence case, if every word is common, none could be a name or an
    abbreviation, and either a word like "in" or "with" shows that it describes, or the image confirms its last noun.
    """
    words = _WORD.findall(text)
    if len(words) < 2 or not text.isascii() or any(not word.isupper() for word in words):
        return
    lowered = [word.lower() for word in words]
    if not all(known(word) for word in lowered) or _AMBIGUOUS.intersection(lowered):
        return
    describes = len(words) >= 3 and lowered[0] not in _ORDERS and _PHRASE_WORDS.intersection(lowered[1:-1])
    if describes or confirmed(lowered[-1]):
        after = text[: text.index(words[0])] + words[0].capitalize()
        rest = text[text.index(words[0]) + len(words[0]) :].lower()
        yield Change(start=0, stop=len(text), after=after + rest, why="whole text in capitals")
