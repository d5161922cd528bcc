"""Does a model say that things are there which are not? Yes/no questions about objects of scenes (POPE, arXiv
2305.10355), and the same with a leading question (arXiv 2406.10638).

For each picture as many objects that are there as ones that are not, and the latter chosen in three ways: `random`,
`popular` (the objects that most pictures have), `adversarial` (those that most often stand beside what is there).
Scenes draw their objects evenly, so here the three are less far apart than on photographs. `leading` asks about the
random absent ones as if they were there. What is neither yes nor no is a class of its own, never taken for one of them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from burnish.chat import Choose, Chosen, Prompt
from burnish.chat.backend import ChatBackend
from burnish.chat.fold import MAX_OUTSIDE
from burnish.claims import Claim, Kind, Verdict
from burnish.claims.asking import questions as claim_questions
from burnish.claims.asking import verdicts
from burnish.errors import UsageError
from burnish.evals import scenarios
from burnish.evals.figures import Figure, Floats, Reading, figure
from burnish.evals.scenarios.scenes import pictured
from burnish.protocols import Backend
from burnish.scenes import catalogue, phrasing
from burnish.scenes.scene import Scene
from burnish.values import Failure, Picture

MODES = ("random", "popular", "adversarial")
LEADING = "leading"
ANSWERS = ("yes", "no")
AT_ONCE = 64
_SYSTEM = "You answer questions about an image by what is to be seen in it."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """Whether `noun` is in the picture, and whether it is; `group` is the picture's name."""

    picture: Picture
    group: str
    seed: int
    noun: str
    there: bool
    mode: str

    @property
    def text(self) -> str:
        """In words."""
        thing = phrasing.phrase_of(self.noun, 1, [])
        if self.mode == LEADING:
            return f"The image clearly shows {thing}, doesn't it?"
        return f"Is there {thing} in the image?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pope:
    """Of one mode: figures of the answered questions by name (accuracy, precision, recall, f1, yes), and the share that
    is neither yes nor no. Of `LEADING`, whose right answer is always no: accuracy, and `misled`, the share of those
    answered rightly without leading words that are then answered yes.
    """

    mode: str
    figures: Mapping[str, Figure]
    unanswered: Figure


def pope(backend: Backend, source: str, limit: int, seeds: Sequence[int]) -> Iterator[Pope]:
    """By mode, `LEADING` only of models that are asked in words. Raises `UsageError` for a source without scenes."""
    asked = [question for part, seed in enumerate(seeds) for question in _asked(backend, source, limit, (part, seeds))]
    if not asked:
        raise UsageError("there is no scene to ask about.\nMake some with: burnish scenes -o OUT")
    said = _answers(backend, asked)
    for mode in MODES:
        yield _measured(mode, [(q, yes) for q, yes in zip(asked, said, strict=True) if q.mode == mode])
    if isinstance(backend, ChatBackend):
        plain = {(q.group, q.noun): yes for q, yes in zip(asked, said, strict=True) if q.mode == MODES[0]}
        led = [(q, yes) for q, yes in zip(asked, said, strict=True) if q.mode == LEADING]
        yield _led(led, plain)


def _asked(backend: Backend, source: str, limit: int, which: tuple[int, Sequence[int]]) -> Iterator[Question]:
    part, seeds = which
    seed = seeds[part]
    given = scenarios.Given(source=source, limit=limit, side_px=backend.side_px, seed=seed, part=part, parts=len(seeds))
    shown = list(pictured(given))
    common, beside = _census([scene for *_, scene in shown])
    for group, picture, scene in shown:
        lots = random.Random(f"burnish pope 1 {seed} {group}")
        for mode, absent in _absent(scene, common, beside, lots).items():
            there = () if mode == LEADING else [each.noun for each in scene.groups]
            for noun, is_there in [*((noun, True) for noun in there), *((noun, False) for noun in absent)]:
                yield Question(picture=picture, group=group, seed=seed, noun=noun, there=is_there, mode=mode)


def _census(scenes: Sequence[Scene]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """In how many scenes each object is, and each two beside one another."""
    common: Counter[str] = Counter()
    beside: Counter[tuple[str, str]] = Counter()
    for scene in scenes:
        nouns = sorted({group.noun for group in scene.groups})
        common.update(nouns)
        beside.update(permutations(nouns, 2))
    return common, beside


def _absent(
    scene: Scene, common: Counter[str], beside: Counter[tuple[str, str]], lots: random.Random
) -> dict[str, list[str]]:
    """As many absent objects as there are ones, by mode."""
    there = {group.noun for group in scene.groups}
    others = [thing.noun for thing in catalogue.objects() if thing.noun not in there]
    lots.shuffle(others)
    often = sorted(others, key=lambda noun: -common[noun])
    near = sorted(others, key=lambda noun: -sum(beside[own, noun] for own in there))
    count = len(scene.groups)
    return {"random": others[:count], "popular": often[:count], "adversarial": near[:count], LEADING: others[:count]}


def _answers(backend: Backend, asked: Sequence[Question]) -> list[bool | None]:
    """Yes, no, or None for neither."""
    found: list[bool | None] = []
    for first in range(0, len(asked), AT_ONCE):
        batch = asked[first : first + AT_ONCE]
        if isinstance(backend, ChatBackend):
            found += [_chosen(one) for one in backend.model.choose([_choose(question) for question in batch])]
        else:
            found += [_judged(backend, question) for question in batch]
    return found


def _choose(question: Question) -> Choose:
    user = (question.picture, f"{question.text}\nAnswer yes or no and nothing else.")
    return Choose(prompt=Prompt(system=_SYSTEM, user=user), answers=ANSWERS)


def _chosen(found: Chosen | Failure) -> bool | None:
    if isinstance(found, Failure) or found.outside > MAX_OUTSIDE or found.shares[0] == found.shares[1]:
        return None
    return found.shares[0] > found.shares[1]


def _judged(backend: Backend, question: Question) -> bool | None:
    """Of a model that is asked no words: its verdict on the claim that the thing is there."""
    claim = Claim(kind=Kind.EXISTENCE, subject=question.noun)
    [verdict] = verdicts([claim], backend.answer(claim_questions(question.picture, [claim])))
    return {Verdict.SUPPORTED: True, Verdict.REFUTED: False}.get(verdict)


_Said = Sequence[tuple[Question, "bool | None"]]


def _reading(of: str, said: _Said, cases: Sequence[Sequence[float]], columns: int) -> Reading:
    return Reading(
        of=of,
        cases=np.array(cases, np.float64).reshape(len(said), columns),
        groups=tuple(question.group for question, _ in said),
        seeds=tuple(question.seed for question, _ in said),
        statistic=_STATISTICS.get(of),
    )


def _measured(mode: str, said: _Said) -> Pope:
    known = [(question, yes) for question, yes in said if yes is not None]
    cases = [(float(question.there), float(bool(yes))) for question, yes in known]
    return Pope(
        mode=mode,
        figures={name: figure(_reading(name, known, cases, 2)) for name in _STATISTICS},
        unanswered=figure(_reading("unanswered", said, [[yes is None] for _, yes in said], 1)),
    )


def _led(said: _Said, plain: Mapping[tuple[str, str], bool | None]) -> Pope:
    known = [(question, yes) for question, yes in said if yes is not None]
    right = [(question, yes) for question, yes in known if plain.get((question.group, question.noun)) is False]
    return Pope(
        mode=LEADING,
        figures={
            "right": figure(_reading("right", known, [[not yes] for _, yes in known], 1)),
            "misled": figure(_reading("misled", right, [[bool(yes)] for _, yes in right], 1)),
        },
        unanswered=figure(_reading("unanswered", said, [[yes is None] for _, yes in said], 1)),
    )


def _accuracy(cases: Floats) -> float:
    return float((cases[:, 0] == cases[:, 1]).mean()) if len(cases) else float("nan")


def _precision(cases: Floats) -> float:
    said = cases[cases[:, 1] > 0]
    return float(said[:, 0].mean()) if len(said) else float("nan")


def _recall(cases: Floats) -> float:
    there = cases[cases[:, 0] > 0]
    return float(there[:, 1].mean()) if len(there) else float("nan")


def _f1(cases: Floats) -> float:
    right = float((cases[:, 0] * cases[:, 1]).sum())
    both = float(cases.sum())
    return 2 * right / both if both else float("nan")


def _yes(cases: Floats) -> float:
    return float(cases[:, 1].mean()) if len(cases) else float("nan")


_STATISTICS = {"accuracy": _accuracy, "precision": _precision, "recall": _recall, "f1": _f1, "yes": _yes}
