"""A mixture from TOML: checked once, here, and every mistake answered with the key it stands under.

Sources may be named in the file or on the command line, as ``PATH``, ``NAME=PATH`` or ``GROUP/NAME=PATH``.
"""

from __future__ import annotations

import glob
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from burnish.errors import UsageError
from burnish.mixing import presets
from burnish.mixing.mixture import GroupRule, Mixture, SourceRule
from burnish.storage.braces import expand_braces

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

    from burnish.mixing import mixture, scores

    kinds = [getattr(mixture, kind) for kind in dir(mixture) if kind.endswith(("Rule", "Rules", "Mixture"))]
    keys = sorted({f.name for kind in (*kinds, scores.Scores) for f in dataclasses.fields(kind)})
    return _meant(name, keys) or f"\nKeys: {', '.join(keys)}"


def _meant(name: str, known: Sequence[str]) -> str:
    """A word on the one of `known` that `name` may be meant for, "" if none is near."""
    from rapidfuzz import process

    hit = process.extractOne(name, known, score_cutoff=60)
    return f" Did you mean {hit[0]!r}?" if hit else ""


def bind(mixture: Mixture, given: Sequence[str]) -> Mixture:
    """`mixture` with the sources of a command line in place, and without optional ones nobody named. ``GROUP/NAME=``
    adds one to a group; ``NAME=`` does so only where the mixture's one group names none of its own.

    Raises `UsageError` if a name is unknown or given twice, or a source has no path.
    """
    groups = {name: {**group.sources} for name, group in mixture.groups.items()}
    paths: dict[tuple[str, str], str] = {}
    for entry in given:
        name, path = split_name(entry)
        group, source = _place(mixture, name, len(given))
        if (group, source) in paths:
            raise UsageError(
                f"the source {source!r} is given twice: {paths[group, source]} and {path}.\n"
                f"Give each a name of its own, as {group}/NAME=PATH."
            )
        paths[group, source] = path
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
    """(name, path); "" for no name. What exists as it is written, or is a pattern of what does, is a path, whatever it
    holds.
    """
    name, sep, path = entry.partition("=")
    plain = not sep or ":" in name or name.count("/") > 1 or name.startswith((".", "/")) or _is_there(entry)
    return ("", entry) if plain else (name, path)


def _is_there(path: str) -> bool:
    """Whether anything on this machine is called `path`, or is one of those its braces, stars and so on stand for."""
    if os.path.exists(path):  # noqa: PTH110
        return True
    return any(any(glob.iglob(name, recursive=True)) for name in expand_braces(path))  # noqa: PTH207


def _place(mixture: Mixture, name: str, given: int) -> tuple[str, str]:
    """The group and the name of a source that the command line calls `name`."""
    group, sep, source = name.partition("/")
    if sep:
        if group not in mixture.groups:
            raise UsageError(f"the mixture has no group {group!r}.\nIt has: {', '.join(mixture.groups)}")
        return group, source
    declared = {own: group for group, own, _ in mixture.entries()}
    if name in declared:
        return declared[name], name
    if len(mixture.groups) > 1 or len(declared) > 1 or (declared and name):
        raise _unknown(mixture, name)
    if not name and given > 1:
        raise UsageError("several sources: give each a name of its own, as NAME=PATH.")
    return next(iter(mixture.groups)), name or next(iter(declared), ONE_SOURCE)


def _unknown(mixture: Mixture, name: str) -> UsageError:
    """What to say where a mixture that names its sources, or has several groups, has none called `name`."""
    declared = mixture.source_names()
    listed = ", ".join(declared or [f"{group}/NAME" for group in mixture.groups])
    if not name:
        return UsageError(f"which source is this?\nGive each as NAME=PATH; the mixture has: {listed}")
    group = next(iter(mixture.groups)) if len(mixture.groups) == 1 else "GROUP"
    return UsageError(
        f"which source is {name!r}?{_meant(name, declared)}\n"
        f"Give each as NAME=PATH; the mixture has: {listed}\n"
        f"To add one: {group}/{name}=PATH"
    )
