"""What a chat model is worth as a judge and as an editor of real titles of real drawings: for `benchmarks.ablation`
and `benchmarks.enhancer`.

The drawings of Debian's `openclipart-svg` that `burnish eval judges --scenario clipart:DIR` holds out, each with its
title as people gave it and with that title spoilt in some of eleven ways. No model of scenes learnt from titles; the
objects in scenes are cut out of drawings of that library, and those drawings are left out. Nobody wrote down what a
spoilt title is worth by degrees: the truth is good or spoilt, and a rewrite is worth how near it comes to the title.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.enhancer_measures import BUDGET, CRITERION
from benchmarks.tiny_measures import auc
from burnish import edits
from burnish.evals.metrics.spearman import correlation
from burnish.evals.scenarios import Given
from burnish.evals.scenarios.clipart import clipart
from burnish.evals.trials import Item
from burnish.protocols import Backend
from burnish.scenes import catalogue
from burnish.values import AssessRequest, Draft, Request, RewriteRequest, Score

PICTURES, SEED, SIDE_PX = 60, 0, 384
SPOILT = 5
"""Spoilt forms of each title, in turns: of each kind nearly half of the titles."""
EDITED = 24
"""Of how many drawings the title and one spoilt form of it are rewritten."""
MENDABLE = ("seo_spam", "truncation", "shuffled", "encoding_damage", "markup", "catalogue_number", "file_name")
"""In turns. The others leave nothing of a title that an editor could keep, or not always."""


def items(folder: Path, pictures: int = PICTURES) -> list[Item]:
    """The titles, good and spoilt, of at most so many held-out drawings, less those that scenes are made of. Raises
    `UsageError` for a folder without clip art.
    """
    taken = {thing.source.removeprefix("svg/").removesuffix(".svg") for thing in catalogue.objects()}
    found = clipart(Given(source=str(folder), limit=pictures, side_px=SIDE_PX, seed=SEED))
    return in_turns([item for item in found if item.group not in taken])


def in_turns(found: Sequence[Item], spoilt: int = SPOILT) -> list[Item]:
    """Of each picture the good title and `spoilt` of its spoilt ones, other kinds of the next picture."""
    kinds = list(dict.fromkeys(item.kind for item in found if not item.good))
    groups = {group: at for at, group in enumerate(dict.fromkeys(item.group for item in found))}
    return [
        item
        for item in found
        if item.good or (kinds.index(item.kind) + spoilt * groups[item.group]) % len(kinds) < spoilt
    ]


def measured(backend: Backend, asked: Sequence[Item], *, judge: bool = True, editor: bool = True) -> dict[str, Any]:
    """All figures, of the tasks that the model was taught."""
    found: dict[str, Any] = {}
    if judge:
        found["judge"] = judged(asked, scores(backend, asked))
    if editor:
        pairs = edited_pairs(asked)
        found["editor"] = edited(pairs, rewrites(backend, pairs))
    return found


def scores(backend: Backend, asked: Sequence[Item]) -> list[float | None]:
    """What the model says each title is worth, None where it gave no answer."""
    requests: list[Request] = [AssessRequest(picture=i.picture, text=i.text, criterion=CRITERION) for i in asked]
    return [reply.value if isinstance(reply, Score) else None for reply in backend.answer(requests)]


def judged(asked: Sequence[Item], values: Sequence[float | None]) -> dict[str, Any]:
    """AUC of good titles against each kind of spoilt one and against all, rank correlation with good or spoilt, and how
    many spoilt titles stand below the one that they were made of (ties by half).
    """
    found = {item.key: value for item, value in zip(asked, values, strict=True) if value is not None}
    there = [item for item in asked if item.key in found]
    good = [found[item.key] for item in there if item.good]
    kinds = list(dict.fromkeys(item.kind for item in there if not item.good)) if good else []
    by_kind = {kind: [found[item.key] for item in there if item.kind == kind] for kind in kinds}
    pairs = np.array([(found[item.key], float(item.good)) for item in there]).reshape(-1, 2)
    steps = [found[item.base] - found[item.key] for item in there if item.base in found]
    return {
        "n": len(asked),
        "pictures": len({item.group for item in asked}),
        "unanswered": len(asked) - len(there),
        "good": len(good),
        "auc": _rounded(auc(good, [value for of_kind in by_kind.values() for value in of_kind])) if kinds else None,
        "auc_by_kind": {kind: [_rounded(auc(good, of_kind)), len(of_kind)] for kind, of_kind in by_kind.items()},
        "spearman": None if np.isnan(rank := correlation(pairs)) else _rounded(rank),
        "above": _mean([float(step > 0) + 0.5 * float(step == 0) for step in steps]),
    }


def edited_pairs(asked: Sequence[Item], pictures: int = EDITED) -> list[tuple[Item, str]]:
    """What is rewritten, each with the title that an honest editor would give back."""
    groups = list(dict.fromkeys(item.group for item in asked))[:pictures]
    found: list[tuple[Item, str]] = []
    for at, group in enumerate(groups):
        by_kind = {item.kind: item for item in asked if item.group == group}
        turns = [MENDABLE[(at + turn) % len(MENDABLE)] for turn in range(len(MENDABLE))]
        spoilt = next((by_kind[kind] for kind in turns if kind in by_kind), None)
        found += [(item, by_kind[""].text) for item in (by_kind[""], spoilt) if item is not None]
    return found


def rewrites(backend: Backend, pairs: Sequence[tuple[Item, str]]) -> list[str | None]:
    """The rewrite of each title, None where there is none."""
    requests: list[Request] = [RewriteRequest(picture=i.picture, text=i.text, budget=BUDGET) for i, _ in pairs]
    return [reply.text if isinstance(reply, Draft) else None for reply in backend.answer(requests)]


def edited(pairs: Sequence[tuple[Item, str]], texts: Sequence[str | None]) -> dict[str, Any]:
    """For spoilt and for good titles: `gain`, by how much nearer to the title a rewrite is than what was given (a share
    of words, -1 to 1); how many are the title or stay as they are; how large the edit is and would have to be.
    """
    found: dict[str, Any] = {"failed": sum(text is None for text in texts)}
    for name in ("spoilt", "good"):
        rows = [
            (item.text, title, item.text if text is None else text)
            for (item, title), text in zip(pairs, texts, strict=True)
            if item.good == (name == "good")
        ]
        needed = [edits.changed_share(given, title) for given, title, _ in rows]
        paired = list(zip(needed, rows, strict=True))
        found[name] = {
            "n": len(rows),
            "gain": _mean([far - edits.changed_share(text, title) for far, (_, title, text) in paired]),
            "right": _mean([text == title for _, title, text in rows]),
            "untouched": _mean([text == given for given, _, text in rows]),
            "edit": _mean([edits.changed_share(given, text) for given, _, text in rows]),
            "edit_needed": _mean(needed),
        }
    return found


def _mean(values: Sequence[float]) -> float | None:
    return _rounded(fmean(values)) if values else None


def _rounded(value: float) -> float:
    return round(float(value), 4)
