"""From a plug-in's name to its object. The file name is the name: no list, no registration, nothing imported early.

Looked up in this order: a module of ``burnish.<kind>``, an entry point of group ``burnish.<kind>``, and
``package.module:object`` for things of the user's own. No file of Python's can be called ``dsc+``: where a name has a
"+", its file has "_plus".
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from burnish.errors import UsageError

_ATTRIBUTE = {  # what a plug-in module of each kind must define
    "arms.kinds": "ARM",
    "asks": "ask",
    "backends": "BACKEND",
    "criteria": "CRITERION",
    "evals.caption_metrics": "METRIC",
    "evals.cases": "CASES",
    "evals.encoders": "ENCODER",
    "evals.exams": "EXAM",
    "evals.inferencers": "INFERENCER",
    "evals.instructions": "INSTRUCTION",
    "evals.metrics": "METRIC",
    "evals.scenarios": "SCENARIO",
    "exports": "EXPORT",
    "formats": "FORMAT",
    "mixing.forms": "FORM",
    "negatives.forms": "FORM",
    "negatives.ways": "WAY",
    "operators": "OPERATOR",
    "passes.alike": "ALIKE",
    "passes.conflicts": "CONFLICT",
    "passes.facets": "FACET",
    "proxy": "PROXY",
    "recipes": "RECIPE",
    "report.sections": "SECTION",
    "scenes.kinds": "KIND",
    "stores": "STORE",
}
_PLUS = "_plus"


def kinds() -> list[str]:
    """All kinds of plug-ins there are, sorted."""
    return sorted(_ATTRIBUTE)


def names(kind: str) -> list[str]:
    """All plug-in names of a kind ("backends", "criteria", "recipes", "stores"), sorted."""
    package = importlib.import_module(f"burnish.{kind}")
    own = {m.name.replace(_PLUS, "+") for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")}
    return sorted(own | {e.name for e in _installed(tuple(sys.path)) if e.group == f"burnish.{kind}"})


def load(kind: str, name: str) -> object:
    """The plug-in object called `name`. Raises `UsageError` with the nearest name and the full list."""
    if ":" in name:
        return _from_path(name)
    known = names(kind)
    if name not in known:
        raise UsageError(
            f"unknown {kind.removesuffix('s')} {name!r}.{_nearest(name, known)}\nChoose from: {', '.join(known)}"
        )
    if importlib.util.find_spec(module(kind, name)) is not None:
        return getattr(importlib.import_module(module(kind, name)), _ATTRIBUTE[kind])
    return next(e for e in _installed(tuple(sys.path)) if (e.group, e.name) == (f"burnish.{kind}", name)).load()


def module(kind: str, name: str) -> str:
    """The module that a plug-in of burnish's own is in, by its full name; there may be none."""
    return f"burnish.{kind}.{name.replace('+', _PLUS)}"


@cache
def _installed(_path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """The plug-ins of other packages on a path. Kept: a look reads a file for each package, 10 ms and more in all."""
    found = entry_points()
    return tuple(point for group in found.groups if group.startswith("burnish.") for point in found.select(group=group))


def _from_path(path: str) -> object:
    module, _, attribute = path.partition(":")
    here = str(Path.cwd())
    if not {"", here} & set(sys.path):
        sys.path.append(here)  # a file beside the user counts as importable; last, so that it hides nothing
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"cannot load {path!r}: {error}.\nGive it as module:object, importable from this folder or installed."
        ) from error


def beside(kind: str, name: str, attribute: str) -> object | None:
    """What the module of one of our own plug-ins defines beside the plug-in; None if it does not, or there is none."""
    if not name.isidentifier() or importlib.util.find_spec(f"burnish.{kind}.{name}") is None:
        return None
    return getattr(importlib.import_module(f"burnish.{kind}.{name}"), attribute, None)


def _nearest(name: str, known: list[str]) -> str:
    from rapidfuzz import process

    hit = process.extractOne(name, known, score_cutoff=60)
    return f" Did you mean {hit[0]!r}?" if hit else ""
