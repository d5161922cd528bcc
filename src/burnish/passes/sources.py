"""Which sources a pass reads: named as a mixture names them, so that its tables fit there."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from burnish.errors import UsageError
from burnish.mixing.keeping import seals
from burnish.mixing.reading import ONE_SOURCE, split_name
from burnish.mixing.sources import Source, open_source
from burnish.values import Json


def given(entries: Sequence[str], keep: Sequence[str] = ()) -> tuple[Source, ...]:
    """The sources of a command line, ``PATH`` or ``NAME=PATH`` each, one alone being called "data". `keep`: folders of
    earlier passes, whose word on each pair comes with it.

    Raises `UsageError` for a name that is missing or there twice, and as `burnish.mixing.sources.opened`.
    """
    if not entries:
        raise UsageError("give at least one source.\nExample: burnish duplicates better -o dups")
    named = [split_name(entry) for entry in entries]
    names = [name or ONE_SOURCE for name, _ in named]
    if len(set(names)) < len(names):
        raise UsageError("several sources: give each a name of its own, as NAME=PATH.")
    found = []
    for name, (_, path) in zip(names, named, strict=True):
        if "/" in name or name.startswith("."):
            raise UsageError(f"{name!r} is no name for a source here: leave out the group.\nExample: web=better")
        found.append(replace(open_source(name, path), keep=tuple(keep), kept=seals(keep, name)))
    return tuple(found)


def claim(sources: Sequence[Source]) -> dict[str, Json]:
    """What is read, as far as it can change a pass's outcome: no path."""
    return {source.name: _digest(source) for source in sources}


def _digest(source: Source) -> str:
    listed = "\n".join(f"{shard.name}\t{shard.size}" for shard in source.shards)
    return hashlib.sha256(f"{source.seal}\n{source.kept}\n{listed}".encode()).hexdigest()
