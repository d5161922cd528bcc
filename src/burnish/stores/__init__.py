"""Forms on disk. One module per form, its file name is the form's name; reader and writer live together.

A store module has two public things: ``STORE``, called as ``STORE(source, options)``, and ``sniff(source) -> bool``,
a cheap look at what lies at the source (names, never contents of images).
"""

from __future__ import annotations

import importlib
import importlib.util
from collections import Counter
from collections.abc import Callable, Mapping
from typing import cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.plan import Plan
from burnish.protocols import Linking, Store
from burnish.storage.redact import redact
from burnish.storage.sources import expand


def open_store(source: str, name: str | None = None, options: Mapping[str, str] | None = None) -> Store:
    """The store for `source` (path, brace pattern or URL): the one called `name`, else the one whose form is found.

    Raises `UsageError` when no form or more than one is found; the message names the flag that decides.
    """
    chosen = name if name is not None else sniffed(source)
    make = cast("Callable[[str, Mapping[str, str]], Store]", discovery.load("stores", chosen))
    return make(source, dict(options or {}))


def store_of(plan: Plan, form: str = "") -> Store:
    """The store a plan reads, ready to be read; `form` is its name if that is known.

    Raises `UsageError` as `open_store` does, and if images would have to be fetched and the plan does not say so.
    """
    store = open_store(plan.source, form or plan.store or None, plan.store_options)
    return store.fetching(plan) if isinstance(store, Linking) else store


def sniffed(source: str) -> str:
    """The name of the store whose form is found at `source`. Lists the whole source: not for every shard.

    Raises `UsageError` when no form or more than one is found.
    """
    known = discovery.names("stores")
    found = [name for name in known if _sniff(name, source)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{redact(source)} holds data in more than one form: {', '.join(found)}.\n"
            f"Say which one to read: --store {' or --store '.join(found)}"
        )
    raise UsageError(
        f"{redact(source)}: no form of data that burnish knows; there are {_endings(source)}.\n"
        f"If it is one of these, say so with --store NAME: {', '.join(known)}\n"
        "Images alone become an image folder by a metadata.csv beside them; its first line, file_name,text, is enough."
    )


def _endings(source: str) -> str:
    """What lies at `source`, by endings of names. Raises the better `UsageError` if nothing does."""
    names = [shard.name.rpartition("/")[2] for shard in expand(source, ("",))]
    counts = Counter("." + name.rpartition(".")[2] if "." in name else "no ending" for name in names)
    return ", ".join(f"{count:,} x {ending[:20]}" for ending, count in counts.most_common(5))


def _sniff(name: str, source: str) -> bool:
    """Stores that come as entry points have no module here: they are opened by name only."""
    if importlib.util.find_spec(f"{__name__}.{name}") is None:
        return False
    module = importlib.import_module(f"{__name__}.{name}")
    return bool(module.sniff(source))
