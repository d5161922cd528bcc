"""Which yes/no questions tell good pairs from bad ones? Each is put to a model about labelled pairs and ranked.

X2-DFD (arXiv 2410.06126) does so with questions about traces of forgery: those that a model can answer go into its
training, those that it cannot are helped by an outside detector, whose score is written into the prompt. Here for any
questions of quality. The threshold of a question, and whether its yes is good, are found on one half of the pairs and
its balanced accuracy is taken on the other; with each seed other pairs are in the halves.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from statistics import NormalDist
from typing import TypeAlias

import numpy as np

from burnish.chat import Choose, Chosen, render
from burnish.chat.backend import ChatBackend
from burnish.chat.fold import MAX_OUTSIDE
from burnish.criteria import SCALE
from burnish.errors import UsageError
from burnish.evals.figures import Figure, Floats, Reading, figure
from burnish.evals.labels import table_rows
from burnish.protocols import Backend
from burnish.values import AssessRequest, Failure, Pair, Picture, Score

ANSWERS = ("yes", "no")
AT_ONCE = 32
MIN_EACH = 10
"""Fewer good or bad pairs than this in a half say nothing of a question."""
STRONG_FROM = 0.6
"""Balanced accuracy from which on a question is worth asking: X2-DFD's best is about 0.62, a coin 0.5."""
ALPHA = 0.05

Said: TypeAlias = "float | None"
"""How likely the answer is yes; None where there is no answer."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A yes/no question about a picture and its caption. `criterion`: what a model that is asked no words judges in its
    place, "" if it cannot; a high score is a yes. `measured`: the operator whose figure is told beside it, "" for none.
    """

    name: str
    question: str
    criterion: str = ""
    measured: str = ""

    @property
    def key(self) -> str:
        """Its name, and the operator's."""
        return f"{self.name} + {self.measured}" if self.measured else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One question. `yes_is_good`: in most of the halvings; `accuracy`: balanced, of pairs left out; `low_of_all`: the
    lower end of its interval if as many questions as there are shall all be inside theirs (Bonferroni).
    """

    question: Question
    yes_is_good: bool
    accuracy: Figure
    low_of_all: float | None
    unanswered: Figure

    @property
    def strong(self) -> bool:
        """Whether it surely tells, and tells enough."""
        value, low = self.accuracy.value, self.low_of_all
        return value is not None and low is not None and value >= STRONG_FROM and low > 0.5


def read_questions(path: str) -> list[Question]:
    """Questions of a CSV (columns name, question, perhaps criterion) or JSONL file.

    Raises `UsageError` with file and line for what is none, and for names that are there twice.
    """
    found: dict[str, Question] = {}
    for number, row in table_rows(path):
        name, text = (str(row.get(column) or "").strip() for column in ("name", "question"))
        if not _NAME.fullmatch(name) or not text.endswith("?") or name in found:
            raise UsageError(
                f"{path}, line {number}: a question needs a name of its own (small letters, digits, _) and must end "
                f"with a question mark, found {dict(row)!r}"[:300]
                + "\nExample: name,question  then  sharp,Is the "
                "picture sharp?"
            )
        found[name] = Question(name=name, question=text, criterion=str(row.get("criterion") or "").strip())
    if not found:
        raise UsageError(f"{path} holds no question.")
    return list(found.values())


def ask(
    backend: Backend, questions: Sequence[Question], pairs: Iterable[tuple[Pair, Picture]]
) -> dict[str, dict[str, Said]]:
    """By the question's key and the pair's: how likely the answer is yes.

    Raises `UsageError` for questions that the model cannot be asked.
    """
    put = _put(backend, questions)
    stream = iter(pairs)
    found: dict[str, dict[str, Said]] = {question.key: {} for question in questions}
    while batch := list(islice(stream, AT_ONCE)):
        for question in questions:
            keys = [pair.key for pair, _ in batch]
            found[question.key] |= dict(zip(keys, put(question, batch), strict=True))
    return found


_Put: TypeAlias = Callable[[Question, Sequence[tuple[Pair, Picture]]], list[Said]]


def _put(backend: Backend, questions: Sequence[Question]) -> _Put:
    if isinstance(backend, ChatBackend):
        model = backend.model
        return lambda question, batch: [_chosen(each) for each in model.choose([_choose(question, *b) for b in batch])]
    if any(question.measured for question in questions):
        raise UsageError(f"{backend.identity} is asked no words: no operator's figure can be put into its prompt.")
    if wordless := [question.name for question in questions if not question.criterion]:
        raise UsageError(
            f"{backend.identity} is asked no words: question {wordless[0]!r} needs a criterion it can judge instead.\n"
            "Give the questions a column criterion, or a backend that reads: openai, transformers, vllm."
        )
    return lambda question, batch: [_scored(reply) for reply in backend.answer([_assess(question, *b) for b in batch])]


def _choose(question: Question, pair: Pair, picture: Picture) -> Choose:
    asked = f"{question.question}\nAnswer yes or no and nothing else."
    text = render.measured(picture, pair.text, (question.measured,) if question.measured else (), asked)
    return Choose(prompt=render.prompt(picture, pair.text, text), answers=ANSWERS)


def helped(weak: Iterable[Audited], operators: Sequence[str]) -> list[Question]:
    """Every weak question once more with the figure of each operator beside it."""
    return [replace(each.question, measured=name) for each in weak if not each.strong for name in operators]


def best(found: Iterable[Audited]) -> list[Audited]:
    """Of each question the plain form if that is strong, else the form with an operator that tells most, if strong."""
    forms: dict[str, list[Audited]] = {}
    for each in found:
        forms.setdefault(each.question.name, []).append(each)
    chosen = []
    for several in forms.values():
        plain = next(each for each in several if not each.question.measured)
        strong = sorted((each for each in several if each.strong), key=lambda one: -(one.accuracy.value or 0.0))
        chosen.append(plain if plain.strong or not strong else strong[0])
    return sorted(chosen, key=lambda one: -(one.accuracy.value or 0.0))


def _assess(question: Question, pair: Pair, picture: Picture) -> AssessRequest:
    return AssessRequest(picture=picture, text=pair.text, criterion=question.criterion)


def _chosen(found: Chosen | Failure) -> Said:
    if isinstance(found, Failure) or found.outside > MAX_OUTSIDE or sum(found.shares) <= 0:
        return None
    return found.shares[0] / sum(found.shares)


def _scored(reply: object) -> Said:
    if not isinstance(reply, Score) or reply.value is None:
        return None
    return (reply.value - SCALE[0]) / (SCALE[-1] - SCALE[0])


def audit(
    questions: Sequence[Question],
    said: Mapping[str, Mapping[str, Said]],
    labels: Mapping[str, bool],
    seeds: Sequence[int] = (0, 1, 2),
) -> list[Audited]:
    """The questions, the most telling first. Raises `UsageError` if there are too few labelled pairs.

    A question is judged on the pairs that it has an answer to; its share of unanswered ones stands beside.
    """
    keys = [key for key in labels if all(key in answers for answers in said.values())]
    for kind in (True, False):
        number = sum(labels[key] is kind for key in keys)
        if number < 2 * MIN_EACH:
            raise UsageError(
                f"{number} labelled {'good' if kind else 'bad'} pairs are in the source; at least {2 * MIN_EACH} are "
                "needed.\nThe keys of the labels must be those of the source."
            )
    corrected = NormalDist().inv_cdf(1 - ALPHA / 2 / len(questions)) / NormalDist().inv_cdf(1 - ALPHA / 2)
    found = [_audited(question, said[question.key], (keys, labels, seeds), corrected) for question in questions]
    return sorted(found, key=lambda one: -(one.accuracy.value or 0.0))


def _audited(
    question: Question,
    said: Mapping[str, Said],
    among: tuple[Sequence[str], Mapping[str, bool], Sequence[int]],
    corrected: float,
) -> Audited:
    keys, labels, seeds = among
    cases: list[tuple[str, int, float, float]] = []
    directions: list[bool] = []
    for seed in seeds:
        halves: tuple[list[tuple[str, float, bool]], ...] = ([], [])
        for key in keys:
            value = said[key]
            if value is not None:
                halves[_half(key, seed)].append((key, value, labels[key]))
        fitted = _fit(halves[0])
        if fitted is None:
            continue
        threshold, yes_is_good = fitted
        directions.append(yes_is_good)
        cases += [
            (key, seed, float(((value >= threshold) == yes_is_good) == good), float(good))
            for key, value, good in halves[1]
        ]
    accuracy = figure(
        Reading(
            of=question.name,
            cases=np.array([case[2:] for case in cases], np.float64).reshape(len(cases), 2),
            groups=tuple(case[0] for case in cases),
            seeds=tuple(case[1] for case in cases),
            statistic=balanced_accuracy,
        )
    )
    return Audited(
        question=question,
        yes_is_good=sum(directions) * 2 >= len(directions),
        accuracy=accuracy,
        low_of_all=_widened(accuracy, corrected),
        unanswered=_unanswered(question, keys, said),
    )


def balanced_accuracy(cases: Floats) -> float:
    """The mean of both kinds' shares of hits, of (hit, good) rows; NaN of one kind only."""
    good = cases[:, 1] > 0
    return float("nan") if good.all() or not good.any() else float(cases[good, 0].mean() + cases[~good, 0].mean()) / 2


def _fit(half: Sequence[tuple[str, float, bool]]) -> tuple[float, bool] | None:
    """Where to cut and whether yes is good; None if the half says nothing (too few, or one answer for all)."""
    values = np.array([value for _, value, _ in half])
    good = np.array([one for *_, one in half], bool)
    if min(good.sum(), (~good).sum()) < MIN_EACH / 2:
        return None
    levels = np.unique(values)
    cuts = (levels[1:] + levels[:-1]) / 2 if len(levels) > 1 else levels
    rates = [float((values[good] >= cut).mean() - (values[~good] >= cut).mean()) for cut in cuts]
    best = int(np.argmax(np.abs(rates)))
    return float(cuts[best]), rates[best] >= 0


def _half(key: str, seed: int) -> int:
    return hashlib.blake2b(f"{seed} {key}".encode("utf-8", "surrogatepass"), digest_size=2).digest()[0] % 2


def _widened(accuracy: Figure, corrected: float) -> float | None:
    if accuracy.value is None or accuracy.low is None:
        return None
    return round(accuracy.value - (accuracy.value - accuracy.low) * corrected, 4)


def _unanswered(question: Question, keys: Sequence[str], said: Mapping[str, Said]) -> Figure:
    cases = np.array([[said[key] is None] for key in keys], np.float64)
    return figure(Reading(of=question.name, cases=cases, groups=tuple(keys), seeds=(0,) * len(keys)))


def criterion_files(found: Sequence[Audited]) -> Iterator[tuple[str, str]]:
    """Name and content of a criterion for each strong question, and of a recipe that asks them all; none if none is
    strong.
    """
    strong = [each for each in found if each.strong]
    for each in strong:
        yield f"{each.question.name}.py", _criterion(each)
    if strong:
        yield RECIPE_FILE, _recipe(strong)


RECIPE_FILE = "audited.py"
_LEVELS = ("surely not", "rather not", "hard to say", "rather yes", "surely yes")


def _criterion(each: Audited) -> str:
    levels = _LEVELS if each.yes_is_good else _LEVELS[::-1]
    anchors = ", ".join(f'"{level}"' for level in levels)
    source = f"feature audit: balanced accuracy {each.accuracy.value:.3f} of {each.accuracy.n} held-out answers"
    return (
        f'"""{_docstring(each.question.question)}"""\n\n'
        "from burnish.criteria import Criterion\n\n"
        "CRITERION = Criterion(\n"
        f"    name={each.question.name!r},\n"
        f"    question={each.question.question!r},\n"
        f"    anchors=({anchors}),\n"
        f"    source={source!r},\n"
        + (f"    measured=({each.question.measured!r},),\n" if each.question.measured else "")
        + ")\n"
    )


def _docstring(text: str) -> str:
    return text.replace("\\", "").replace('"""', "'''")


def _recipe(strong: Sequence[Audited]) -> str:
    names = ", ".join(f'"{each.question.name}:CRITERION"' for each in strong)
    weights = ", ".join(
        f'"{each.question.name}:CRITERION": {(each.accuracy.value or 0.5) - 0.5:.3f}' for each in strong
    )
    return (
        '"""Questions that tell good pairs from bad ones here, weighted by how much better than a coin."""\n\n'
        "from burnish.recipes import Recipe\n\n"
        "RECIPE = Recipe(\n"
        '    name="audited",\n'
        '    paper="feature audit, after arXiv 2410.06126",\n'
        f"    criteria=({names},),\n"
        '    asks=("assess",),\n'
        f"    decides={{{weights}}},\n"
        ")\n"
    )
