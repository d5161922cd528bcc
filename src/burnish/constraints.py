"""What else a caption has to keep to, each told to the model and checked by rule (layered instructions, MIA-Bench).

MIA-Bench (arXiv 2407.01509) puts up to five constraints into one instruction and scores each by itself. Here only such
kinds are offered as a rule can decide for sure; a constraint of one's own is a `Constraint` with a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from burnish import edits, sentences

COLOURS = (
    *("black", "white", "grey", "gray", "red", "orange", "yellow", "green", "blue", "purple", "violet", "pink"),
    *("brown", "beige", "golden", "silver", "turquoise"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """`told` is a sentence for the model; `test` gives "" for a text that keeps to it, else what is wrong with the
    text, in words for the model. `name` is one word, for verdicts and counts. A changed test needs a changed `told`:
    by it a run knows its format again.
    """

    name: str
    told: str
    test: Callable[[str], str]


def mentions(what: str, words: Sequence[str], *, least: int = 1) -> Constraint:
    """At least `least` different ones of `words` stand in the text, `what` being what they are ("a colour")."""
    wanted = [" ".join(edits.words(word)) for word in words]

    def test(text: str) -> str:
        said = f" {' '.join(edits.words(text))} "
        found = sum(f" {word} " in said for word in set(wanted))
        return "" if found >= least else f"it names {found} of what is asked for ({what}), not {least}"

    return Constraint(name=f"mentions_{_word(what)}", told=f"Name {what}.", test=test)


def avoids(what: str, words: Sequence[str]) -> Constraint:
    """None of `words` stands in the text, `what` being what they are ("opinions")."""

    def test(text: str) -> str:
        said = f" {' '.join(edits.words(text))} "
        found = [word for word in words if f" {' '.join(edits.words(word))} " in said]
        return f"it has {what}: {', '.join(found)}" if found else ""

    return Constraint(name=f"avoids_{_word(what)}", told=f"Do without {what}.", test=test)


def words_a_sentence(most: int) -> Constraint:
    """No sentence has more than `most` words."""

    def test(text: str) -> str:
        longest = max((len(edits.words(part)) for part in sentences.split(text)), default=0)
        return "" if longest <= most else f"a sentence has {longest} words, {most} are allowed"

    return Constraint(name="words_a_sentence", told=f"No sentence has more than {most} words.", test=test)


def begins_with(words: Sequence[str]) -> Constraint:
    """The text begins with one of `words`."""

    def test(text: str) -> str:
        said = f"{' '.join(edits.words(text))} "
        known = any(said.startswith(f"{' '.join(edits.words(word))} ") for word in words)
        return "" if known else f"it begins with none of: {', '.join(words)}"

    return Constraint(name="begins_with", told=f"Begin with one of: {', '.join(words)}.", test=test)


def kept(constraints: Sequence[Constraint], text: str) -> float:
    """The share of the constraints that `text` keeps to, 1 without any: MIA-Bench's score, all weights equal."""
    return sum(not c.test(text) for c in constraints) / len(constraints) if constraints else 1.0


def _word(what: str) -> str:
    return re.sub(r"\W+", "_", what.casefold().removeprefix("a ").removeprefix("an ")).strip("_")
