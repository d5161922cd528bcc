"""The minimal editor: deterministic repairs of a caption, each explained, and nothing that is not sure.

Junk goes, file names become words, encoding, spacing, repetitions, shouting and one damage of word order are
repaired. A noun comes in only where nothing else is left, and only one of the file's name that the image's labels and
the matcher both confirm.
Whatever breaks the budget, loses something protected or brings in a fact is not proposed at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeAlias

from burnish import edits
from burnish.backends.builtin import filenames, junk
from burnish.backends.builtin.casing import casing
from burnish.backends.builtin.changes import Change, Desk, cut
from burnish.backends.builtin.encoding import encoding, markup, spacing
from burnish.backends.builtin.lexicon import known, word_set
from burnish.backends.builtin.phrasing import order, repeats
from burnish.backends.builtin.shops import OFFER
from burnish.entities.survival import says
from burnish.values import Budget, Draft

VERSION = "4"
"""Changes with every rule: part of what can change an answer."""

MISFIT = 0.1
"""What is left when a credit goes must not be this unlikely to fit the image: a tidy wrong caption is worse than a
messy one."""

FIT = 0.65
"""What is left of an offer must fit the image this surely: whoever advertises shows anything."""

_QUALIFIER = re.compile(r"[a-z]{4,}(?:ed|ful|ish|less|ly|ous)", re.IGNORECASE)  # of six letters and more: not "bed"

MAX_ROUNDS = 6  # each round removes or parts something; what still changes after that is not sure

# Words that speak of the file or the medium: alone they describe nothing.
_EMPTY_WORDS = word_set(
    "art clip clipart cliparts copy default download file graphic icon illustration image images img jpeg jpg logo"
    " new null no picture pic pics photo photos png preview screenshot stock svg symbol thumb thumbnail title untitled"
    " unnamed vector wallpaper the and for with from by of in"
)
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)


Names: TypeAlias = Sequence[Sequence[str]]
"""Of each name the ways in which it may stand."""


class Support(Protocol):
    """What the image says about one noun."""

    @property
    def confirmed(self) -> bool:
        """Labels and matcher both speak for the noun, enough for a word that is at hand already."""
        ...

    @property
    def label(self) -> str:
        """The label that confirms the noun."""
        ...


class Evidence(Protocol):
    """What the image says about nouns."""

    def support(self, noun: str) -> Support:
        """What the image says about this one."""
        ...

    def fits(self, text: str) -> float | None:
        """Probability that the text fits the image, 0..1; None where that cannot be told."""
        ...


def propose(text: str, *, name: str, evidence: Evidence, budget: Budget, names: Names = ()) -> Draft:
    """The text with its sure repairs, or unchanged. Proposing again for the result changes nothing.

    `name` is the image's file name: evidence for nouns, never text by itself. `names` must stay, whatever is junk.
    """
    offer = OFFER.match(text)
    if offer is not None and not _backed(offer["thing"], evidence):
        return Draft(text=text)  # half an offer is no caption either
    desk = Desk(text)
    file_like = "_" in text or any(True for _ in filenames.spans(text))
    for _ in range(MAX_ROUNDS):
        if not _round(desk, evidence, names, file_like=file_like):
            break
    if not _says_something(desk.text):
        desk = _named(text, name, evidence)
    if desk.text == text or not _keeps(desk.text, names) or _broken(text, desk, name, budget):
        return Draft(text=text)
    return Draft(text=desk.text, edits=tuple(desk.edits))


def _round(desk: Desk, evidence: Evidence, names: Names, *, file_like: bool) -> bool:
    """All repairs once but those that would take a name away; True if any did something."""
    done = len(desk.edits)

    def confirmed(noun: str) -> bool:
        return evidence.support(noun).confirmed

    def words(text: str) -> Iterable[Change]:
        return filenames.words(text, confirmed, file_like=file_like)

    steps: tuple[Callable[[str], Iterable[Change]], ...] = (
        encoding,
        markup,
        lambda text: _offer(text, evidence),
        lambda text: _without_junk(text, evidence),
        words,
        spacing,
        repeats,
        order,
        lambda text: casing(text, confirmed),
    )
    for step in steps:
        text = desk.text
        changes = list(step(text))
        desk.do(c for c in changes if not names or _keeps(text[: c.start] + c.after + text[c.stop :], names))
    return len(desk.edits) > done


def _keeps(text: str, names: Names) -> bool:
    return all(says(text, spellings) for spellings in names)


def _without_junk(text: str, evidence: Evidence) -> Iterable[Change]:
    """Junk spans go; what touches goes as one, so that nothing hangs loose between."""
    run: list[junk.JunkSpan] = []
    for span in junk.spans(text):
        if run and run[-1].stop < span.start:
            yield from _cut(text, run, evidence)
            run = []
        run.append(span)
    if run:
        yield from _cut(text, run, evidence)


def _cut(text: str, run: Sequence[junk.JunkSpan], evidence: Evidence) -> Iterable[Change]:
    why = "; ".join(dict.fromkeys(span.why for span in run))
    change = cut(text, run[0].start, run[-1].stop, why)
    credited = any(span.kind == "credit" for span in run)
    if not credited or _stands(text[: change.start] + change.after + text[change.stop :], evidence):
        yield change


def _offer(text: str, evidence: Evidence) -> Iterable[Change]:
    """The thing of an offer that is nothing else, where the image backs it."""
    offer = OFFER.match(text)
    if offer is not None and _backed(offer["thing"], evidence):
        why = "sales talk around what is sold"
        after = offer["thing"] + (" " if offer.end() < len(text) else "")
        yield Change(start=0, stop=offer.end(), after=after, why=why, junk=True)


def _backed(thing: str, evidence: Evidence) -> bool:
    probability = evidence.fits(thing.lower())
    return probability is not None and probability >= FIT


def _stands(text: str, evidence: Evidence) -> bool:
    """Whether what is left without a credit can be the caption: no lone qualifier, and nothing the image denies."""
    words = edits.words(text.replace("_", " "))
    if len(words) == 1 and _QUALIFIER.fullmatch(words[0]) and not evidence.support(words[0]).confirmed:
        return False
    probability = evidence.fits(" ".join(words))
    return probability is None or probability >= MISFIT


def _says_something(text: str) -> bool:
    """A word of at least three letters that can be spoken and is not about the file; other scripts always speak."""
    if re.fullmatch(r"\W*[A-Z]{2}\W*", text):  # "TV", "WC"
        return True
    for word in re.findall(r"[^\W\d_]+", text):
        if not word.isascii():
            return True
        if len(word) > 2 and word.lower() not in _EMPTY_WORDS and (known(word) or _VOWEL.search(word)):
            return True
    return False


def _named(text: str, name: str, evidence: Evidence) -> Desk:
    """Text that says nothing becomes a noun of the file's name that labels and matcher both confirm.

    A label alone is not enough: where it is 90 % sure and the matcher agrees, it names 47 of 68 held-out pictures
    rightly (9 of 16 clip art, 38 of 52 stamps; judged by eye, `benchmarks/editor_gates.py`). With the file's name for
    a third witness it is 84 of 86 and two in doubt (a berry, a bass guitar).
    """
    desk = Desk(text)
    noun = next(filter(None, (_noun(word, name, evidence) for word in edits.words(name))), "")
    if noun:
        why = "the text says nothing; the file's name says this, and the image's labels and the matcher confirm it"
        desk.do([Change(start=0, stop=len(text), after=noun.capitalize(), why=why, junk=True)])
    return desk


def _noun(word: str, name: str, evidence: Evidence) -> str:
    """The word if it names the picture, with the rest of its label if the file's name holds that too; else ""."""
    if len(word) < 3 or not known(word) or word in _EMPTY_WORDS:
        return ""
    support = evidence.support(word)
    label = edits.words(support.label)
    if not support.confirmed or (word in label[:-1] and not set(label) <= set(edits.words(name))):
        return ""
    return " ".join(label) if word in label and set(label) <= set(edits.words(name)) else word


def _broken(before: str, desk: Desk, name: str, budget: Budget) -> bool:
    """The rules that every rewrite is held to afterwards, applied first: nothing is proposed that would be refused."""
    removed = "\n".join(edit.before for edit in desk.edits if edit.junk)
    return (
        not desk.text.strip()
        or edits.within(budget, before, desk.text, desk.edits) is not None
        or any(part not in removed for part in edits.lost(before, desk.text))
        or bool(edits.new_facts(before, desk.text, name))
    )
