"""The pairs that all arms share: those of the source whose pictures no exam asks about, all of them or a part.

A pool is a folder that a mixture's `keep` goes by (`burnish.mixing.keeping`). Which pairs of a part train is drawn by
the picture and the mixture's seed: the same in every arm of a seed, others with another seed, and those of a smaller
pool are in every larger one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from burnish.arms.kinds import Facts
from burnish.errors import UsageError
from burnish.mixing.keeping import name_of
from burnish.mixing.offers import captions_of
from burnish.mixing.sources import Entry, Source, entries
from burnish.passes.tables import QUOTAS, writer
from burnish.storage.layout import SEAL
from burnish.storage.ledger import Counts
from burnish.storage.run import Run
from burnish.storage.sealed import seal
from burnish.values import Json, Shard

PARTS = (4, 2, 1)
"""The pools if nobody names sizes: a quarter, half, and all of the pairs there are."""
LEAST = 20
"""Pairs of a pool; of smaller ones nothing can be told."""
_NOT_SYNTHETIC = frozenset({"alt", "rewrite"})
_CRITERION = "overall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """`pairs` of which no exam asks; `scored`: those of them whose text as found has a score; `facts` for the arms."""

    pairs: int
    asked: int
    scored: int
    facts: Facts


def count(source: Source, asked: Collection[str], below: float, caption: str = "") -> Counted:
    """Look through the texts of `source`, of which the pictures `asked` are for exams. `caption`: the role of the
    synthetic captions; the commonest that is neither as found nor a rewrite, if not given.
    """
    free = total = scored = kept = 0
    roles: dict[str, int] = {}
    for shard in source.shards:
        for entry in entries(source, shard):
            total += 1
            if entry.image_xxh128 in asked:
                continue
            free += 1
            value = _score(entry)
            scored += value is not None
            kept += value is None or value >= below
            for role in {one.role for one in entry.captions} - _NOT_SYNTHETIC:
                roles[role] = roles.get(role, 0) + bool(captions_of(entry, role))
    if free < LEAST:
        raise UsageError(f"{source.path} has {free} pairs that no exam asks about; arms need {LEAST}.")
    if caption and not roles.get(caption):
        raise UsageError(f"no pair has a caption {caption!r}. There are: {', '.join(sorted(roles)) or 'none'}")
    best = max(sorted(roles), key=lambda role: roles[role], default="")
    facts = Facts(below=below, kept=kept / free, caption=caption or (best if roles.get(best) else ""))
    return Counted(pairs=free, asked=total - free, scored=scored, facts=facts)


def sizes(given: Sequence[int], pairs: int) -> tuple[int, ...]:
    """The pools' sizes, rising; if none are given the parts that are not too small. Raises `UsageError` for a given one
    that cannot be.
    """
    for size in given:
        if not LEAST <= size <= pairs:
            raise UsageError(f"a pool can have {LEAST} to {pairs} pairs here, not {size}.")
    return tuple(sorted(set(given or (pairs // part for part in PARTS if part == 1 or pairs // part >= LEAST))))


def folder(size: int) -> str:
    """The pool's folder, below the output."""
    return f"pools/{size}"


def write(run: Run, source: Source, asked: Collection[str], size: int, pairs: int) -> None:
    """The pool of about `size` of the `pairs` that no exam asks about, unless it is there."""
    made = Shard(name=folder(size), path="", size=pairs)
    if run.done(made):
        return
    share = size / pairs
    with run.commit(made) as commit:
        for shard in source.shards:
            table = writer(commit.create(f"{made.name}/{name_of(source.name, shard.name)}"), QUOTAS)
            for row, entry in enumerate(entries(source, shard)):
                part = 0.0 if entry.image_xxh128 in asked else share
                if part < 1:
                    table.put(_row(row, entry, part))
            table.finish()
        with commit.create(f"{made.name}/{SEAL}") as file:
            told: list[Json] = [*sorted(asked)]
            file.write(seal({"pool": size, "of": pairs, "source": source.seal, "asked": told}))
        commit.publish(Counts())


def _row(row: int, entry: Entry, share: float) -> dict[str, object]:
    pair = {"row": row, "key": entry.key, "image_xxh128": entry.image_xxh128}
    return {**pair, "group": entry.image_xxh128, "start": 0.0, "share": share}


def _score(entry: Entry) -> float | None:
    score = next((one.score(_CRITERION) for one in entry.captions if one.role == "alt"), None)
    return None if score is None else score.value
