"""From an arm to the mixture that trains: the pairs of a pool, so many samples an epoch, drawn with a seed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomli_w

from burnish.arms import kinds
from burnish.arms.kinds import Facts
from burnish.errors import UsageError
from burnish.mixing import reading
from burnish.mixing.mixture import Mixture, SourceRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """An arm that takes part: its name, it in words, its mixture in TOML and parsed, what messages call it."""

    name: str
    what: str
    toml: str
    shown: str
    parsed: Mixture

    @classmethod
    def of(cls, name: str, what: str, toml: str, shown: str) -> Entrant:
        """Parsed once: it costs as much as a short training."""
        common: Mapping[str, Any] = {"exact": False, "weights": "shares", "size": 1}
        return cls(name=name, what=what, toml=toml, shown=shown, parsed=reading.parse(toml, shown, [common]))

    def mixture(self, source: str, pool: str, size: int, seed: int) -> Mixture:
        """Of the pairs of `source` that the folder `pool` keeps, `size` samples an epoch, right on average."""
        groups = {name: _of_one(group, source, pool, self) for name, group in self.parsed.groups.items()}
        return replace(self.parsed, seed=seed, size=size, groups=groups)


def entrants(wanted: list[str], facts: Facts) -> tuple[tuple[Entrant, ...], dict[str, str]]:
    """The arms called `wanted`, names or TOML files, and by name why others cannot take part.

    Raises `UsageError` for an unknown name, or if two are called the same.
    """
    found: list[Entrant] = []
    left_out: dict[str, str] = {}
    for each in wanted:
        if each.endswith(".toml"):
            found.append(_of_file(each))
            continue
        arm = kinds.load(each)
        if why := arm.lacks(facts):
            left_out[each] = why
        else:
            found.append(Entrant.of(each, arm.what, arm.toml(facts), f"arm {each}"))
    twice = {one.name for one in found if [other.name for other in found].count(one.name) > 1}
    if twice:
        raise UsageError(f"two arms are called {min(twice)!r}.\nA mixture is called as its file: rename it.")
    return tuple(found), left_out


def written(entrant: Entrant, source: str, pool: str, size: int) -> str:
    """The mixture of an arm in TOML as `burnish mix` and `MixedPairs` take it, with seed 0."""
    raw = tomllib.loads(entrant.toml)
    raw |= {"seed": 0, "exact": False, "weights": "shares", "size": size}
    for group in raw["groups"].values():
        rule: dict[str, Any] = next(iter(group.get("sources", {}).values()), {})
        group["sources"] = {reading.ONE_SOURCE: {**rule, "path": source, "keep": [*rule.get("keep", ()), pool]}}
    return f"# {entrant.name}: {entrant.what}\n{tomli_w.dumps(raw)}"


def _of_file(path: str) -> Entrant:
    mixture = reading.load(path)
    if sum(1 for _ in mixture.entries()) > 1 or len(mixture.groups) > 1:
        raise UsageError(f"{path}: an arm has one group and reads the one source that all arms read.")
    text = Path(path).read_text(encoding="utf-8")
    return Entrant.of(Path(path).stem, mixture.about.what or f"mixture {path}", text, path)


def _of_one(group: Any, source: str, pool: str, entrant: Entrant) -> Any:
    """`group` with the source that all arms read in place of its own, which may only say how it is weighted."""
    rules = list(group.sources.values()) or [SourceRule()]
    if rules[0].path and rules[0].path != source:
        raise UsageError(f"{entrant.shown}: it names the source {rules[0].path}, but all arms read {source}.")
    return replace(group, sources={reading.ONE_SOURCE: replace(rules[0], path=source, keep=(*rules[0].keep, pool))})
