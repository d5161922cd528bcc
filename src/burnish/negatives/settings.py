"""What a set of training samples is made with. Every default stands here."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from burnish import plan as plans
from burnish.criteria import SCALE
from burnish.errors import UsageError
from burnish.negatives import ways
from burnish.negatives.tally import KINDS
from burnish.plan import CostRules, RewriteRules
from burnish.values import Json

TASKS = ("assess", "rewrite", "joint")
BALANCES = ("kinds", "scores", "none")
TESTS = ("scores", "claims")

_RULES = RewriteRules()

_RANGES: Mapping[str, tuple[float, float]] = {
    "good_from": (SCALE[0], SCALE[-1]),
    "bad_below": (SCALE[0], SCALE[-1]),
    "margin": (0, SCALE[-1] - SCALE[0]),
    "share": (0, 1),
    "held_out": (0, 1),
    "per_pair": (1, 64),
    "tries": (1, 64),
    "most": (0, math.inf),
    "max_inserted": (0, math.inf),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`backend` gives scores to pairs that have none and mends the bad ones; `judge` says which of two captions is
    worse ("": the backend, with its options); `teacher` writes captions where rules are not wanted ("": nobody).

    `ways`: names joined by commas; "" for all rules, and the teacher if there is one. `forms`, `tasks` and `criteria`
    are names joined by commas. A pair is good whose `criterion` stands at `good_from` or above and bad under
    `bad_below` (scale 1-5). A made caption is kept if the judge has it under `bad_below` and at least `margin` under
    the original (`test` "scores"), or finds a claim refuted in it that the original does not make ("claims").
    `per_pair`: captions made of one good pair; `tries`: captions shown to the judge for that. `share`: of the pairs,
    drawn by hash, for trying out. `held_out`: share of the pictures. `balance`: what there is equally much of;
    `most`: captions in all, 0 for no limit, else one of each kind or score at least. `max_inserted`: new words that
    a rewrite may have, as `rewrite.max_inserted` of a run says; targets that need more say so in their prompt.
    `cost`: prices, and what all models together may cost.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid", "coerce_numbers_to_str": True}
    backend: str = ""
    backend_options: dict[str, str] = field(default_factory=dict)
    judge: str = ""
    judge_options: dict[str, str] = field(default_factory=dict)
    teacher: str = ""
    teacher_options: dict[str, str] = field(default_factory=dict)
    ways: str = ""
    forms: str = "ours"
    tasks: str = "assess,rewrite"
    criteria: str = "overall,text_quality,image_text_matching"
    criterion: str = "overall"
    good_from: float = 4.0
    bad_below: float = _RULES.below
    margin: float = 1.0
    test: str = "scores"
    per_pair: int = 1
    tries: int = 4
    share: float = 1.0
    held_out: float = 0.1
    balance: str = "kinds"
    most: int = 0
    max_inserted: int = _RULES.max_inserted
    seed: int = 0
    cost: CostRules = field(default_factory=CostRules)

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise UsageError(f"{name} must be {low} to {high}, not {getattr(self, name)!r}.")
        for name, value, known in (("balance", self.balance, BALANCES), ("test", self.test, TESTS)):
            if value not in known:
                raise UsageError(f"{name} {value!r} is none of {', '.join(known)}.")
        if unknown := [task for task in self.names("tasks") if task not in TASKS]:
            raise UsageError(f"there is no task {unknown[0]!r}.\nChoose from: {', '.join(TASKS)}")
        if self.good_from < self.bad_below:
            raise UsageError(f"good_from ({self.good_from}) must not be under bad_below ({self.bad_below}).")
        if ways.TEACHER in self.names("ways") and not self.teacher:
            raise UsageError("the way 'teacher' needs a model.\nName it with --teacher, or leave the way out.")
        self._refuse_too_few()

    def _refuse_too_few(self) -> None:
        """Raises `UsageError` if `most` leaves nothing to some of what there shall be equally much of."""
        strata = {"kinds": len(KINDS), "scores": len(SCALE)}.get(self.balance, 1)
        if 0 < self.most < strata:
            raise UsageError(
                f"most={self.most} cannot be shared evenly among {strata} {self.balance}: nothing would be taught.\n"
                f"Set most to {strata} or above, 0 for no limit, or balance=none."
            )

    def names(self, of: str) -> tuple[str, ...]:
        """The names in one of the settings that are joined by commas, each once."""
        return tuple(dict.fromkeys(name.strip() for name in getattr(self, of).split(",") if name.strip()))

    @property
    def all_ways(self) -> tuple[str, ...]:
        """The ways by name; those that stand for "" spelled out."""
        given = self.names("ways")
        return given or (*ways.names(), *([ways.TEACHER] if self.teacher else []))

    @property
    def judging(self) -> tuple[str, dict[str, str]]:
        """Name and options of the judge."""
        return (self.judge, self.judge_options) if self.judge else (self.backend or "builtin", self.backend_options)

    @property
    def scored(self) -> tuple[str, ...]:
        """What the judge is asked: the criteria that are learnt and the one that decides."""
        return tuple(dict.fromkeys((self.criterion, *self.names("criteria"))))

    def as_json(self) -> dict[str, Json]:
        """All that can change the outcome. Models are known by their identity instead of their options."""
        said = dataclasses.asdict(self)
        left_out = [name for name in said if name.endswith("_options")] + ["ways", "cost"]
        return {name: value for name, value in said.items() if name not in left_out} | {"ways": list(self.all_ways)}


def build(given: Mapping[str, Any], assignments: Iterable[str] = ()) -> Settings:
    """Settings from `given` and ``key=value`` texts, which win. Raises `UsageError` for what does not fit."""
    from pydantic import TypeAdapter, ValidationError

    merged: dict[str, Any] = dict(given)
    for assignment in assignments:
        for key, value in plans.override(assignment).items():
            old = merged.get(key)
            merged[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    try:
        return TypeAdapter(Settings).validate_python(merged)
    except ValidationError as error:
        first = error.errors()[0]
        dotted = ".".join(str(part) for part in first["loc"])
        known = ", ".join(entry.name for entry in dataclasses.fields(Settings))
        raise UsageError(f"{dotted!r} does not fit: {first['msg']}.\nKeys: {known}") from error
