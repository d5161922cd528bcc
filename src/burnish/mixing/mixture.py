"""What a training set is made of, as plain data: groups of sources, the roles they train with, and how texts are made.

Every default stands here. Read from TOML by `burnish.mixing.reading`, which names the key of what is wrong.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from burnish.mixing.faults import MixtureError
from burnish.mixing.scores import MOST, Scores
from burnish.tokens import WORDS
from burnish.values import Json

CHOSEN = "chosen"
"""The role of the caption that enhance chose, whichever it is: every pair has it."""

LEAST_TOKENS = 4
"""Fewer than this are no room for a text."""

_STRICT: dict[str, object] = {"extra": "forbid"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def _at_least(name: str, value: float, low: float, high: float = math.inf) -> None:
    if not low <= value <= high or value == math.inf:
        raise MixtureError(
            f"{name} must be {f'at least {low:g}' if high == math.inf else f'{low:g} to {high:,}'}, not {value!r}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Where a preset's numbers come from. `sure`: "paper" (stands there), "inferred" (from second-hand notes of it) or
    "guess" (ours).
    """

    __pydantic_config__: ClassVar = _STRICT
    what: str = ""
    source: str = ""
    sure: Literal["", "paper", "inferred", "guess"] = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRules:
    """How a caption becomes the text that trains.

    `max_tokens`: what the consumer reads without its marks of begin and end (CLIP: 75 of 77); 0: no limit. The
    marks of a text's level (`LevelRules`) count with it, in the turns without them too, so that all turns have the same
    parts. `tokenizer`: as `burnish.tokens` names them ("words" is an estimate). `long`: what is done with a caption of
    more than `whole_up_to` tokens (0: of more than `max_tokens`): "sentence" trains one of its sentences a turn,
    each in its turn; "cut" ends it behind the last whole sentence that fits; "whole" leaves it to the consumer.
    """

    __pydantic_config__: ClassVar = _STRICT
    tokenizer: str = WORDS
    max_tokens: int = 0
    long: Literal["whole", "sentence", "cut"] = "whole"
    whole_up_to: int = 0

    def __post_init__(self) -> None:
        _at_least("text.max_tokens", self.max_tokens, 0)
        _at_least("text.whole_up_to", self.whole_up_to, 0)
        if self.long != "whole" and self.max_tokens < LEAST_TOKENS:
            raise MixtureError(f"text.long = {self.long!r} needs text.max_tokens: {LEAST_TOKENS} or more, 75 for CLIP.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRules:
    """The quality of the caption that trains as a whole number, 1 the worst; 0 where there is no score.

    Either `count` levels with the same number of captions in each, as far as equal scores allow (AlignGPT,
    arXiv 2405.14129), or fixed `edges`: a score at an edge is in the level above. `prefix` and `suffix` are put round a
    `share` of the texts of a known level, and `prompt` behind the user's words of the same samples where there are any,
    ``{level}`` and ``{count}`` filled in: what conditions a model belongs where it reads it, not into its answer. Texts
    that are cut to a length leave room for `prefix` and `suffix`.
    """

    __pydantic_config__: ClassVar = _STRICT
    criterion: str = "overall"
    count: int = 0
    edges: tuple[float, ...] = ()
    prefix: str = ""
    suffix: str = ""
    prompt: str = ""
    share: float = 1.0

    def __post_init__(self) -> None:
        _at_least("levels.count", self.count, 0, 100)
        _at_least("levels.share", self.share, 0, 1)
        if self.count == 1 or (self.count and self.edges):
            raise MixtureError("levels takes either count (2 or more) or edges.")
        if list(self.edges) != sorted(set(self.edges)):
            raise MixtureError(f"levels.edges must rise, not {list(self.edges)!r}.")
        for name in ("prefix", "suffix", "prompt"):
            _check_template(f"levels.{name}", getattr(self, name))
            if getattr(self, name) and not self.levels:
                raise MixtureError(f"levels.{name} needs levels: give levels.count or levels.edges.")

    @property
    def levels(self) -> int:
        """How many levels there are, 0 for none."""
        return self.count or (len(self.edges) + 1 if self.edges else 0)

    def marks(self, level: int) -> tuple[str, str, str]:
        """`prefix`, `suffix` and `prompt` of a level."""
        prefix, suffix, prompt = (
            mark.format(level=level, count=self.levels) for mark in (self.prefix, self.suffix, self.prompt)
        )
        return prefix, suffix, prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRules:
    """What the user says in forms that hold a conversation; one of `prompts` is drawn for each sample."""

    __pydantic_config__: ClassVar = _STRICT
    prompts: tuple[str, ...] = ("Describe the image.",)

    def __post_init__(self) -> None:
        if not self.prompts or not all(prompt.strip() for prompt in self.prompts):
            raise MixtureError("chat.prompts must hold at least one prompt, none empty.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRule:
    """How often a role trains beside its group's other roles, and which of its captions may: a weight of 0 to 1 by
    score is the share of them that may.
    """

    __pydantic_config__: ClassVar = _STRICT
    weight: float
    scores: Scores | None = None

    def __post_init__(self) -> None:
        _at_least("weight", self.weight, 0, MOST)
        if self.scores and max(*self.scores.weights.values(), self.scores.unscored) > 1:
            raise MixtureError(
                "a role's weights by score are shares of its captions: 0 to 1. To repeat pairs, give the group scores."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRule:
    """Where pairs come from: `path` may be left to the command line. `optional`: left out if nobody names a path.
    `scores`: instead of its group's. `keep`: folders of passes over the whole set (duplicates, quotas) that say which
    of its pairs may train, under its name.
    """

    __pydantic_config__: ClassVar = _STRICT
    path: str = ""
    weight: float = 1.0
    optional: bool = False
    store: str = ""
    store_options: dict[str, str] = field(default_factory=dict)
    scores: Scores | None = None
    keep: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _at_least("weight", self.weight, 0, MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """Sources that train with the same roles.

    `missing`: what is done for a pair without a usable caption of the role that was drawn: "renormalise" (the other
    roles share its weight in proportion), "compensate" (the same, and pairs that have the role draw it more often, so
    that the set as a whole gets what was asked), "drop" (the pair is left out), or a list of roles, the first usable
    one of which is taken (none: left out). `scores`: how often a pair is used, by its score.
    """

    __pydantic_config__: ClassVar = _STRICT
    roles: dict[str, RoleRule]
    missing: Literal["renormalise", "compensate", "drop", ""] | tuple[str, ...] = ""
    weight: float = 1.0
    scores: Scores | None = None
    sources: dict[str, SourceRule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _at_least("weight", self.weight, 0, MOST)
        if not any(role.weight > 0 for role in self.roles.values()):
            raise MixtureError("roles must hold at least one role with a weight above 0, such as {alt = 1}.")
        if set(self.roles) - {"alt", CHOSEN} and self.missing == "":
            raise MixtureError(
                "missing must say what is done for a pair that lacks a role:\n"
                '"renormalise", "compensate", "drop" or a list of roles such as ["dsc", "alt"].'
            )
        if self.missing == ():
            raise MixtureError('missing = [] names no role.\nWrite missing = "drop" if such pairs are to be left out.')


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """A whole mix. `seed` decides every draw.

    `weights`: "epochs" (a source trains group weight x source weight x score weight times, 0.5 is half of its pairs) or
    "shares" (group and source weights are shares of `size` samples; 0: as many as there can be without using a pair
    twice). `exact`: counts are exact, for which the sources are read twice; else they are right on average.
    `epoch`: which turn of the draws this set is; another one draws other captions. `members`: the webdataset form
    also writes each caption as a member of its own, `KEY.ROLE.txt`.
    """

    __pydantic_config__: ClassVar = _STRICT
    groups: dict[str, GroupRule]
    about: About = field(default_factory=About)
    seed: int = 0
    weights: Literal["epochs", "shares"] = "epochs"
    size: int = 0
    exact: bool = True
    epoch: int = 0
    form: str = "webdataset"
    members: bool = False
    text: TextRules = field(default_factory=TextRules)
    levels: LevelRules = field(default_factory=LevelRules)
    chat: ChatRules = field(default_factory=ChatRules)

    def __post_init__(self) -> None:
        _at_least("size", self.size, 0)
        _at_least("epoch", self.epoch, 0, 2**20)
        if self.size and self.weights != "shares":
            raise MixtureError('size needs weights = "shares"; with epochs the weights say how much there is.')
        if not any(group.weight > 0 for group in self.groups.values()):
            raise MixtureError("groups must hold at least one group with a weight above 0.")
        names = [*self.groups, *(name for group in self.groups.values() for name in group.sources)]
        for name in names:
            if not _NAME.fullmatch(name):
                raise MixtureError(f"{name!r} is no name for a group or source: letters, digits and . _ - only.")
        for name in self.source_names():
            if self.source_names().count(name) > 1:
                raise MixtureError(f"two groups have a source {name!r}: its name must be its own.")

    def source_names(self) -> list[str]:
        """Names of all sources, group after group."""
        return [name for _, name, _ in self.entries()]

    def entries(self) -> Iterator[tuple[str, str, SourceRule]]:
        """(group, source, its rule) for each source, in the order they are written."""
        for group, rule in self.groups.items():
            for name, source in rule.sources.items():
                yield group, name, source

    def as_json(self) -> dict[str, Json]:
        """All of it as plain JSON, without paths: where a source lies changes no draw."""
        plain: Any = dataclasses.asdict(self)
        for group in plain["groups"].values():
            for source in group["sources"].values():
                del source["path"], source["keep"]  # what they hold is told by their seals
            if isinstance(group["missing"], tuple):
                group["missing"] = list(group["missing"])
        for part, name in (("levels", "edges"), ("chat", "prompts")):
            plain[part][name] = list(plain[part][name])
        return dict(plain)


def _check_template(name: str, template: str) -> None:
    try:
        template.format(level=1, count=1)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise MixtureError(
            f"{name}: {template!r} can hold {{level}} and {{count}} only; write {{{{ for a brace."
        ) from error
