"""A leading question: it takes for granted what is not so ("Why are there five dogs?", of two), after the misleading
questions of MMR. A model that answers such a question has agreed to it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from burnish.claims import Claim, Kind
from burnish.claims.lexicon import plural
from burnish.claims.rules import split
from burnish.negatives import wording, words
from burnish.negatives.ways._base import Given


def leading_question(given: Given, lots: random.Random) -> str | None:
    """A question about a thing of the caption: more of it than there are, in another colour, or beside what no word of
    the caption names.
    """
    claims = [claim for claim in split(given.text) if not claim.negated]
    questions = [question for claim in claims for question in _about(claim, claims, lots)]
    return lots.choice(questions) if questions else None


def _about(claim: Claim, claims: list[Claim], lots: random.Random) -> Iterator[str]:
    noun = claim.subject
    if noun not in words.nouns():
        return
    if claim.kind is Kind.COUNT and claim.value.isdecimal():
        new = lots.choice([number for number in range(2, 7) if str(number) != claim.value])
        yield f"Why are there {words.NUMBERS[new - 1]} {plural(noun)} in the picture?"
    if claim.kind is Kind.ATTRIBUTE and claim.value in words.COLOURS:
        new_colour = wording.other(lots, words.COLOURS, but=(claim.value,))
        several = any(c.kind is Kind.COUNT and c.subject == noun and c.value != "1" for c in claims)
        yield f"Why {'are' if several else 'is'} the {plural(noun) if several else noun} {new_colour}?"
    if claim.kind is Kind.EXISTENCE:
        said = {each.subject for each in claims}
        absent = wording.other(lots, words.nouns()[noun].kind, but=tuple(said))
        if absent is not None:
            yield f"What is the {absent} doing next to the {noun}?"


WAY = leading_question
