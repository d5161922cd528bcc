"""A plan from all the places a setting can stand, and where each value came from.

Later ones win: defaults (in `plan.Plan` alone), ``$XDG_CONFIG_HOME/burnish/config.toml``, ``./burnish.toml``,
``--config FILE``, ``BURNISH_*`` variables, ``--set key=value``, the command's own flags.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from burnish import plan as plans
from burnish.errors import UsageError
from burnish.plan import Plan
from burnish.web.secrets import TOKEN_VARIABLE

PREFIX = "BURNISH_"
DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Settings that came from one place, nested as in a plan file."""

    origin: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The plan and, by dotted key, where each value that is not a default came from."""

    plan: Plan
    origins: Mapping[str, str]


def resolve(flags: Mapping[str, Any], assignments: Sequence[str] = (), config: str | None = None) -> Resolved:
    """The plan all layers give. `flags` that are None were not given. Raises `UsageError` naming the place."""
    layers = [*_files(config), *_environment(), *_assigned(assignments), *_given(flags)]
    try:
        plan = plans.build({"source": ""}, *(layer.settings for layer in layers))
    except UsageError:
        for layer in layers:
            _check(layer)
        raise
    origins = {key: layer.origin for layer in layers for key in plans.flatten(layer.settings)}
    return Resolved(plan=plan, origins=origins)


def _check(layer: Layer) -> None:
    try:
        plans.build({"source": ""}, layer.settings)
    except UsageError as error:
        raise UsageError(f"{layer.origin}: {error}") from error


def needed(plan: Plan) -> Plan:
    """`plan` if it says what to read and where to write. Raises `UsageError` otherwise."""
    if not plan.source:
        raise UsageError("nothing to read: give a source.\nExample: burnish enhance ./my_shards -o ./better")
    if not plan.output:
        raise UsageError(f"nowhere to write: give an output.\nExample: burnish enhance {plan.source} -o ./better")
    return plan


def user_file() -> Path:
    """The user's own settings file, whether it exists or not."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "burnish" / "config.toml"


def _files(config: str | None) -> list[Layer]:
    found = [path for path in (user_file(), Path("burnish.toml")) if path.is_file()]
    paths = [str(path) for path in found] + ([config] if config is not None else [])
    return [Layer(origin=path, settings=plans.load(path)) for path in paths]


def _environment() -> list[Layer]:
    """``BURNISH_REWRITE__BELOW=2.5`` sets rewrite.below; two underscores are a dot. A server's token is no setting."""
    return [
        Layer(
            origin=name,
            settings=plans.override(f"{name.removeprefix(PREFIX).lower().replace('__', '.')}={value}"),
        )
        for name, value in sorted(os.environ.items())
        if name.startswith(PREFIX) and name != TOKEN_VARIABLE
    ]


def _assigned(assignments: Sequence[str]) -> list[Layer]:
    return [Layer(origin=f"--set {text}", settings=plans.override(text)) for text in assignments]


def _given(flags: Mapping[str, Any]) -> list[Layer]:
    names = {"source": "SRC", "output": "-o"}
    return [
        Layer(origin=names.get(key, f"--{key.rpartition('.')[2].replace('_', '-')}"), settings=_nested(key, value))
        for key, value in flags.items()
        if value is not None
    ]


def _nested(dotted: str, value: Any) -> dict[str, Any]:
    settings: Any = value
    for part in reversed(dotted.split(".")):
        settings = {part: settings}
    return dict(settings)


def rows(resolved: Resolved) -> list[tuple[str, Any, str]]:
    """Every key of the plan with its value and origin, sorted by key."""
    import dataclasses

    flat = plans.flatten(dataclasses.asdict(resolved.plan))
    return [(key, flat[key], _origin(key, resolved.origins)) for key in sorted(flat)]


def _origin(key: str, origins: Mapping[str, str]) -> str:
    return origins.get(key, DEFAULT)
