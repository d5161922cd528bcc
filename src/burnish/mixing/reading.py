"""A mixture from TOML: checked once, here, and every mistake answered with the key it stands under.

Sources may be named in the file or on the command line, as ``PATH``, ``NAME=PATH`` or ``GROUP/NAME=PATH``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from burnish.errors import UsageError
from burnish.mixing import presets
from burnish.mixing.mixture import GroupRule, Mixture, SourceRule

ONE_SOURCE = "data"
"""What the only source is called if nobody gave it a name."""


def load(path: str, changes: Iterable[Mapping[str, Any]] = ()) -> Mixture:
    """The mixture in a TOML file, `changes` (nested keys) laid over it. Raises `UsageError` naming file and key."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read the mixture {path!r}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text: {error.reason}.") from error
    return parse(text, path, changes)


def preset(name: str, changes: Iterable[Mapping[str, Any]] = ()) -> Mixture:
    """The preset called `name`. Raises `UsageError` with the list of them."""
    return parse(presets.text(name), f"preset {name}", changes)


def parse(text: str, shown: str, changes: Iterable[Mapping[str, Any]] = ()) -> Mixture:
    """The mixture in `text`; `shown` is what messages call it."""
    from pydantic import TypeAdapter, ValidationError

    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{shown} is not valid TOML: {error}.") from error
    for change in changes:
        _lay(raw, change)
    try:
        return TypeAdapter(Mixture).validate_python(_spelled_out(raw))
    except ValidationError as error:
        raise UsageError(f"{shown}: {_explain(error.errors()[0])}") from error


def _lay(into: dict[str, Any], change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _lay(into[key], value)
        else:
            into[key] = value


def _spelled_out(raw: dict[str, Any]) -> dict[str, Any]:
    """Roles may be written as a bare weight: ``roles = {alt = 0.5}``; a single folder to `keep` as a bare text."""
    groups = raw.get("groups")
    for group in groups.values() if isinstance(groups, dict) else ():
        roles = group.get("roles") if isinstance(group, dict) else None
        if isinstance(roles, dict):
            group["roles"] = {n: v if isinstance(v, dict) else {"weight": v} for n, v in roles.items()}
        sources = group.get("sources") if isinstance(group, dict) else None
        for source in sources.values() if isinstance(sources, dict) else ():
            if isinstance(source, dict) and isinstance(source.get("keep"), str):
                source["keep"] = [source["keep"]]
    return raw


def _explain(error: Any) -> str:
    place = [str(part) for part in error["loc"]]
    dotted = ".".join(part for part in place if not part.startswith(("literal[", "tuple[", "function-")))
    if error["type"] == "value_error":
        said = str(error["ctx"]["error"])
        return f"{dotted}: {said}" if dotted else said
    if error["type"] in {"unexpected_keyword_argument", "extra_forbidden"}:
        return f"unknown key {dotted!r}.{_nearest(place[-1])}"
    if error["type"] in {"missing", "missing_argument"}:
        return f"{dotted!r} is missing."
    return f"{dotted} = {_short(error['input'])} does not fit: {error['msg']}."


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _nearest(name: str) -> str:
    import dataclasses

    from rapidfuzz import process

    from burnish.mixing import mixture, scores

    kinds = [getattr(mixture, kind) for kind in dir(mixture) if kind.endswith(("Rule", "Rules", "Mixture"))]
    keys = sorted({f.name for kind in (*kinds, scores.Scores) for f in dataclasses.fields(kind)})
    hit = process.extractOne(name, keys, score_cutoff=60)
    return f" Did you mean {hit[0]!r}?" if hit else f"\nKeys: {', '.join(keys)}"


def bind(mixture: Mixture, given: Sequence[str]) -> Mixture:
    """`mixture` with the sources of a command line in place, and without optional ones nobody named.

    Raises `UsageError` if a name is unknown or a source has no path.
    """
    groups = {name: {**group.sources} for name, group in mixture.groups.items()}
    for entry in given:
        name, path = split_name(entry)
        group, source = _place(mixture, name, len(given))
        known = groups[group].get(source, SourceRule())
        groups[group][source] = replace(known, path=path)
    bound = {name: _closed(group, groups[name]) for name, group in mixture.groups.items()}
    missing = [source for group in bound.values() for source, rule in group.sources.items() if not rule.path]
    if missing:
        raise UsageError(f"the source {missing[0]!r} has no path.\nGive it as {missing[0]}=PATH on the command line.")
    made = replace(mixture, groups=bound)
    for name, rule in made.groups.items():
        if rule.weight > 0 and not any(source.weight > 0 for source in rule.sources.values()):
            raise UsageError(f"the group {name!r} has no source.\nGive one on the command line: {name}/NAME=PATH")
    return made


def _closed(group: GroupRule, sources: Mapping[str, SourceRule]) -> GroupRule:
    """The group without optional sources that have no path; without any source it weighs nothing if all were such."""
    kept = {name: rule for name, rule in sources.items() if rule.path or not rule.optional}
    return replace(group, sources=kept, weight=group.weight if kept or not sources else 0.0)


def split_name(entry: str) -> tuple[str, str]:
    """(name, path); "" for no name. What exists as it is written is a path, whatever it holds."""
    name, sep, path = entry.partition("=")
    plain = not sep or os.path.exists(entry) or ":" in name or name.count("/") > 1 or name.startswith((".", "/"))  # noqa: PTH110
    return ("", entry) if plain else (name, path)


def _place(mixture: Mixture, name: str, given: int) -> tuple[str, str]:
    """The group and the name of a source that the command line calls `name`."""
    group, sep, source = name.partition("/")
    if sep:
        if group not in mixture.groups:
            raise UsageError(f"the mixture has no group {group!r}.\nIt has: {', '.join(mixture.groups)}")
        return group, source
    declared = [(group, own) for group, own, _ in mixture.entries()]
    for place in declared:
        if place[1] == name:
            return place
    if len(mixture.groups) == 1:
        return next(iter(mixture.groups)), name or _only_name(declared, given)
    where = ", ".join([own for _, own in declared] or [f"{own}/NAME" for own in mixture.groups])
    raise UsageError(f"which source is {name or 'this'!r}?\nGive each as NAME=PATH; the mixture has: {where}")


def _only_name(declared: Sequence[tuple[str, str]], given: int) -> str:
    if given > 1 or len(declared) > 1:
        raise UsageError("several sources: give each a name of its own, as NAME=PATH.")
    return declared[0][1] if declared else ONE_SOURCE
