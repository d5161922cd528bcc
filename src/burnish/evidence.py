"""Writing read in a picture, as evidence: which of it may be believed, and whether it bears out what a text says.

Reading errs by letters, so a comparison forgives some: see `says`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from burnish import edits
from burnish.injection import orders

LETTERS_AN_ERROR = 6
"""One wrong, missing or added letter is forgiven for every so many: none in STOP (SHOP is another word), one in
HOSPITAL. Figures must be the same: a misread one is another number."""

_LOOK_ALIKE = str.maketrans("0158|!", "oisbll")
_STOPS = (".", "!", "?", "。", "！", "？")
_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_LOUD = r"(?:[^\W\d_a-z][^\W_a-z]+|\d(?:[\w.,:/-]*\w)?)(?!\w)"  # capitals, or a figure
_READS = re.compile(
    r"\b(?:reads?|reading|says?|saying|labell?ed|marked|inscribed|inscription|lettering|(?:with|bear(?:s|ing)"
    r"|show(?:s|ing)) the (?:words?|text|letters?|numbers?)|(?:auf|an) (?:dem|der) steht|Aufschrift|texte|letrero|dice)"
    rf"[:,]? (?P<run>{_LOUD}(?: {_LOUD}){{0,7}})"
)


def sound(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines that have no part in an order to the reader (hazard 36): neither alone nor together.

    An order takes along what follows it, up to a line that ends a sentence.
    """
    kept: list[str] = []
    ordering = False
    for line in lines:
        ordering = ordering or bool(orders(line))
        if not ordering:
            kept.append(line)
        ordering = ordering and not line.endswith(_STOPS)
    return tuple(_apart(kept))


def _apart(lines: Sequence[str]) -> Iterator[str]:
    """The lines that no order lies over when they are read as one text."""
    spans, at = orders(" ".join(lines)), 0
    for line in lines:
        if not any(span.start < at + len(line) and at < span.stop for span in spans):
            yield line
        at += len(line) + 1


def says(lines: Sequence[str], words: str) -> bool:
    """Whether the writing has `words` one after the other, across lines too, whatever their case and spacing.

    Letters and figures that look alike are the same, and an error is forgiven for each `LETTERS_AN_ERROR` letters;
    numbers in `words` must have been read as they are.
    """
    wanted = _squeezed(words)
    if not wanted:
        return True
    writing = " ".join(lines)
    if not set(_DIGITS.findall(words)) <= set(_DIGITS.findall(writing)):
        return False
    forgiven = len(wanted) // LETTERS_AN_ERROR
    return any(Levenshtein.distance(wanted, run, score_cutoff=forgiven) <= forgiven for run in _runs(writing, wanted))


def claims(text: str) -> tuple[str, ...]:
    """What `text` says to be written in the picture: its quotations, and capitals or figures after "that reads"."""
    quoted = [text[span.start + 1 : span.stop - 1] for span in edits.protected(text) if span.kind == "quote"]
    return tuple(dict.fromkeys((*quoted, *(match["run"] for match in _READS.finditer(text)))))


def unread(before: str, after: str, lines: Sequence[str]) -> tuple[str, ...]:
    """Claims of writing in `after` that `before` did not make and that `lines`, all the writing that was read, do not
    bear out. Where nothing was read, words that stand in `before` stay: absence refutes nothing.
    """
    made = {_squeezed(claim) for claim in claims(before)}
    known = () if lines else (before,)
    return tuple(
        claim
        for claim in claims(after)
        if _squeezed(claim) not in made and not says(lines, claim) and not (known and says(known, claim))
    )


def new_facts(before: str, after: str, lines: Sequence[str]) -> tuple[str, ...]:
    """`edits.new_facts` of a rewrite, those left out that stand in the picture: numbers and addresses as they are,
    names as `says` compares them.
    """
    facts = edits.new_facts(before, after, "\n".join(lines))
    return tuple(fact for fact in facts if not (lines and fact.isalpha() and says(lines, fact)))


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold())).translate(_LOOK_ALIKE)


def _runs(writing: str, wanted: str) -> Iterator[str]:
    """Words of the writing put together, one after the other, to about the length of `wanted`: readers part words and
    join them.
    """
    words = [_squeezed(word) for word in _WORD.findall(writing)]
    most = len(wanted) + len(wanted) // LETTERS_AN_ERROR
    for start in range(len(words)):
        run = ""
        for word in words[start:]:
            run += word
            if len(run) > most:
                break
            yield run
