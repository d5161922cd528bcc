"""Questions about scenes with options to choose from, of which one is right: yes or no, which colour, how many, which
thing. After the answering form of Q-Bench (arXiv 2309.14181: yes-or-no, what and how questions with lettered options);
the letters' probabilities count, not written text.

Each question is put in as many orders as it has options, each option standing once in every place, so that a model that
likes a place shows it and gains nothing by it. Models that are asked no words judge each option as a claim, by itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from burnish.chat import Choose, Chosen, Prompt
from burnish.chat.backend import ChatBackend
from burnish.chat.fold import MAX_OUTSIDE
from burnish.claims import Claim, Kind
from burnish.claims.asking import questions as claim_questions
from burnish.protocols import Backend
from burnish.scenes import catalogue, facts, palette, phrasing
from burnish.scenes.scene import Scene
from burnish.values import Failure, Picture, Score

LETTERS = "ABCD"
AT_ONCE = 64
YES_NO, COLOUR, COUNT, THING = KINDS = ("yes_no", "colour", "count", "thing")
_COUNTS = tuple(range(1, 7))
_SYSTEM = "You answer questions about an image by what is to be seen in it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of one of `KINDS` and its options, the first of which is right; `claims`: each option as a claim, for
    a "no" the denial of it.
    """

    kind: str
    question: str
    options: tuple[str, ...]
    claims: tuple[Claim, ...]

    def order(self, turn: int) -> tuple[int, ...]:
        """Numbers of the options in the order of this turn: each turn moves all by one place."""
        count = len(self.options)
        return tuple((place + turn) % count for place in range(count))

    def text(self, turn: int) -> str:
        """The question with its options, a letter each."""
        listed = [f"{letter}. {self.options[at]}" for letter, at in zip(LETTERS, self.order(turn), strict=False)]
        return "\n".join([self.question, *listed, "Answer with the letter of the right option and nothing else."])


def questions(scene: Scene, seed: int) -> Iterator[Asked]:
    """One of each kind that the scene has something for; two of yes or no, one each way. The same for the same seed."""
    lots = random.Random(f"burnish options 1 {seed} {scene.seed} {scene.number}")
    group = lots.choice(scene.groups)
    absent = [thing.noun for thing in catalogue.objects() if scene.group(thing.noun) is None]
    missing, *others = lots.sample(absent, 4)
    yield _yes_no(group.noun, there=True)
    yield _yes_no(missing, there=False)
    there = Claim(kind=Kind.EXISTENCE, subject=group.noun)
    yield _shuffled(
        lots,
        Asked(
            kind=THING,
            question="Which of these is in the image?",
            options=tuple(phrasing.phrase_of(noun, 1, []) for noun in (group.noun, *others)),
            claims=(there, *(replace(there, subject=noun) for noun in others)),
        ),
    )
    yield _valued(lots, scene, Claim(kind=Kind.COUNT, subject=group.noun, value=str(len(group.boxes))))
    if coloured := [each for each in scene.groups if each.colour]:
        one = lots.choice(coloured)
        yield _valued(lots, scene, Claim(kind=Kind.ATTRIBUTE, subject=one.noun, value=one.colour))


def _yes_no(noun: str, *, there: bool) -> Asked:
    claim = Claim(kind=Kind.EXISTENCE, subject=noun)
    both = (("yes", claim), ("no", replace(claim, negated=True)))
    ordered = both if there else both[::-1]
    return Asked(
        kind=YES_NO,
        question=f"Is there {phrasing.phrase_of(noun, 1, [])} in the image?",
        options=tuple(word for word, _ in ordered),
        claims=tuple(each for _, each in ordered),
    )


def _valued(lots: random.Random, scene: Scene, fact: Claim) -> Asked:
    """A question for the value of `fact`."""
    group = scene.group(fact.subject)
    several = group is not None and len(group.boxes) > 1
    if fact.kind is Kind.COUNT:
        values = [str(number) for number in _COUNTS if str(number) != fact.value]
        plural = phrasing.phrase_of(fact.subject, 2, []).partition(" ")[2]
        kind, question = COUNT, f"How many {plural} are in the image?"
    else:
        values = [name for name in palette.COLOURS if name != fact.value]
        the = phrasing.phrase_of(fact.subject, 2 if several else 1, []).partition(" ")[2]
        kind, question = COLOUR, f"What color {'are' if several else 'is'} the {the} in the image?"
    chosen = (fact.value, *lots.sample(values, 3))
    shown = [facts.NUMBERS[int(value)] if kind == COUNT else value for value in chosen]
    claims = tuple(replace(fact, value=value) for value in chosen)
    return _shuffled(lots, Asked(kind=kind, question=question, options=tuple(shown), claims=claims))


def _shuffled(lots: random.Random, asked: Asked) -> Asked:
    """The wrong options in another order; the right one stays the first, and each turn moves it."""
    rest = lots.sample(range(1, len(asked.options)), len(asked.options) - 1)
    order = (0, *rest)
    return replace(
        asked, options=tuple(asked.options[at] for at in order), claims=tuple(asked.claims[at] for at in order)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said in one turn: the number of the option, and the place that it stood at; None for no answer."""

    option: int | None
    place: int | None


def answers(backend: Backend, asked: Sequence[tuple[Picture, Asked]]) -> list[tuple[Said, ...]]:
    """For each question what was said in each turn; one turn only of a model that is asked no words."""
    if not isinstance(backend, ChatBackend):
        return [(_judged(backend, picture, each),) for picture, each in asked]
    turns = [(at, turn) for at, (_, each) in enumerate(asked) for turn in range(len(each.options))]
    found: list[list[Said]] = [[] for _ in asked]
    for first in range(0, len(turns), AT_ONCE):
        batch = turns[first : first + AT_ONCE]
        chosen = backend.model.choose([_choose(*asked[at], turn) for at, turn in batch])
        for (at, turn), one in zip(batch, chosen, strict=True):
            found[at].append(_read(asked[at][1], turn, one))
    return [tuple(each) for each in found]


def _choose(picture: Picture, asked: Asked, turn: int) -> Choose:
    prompt = Prompt(system=_SYSTEM, user=(picture, asked.text(turn)))
    return Choose(prompt=prompt, answers=tuple(LETTERS[: len(asked.options)]))


def _read(asked: Asked, turn: int, found: Chosen | Failure) -> Said:
    if isinstance(found, Failure) or found.outside > MAX_OUTSIDE or found.margin <= 0:
        return Said(option=None, place=None)
    place = found.shares.index(max(found.shares))
    return Said(option=asked.order(turn)[place], place=place)


def _judged(backend: Backend, picture: Picture, asked: Asked) -> Said:
    """The option whose claim is believed most; a denial as much as what it denies is not."""
    replies = backend.answer(claim_questions(picture, [replace(claim, negated=False) for claim in asked.claims]))
    values = [reply.value for reply in replies if isinstance(reply, Score) and reply.value is not None]
    if len(values) < len(asked.claims):
        return Said(option=None, place=None)
    belief = [(6 - v if claim.negated else v) for v, claim in zip(values, asked.claims, strict=True)]
    best = max(belief)
    return Said(option=belief.index(best) if belief.count(best) == 1 else None, place=None)
