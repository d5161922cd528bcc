"""Questions with the one right answer, and captions that are wrong in one known thing."""

from __future__ import annotations

import random
from dataclasses import dataclass

from burnish.claims import PICTURE, Claim, Kind
from burnish.scenes import facts, phrasing
from burnish.scenes.scene import Scene

_NEGATIVE = {
    Kind.EXISTENCE: "object",
    Kind.ATTRIBUTE: "attribute",
    Kind.COUNT: "count",
    Kind.RELATION: "relation",
    Kind.TEXT: "text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about the picture; `answer` is a word or a number."""

    kind: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative:
    """Two sentences that differ in one thing: `true` is right, `false` is not. `kind` says what they differ in."""

    kind: str
    true: str
    false: str


def questions(scene: Scene) -> tuple[Question, ...]:
    """One question a fact, and one about something that is not there."""
    found = [made for fact in facts.facts(scene) if (made := _question(scene, fact)) is not None]
    missing = facts.absent(scene, random.Random(f"burnish questions 1 {scene.seed} {scene.number}"))
    return (*found, Question(kind="existence", question=f"Is there {phrasing.phrase_of(missing, 1, [])}?", answer="no"))


def _question(scene: Scene, fact: Claim) -> Question | None:
    group = scene.group(fact.subject)
    many = group is not None and len(group.boxes) > 1
    is_the = f"{'Are' if many else 'Is'} the {phrasing.say(fact, scene, '{the}').removeprefix('the ')}"
    text = ""
    match fact.kind:
        case Kind.EXISTENCE:
            text, answer = f"Is there {phrasing.phrase_of(fact.subject, 1, [])}?", "yes"
        case Kind.COUNT:
            plural = phrasing.phrase_of(fact.subject, 2, []).partition(" ")[2]
            text, answer = f"How many {plural} are there?", fact.value
        case Kind.ATTRIBUTE if fact.value in {"large", "small"}:
            text, answer = f"{is_the} large or small?", fact.value
        case Kind.ATTRIBUTE:
            asked = "What is the background like" if group is None else f"What color {is_the[0].lower()}{is_the[1:]}"
            text, answer = f"{asked}?", fact.value
        case Kind.RELATION if fact.other != PICTURE:
            other = phrasing.say(fact, scene, "{rel} {b}")
            text, answer = f"{is_the} {other}?", "yes"
        case Kind.TEXT:
            text, answer = "What is written in the picture?", fact.value
    return Question(kind=str(fact.kind), question=text, answer=answer) if text else None


def negatives(scene: Scene) -> tuple[Negative, ...]:
    """One pair of sentences a fact that can be made false for certain, same wording on both sides."""
    lots = random.Random(f"burnish negatives 1 {scene.seed} {scene.number}")
    found = []
    for fact in facts.facts(scene):
        wrong = facts.altered(scene, fact, lots)
        if wrong is None:
            continue
        template = lots.choice(phrasing.wordings(phrasing.form_of(fact, scene), held_out=False))
        kind = _NEGATIVE[fact.kind]
        found.append(
            Negative(
                kind=kind,
                true=phrasing.say(fact, scene, template),
                false=phrasing.say(wrong, scene, template, like=fact.subject),
            )
        )
    return tuple(found)
