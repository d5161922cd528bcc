"""Everything a fake server can be told, once: the fields are the keys of its TOML file and, with dashes, its flags."""

# ruff: noqa: RUF009 - _told makes a dataclass field, as field() does
from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from burnish.errors import UsageError


class Ability(StrEnum):
    """What becomes of a request that needs something a server may lack."""

    ON = "on"
    IGNORED = "ignored"
    """The parameter is passed over in silence, as many servers do."""
    REFUSED = "refused"
    """Status 400."""


class Overload(StrEnum):
    """What becomes of a call above `max_in_flight`."""

    REFUSE = "refuse"
    """Status 429 with Retry-After."""
    QUEUE = "queue"


def _told(default: Any, about: str, *, off: Ability = Ability.REFUSED) -> Any:
    """A field with its help; `off` is what ``--no-NAME`` makes of an ability."""
    return dataclasses.field(default=default, metadata={"about": about, "off": off})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A fake server's whole behaviour. Raises `UsageError` for what cannot be.

    Times are in seconds or milliseconds as named. `faults` are texts of the form KIND@WHEN (see `schedule`).
    """

    host: str = _told("127.0.0.1", "Address to listen on.")
    port: int = _told(0, "Port; 0 takes a free one.")
    mode: str = _told("hash", "How answers are made: echo, gullible, hash, obedient, oracle or script.")
    oracle: str = _told("", "module:function that answers; makes the mode oracle.")
    script: str = _told("", "JSONL file of answers, given in order; makes the mode script.")
    seed: int = _told(0, "Another seed gives other answers, delays and shares of faults.")
    faults: tuple[str, ...] = _told((), "What goes wrong and when: KIND@WHEN. May be repeated.")
    model_id: str = _told("burnish-fake", "The id of the model it claims to serve.")
    api_key: str = _told("", "If given, calls without this bearer token get 401.")
    latency_ms: float = _told(0.0, "Time every answer takes.")
    jitter_ms: float = _told(0.0, "Up to so much more, decided by a hash of the request.")
    token_ms: float = _told(0.0, "Time for each token written.")
    max_in_flight: int = _told(0, "Calls at work at once; 0 is no limit.")
    overload: Overload = _told(Overload.REFUSE, "Above that: refuse (429 with Retry-After) or queue.")
    retry_after_s: float = _told(1.0, "What Retry-After says, where a fault does not say otherwise.")
    obedience: float = _told(1.0, "Mode obedient: share of what a caption is asked for that it keeps, 0 to 1.")
    choices: str = _told("1,2,3,4,5", "Answers of a choice when the request names none, with commas.")
    outside_mass: float = _told(0.02, "Probability outside the answers of a choice, 0 to 1.")
    split_digits: bool = _told(False, 'Every digit is a token of its own: "10" is two.')
    thinking: int = _told(0, "Tokens of reasoning_content before each answer, taken from its budget.")
    context_tokens: int = _told(32_768, "Length of the context; longer requests get 400.")
    image_tokens: int = _told(256, "Tokens an image costs.")
    max_images: int = _told(8, "Images a request may have.")
    max_body_mb: float = _told(64.0, "Larger bodies get 413.")
    logprobs: Ability = _told(Ability.ON, "logprobs and top_logprobs.", off=Ability.IGNORED)
    json_schema: Ability = _told(Ability.ON, "response_format json_schema.")
    json_object: Ability = _told(Ability.ON, "response_format json_object.")
    structured_outputs: Ability = _told(Ability.ON, "structured_outputs, as vLLM has them.")
    guided: Ability = _told(
        Ability.ON, "guided_choice and guided_json, which vLLM had until 0.12.", off=Ability.IGNORED
    )
    images: Ability = _told(Ability.ON, "Images.")
    drip_ms: float = _told(200.0, "Fault slow_loris: time between two bytes.")
    bomb_mb: int = _told(256, "Fault gzip_bomb: size when inflated.")

    def __post_init__(self) -> None:
        """Check what can be checked without starting; names of abilities may be plain texts."""
        for field in dataclasses.fields(self):
            value = _as(field.name, getattr(self, field.name), field.default)
            object.__setattr__(self, field.name, value)
        for name, low, high in _RANGES:
            if not low <= getattr(self, name) <= high:
                raise UsageError(f"fakeserver: {name} is {getattr(self, name)}, must be {low} to {high}.")
        if len(set(self.choice_list)) < 2:  # a choice of one is none
            raise UsageError(f"fakeserver: choices {self.choices!r} must name at least two different answers.")

    @property
    def choice_list(self) -> tuple[str, ...]:
        """The answers of a choice for which the request names none."""
        return tuple(choice.strip() for choice in self.choices.split(",") if choice.strip())

    @property
    def answer_mode(self) -> str:
        """The mode, also where it follows from an oracle or a script."""
        return "oracle" if self.oracle else "script" if self.script else self.mode


_HUGE = 1e12
_RANGES: tuple[tuple[str, float, float], ...] = (
    ("port", 0, 65_535),
    ("latency_ms", 0, _HUGE),
    ("jitter_ms", 0, _HUGE),
    ("token_ms", 0, _HUGE),
    ("max_in_flight", 0, _HUGE),
    ("retry_after_s", 0, _HUGE),
    ("outside_mass", 0, 1),
    ("obedience", 0, 1),
    ("thinking", 0, 1_000_000),
    ("context_tokens", 1, _HUGE),
    ("image_tokens", 0, _HUGE),
    ("max_images", 0, _HUGE),
    ("max_body_mb", 0, 4_096),
    ("drip_ms", 0, _HUGE),
    ("bomb_mb", 1, 4_095),  # gzip tells sizes below 4 GiB
)


def resolve(file: str | None, given: Mapping[str, Any]) -> Settings:
    """Settings from a TOML file, then from `given` (None: not given). Raises `UsageError` naming the key."""
    values = dict(_from_file(file)) if file else {}
    values.update({name: value for name, value in given.items() if value is not None})
    known = {field.name: field for field in dataclasses.fields(Settings)}
    for name in values:
        if name not in known:
            raise UsageError(f"fakeserver: there is no setting {name!r}.\nChoose from: {', '.join(sorted(known))}")
    return Settings(**values)


def _from_file(file: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"fakeserver: cannot read {file!r}: {error}.") from error


def _as(name: str, value: Any, default: Any) -> Any:
    """`value` in the type of the default; text is not taken for a number, nor a number for text."""
    kind = type(default)
    wrong = UsageError(f"fakeserver: {name} is {value!r}, must be {_said(kind)}.")
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if issubclass(kind, StrEnum):
        return _member(kind, value, wrong)
    if kind is tuple:
        if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
            raise wrong
        return tuple(value)
    if type(value) is not kind:
        raise wrong
    return value


def _member(kind: Callable[[str], StrEnum], value: Any, wrong: UsageError) -> StrEnum:
    try:
        return kind(value)
    except ValueError as error:
        raise wrong from error


def _said(kind: type) -> str:
    if issubclass(kind, StrEnum):
        return " or ".join(str(member) for member in kind)
    return {"tuple": "a list of texts", "str": "a text", "int": "a whole number", "float": "a number"}.get(
        kind.__name__, "true or false"
    )
