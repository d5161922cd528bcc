"""What a tiny trained model is worth on scenes it never saw: is choosing right, does rewriting repair?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.scenes import CRITERIA, KINDS, MARKS, Scene, held_out
from burnish.chat import fold, render
from burnish.chat.local.model import LocalModel
from burnish.values import AssessRequest, Budget, Draft, RewriteRequest, Score

BUDGET = Budget(max_changed=1.0, max_inserted=8)


def auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """The share of (good, bad) pairs in the right order, ties by half."""
    above = np.subtract.outer(np.asarray(good), np.asarray(bad))
    return float((above > 0).mean() + 0.5 * (above == 0).mean())


def scores(model: LocalModel, scenes: Sequence[Scene], criterion: str) -> list[float | None]:
    """The value of one criterion for each scene, None where it failed."""
    requests = [AssessRequest(picture=one.picture, text=one.text, criterion=criterion) for one in scenes]
    replies = [
        fold.score(request, chosen)
        for request, chosen in zip(requests, model.choose([render.choose(r) for r in requests]), strict=True)
    ]
    return [reply.value if isinstance(reply, Score) else None for reply in replies]


def rewrites(model: LocalModel, scenes: Sequence[Scene]) -> list[str]:
    """The rewrite of each scene's caption, the caption itself where it failed."""
    requests = [RewriteRequest(picture=one.picture, text=one.text, budget=BUDGET) for one in scenes]
    tasks = [render.write(request) for request in requests]
    drafts = [
        fold.draft(request, task, written)
        for request, task, written in zip(requests, tasks, model.write(tasks), strict=True)
    ]
    return [draft.text if isinstance(draft, Draft) else one.text for draft, one in zip(drafts, scenes, strict=True)]


def right(kind: str, criterion: str) -> int:
    """The mark that a caption of a kind should get."""
    return MARKS[kind][CRITERIA.index(criterion)]


def measured(model: LocalModel, count: int, seed: int = 1) -> dict[str, float | int]:
    """AUC of good against bad captions by criterion and kind, for kinds whose right mark is lower than a good one's.
    Also the share of scores half a mark or more from the right one, and how many bad captions a rewrite makes right.

    Chance: 0.5 for an AUC; one in six for `colour_right` and `object_right`, which are counted on rewritten file names,
    because those say nothing about the picture.
    """
    scenes = held_out(count, seed)
    found: dict[str, float | int] = {"n": count, "seed": seed, "good": sum(one.good for one in scenes)}
    for criterion in CRITERIA[:4]:
        values = scores(model, scenes, criterion)
        found[f"{criterion}_failed"] = sum(value is None for value in values)
        of_good = [v for v, one in zip(values, scenes, strict=True) if v is not None and one.good]
        worse = [kind for kind in KINDS if right(kind, criterion) < right("good", criterion)]
        for kind in worse:
            of_kind = [v for v, one in zip(values, scenes, strict=True) if v is not None and one.kind == kind]
            found[f"{criterion}_auc_{kind}"] = round(auc(of_good, of_kind), 4)
        rest = [v for v, one in zip(values, scenes, strict=True) if v is not None and one.kind in worse]
        found[f"{criterion}_auc"] = round(auc(of_good, rest), 4)
        off = [abs(v - one.marks[criterion]) for v, one in zip(values, scenes, strict=True) if v is not None]
        found[f"{criterion}_off_by_half"] = round(sum(by >= 0.5 for by in off) / len(off), 4)
    return found | repaired(model, scenes)


def repaired(model: LocalModel, scenes: Sequence[Scene]) -> dict[str, float | int]:
    """Of each kind the share of rewrites that are word for word what they should be; of file names what is right."""
    texts = rewrites(model, scenes)
    found: dict[str, float | int] = {}
    for kind in KINDS:
        of_kind = [(text, one) for text, one in zip(texts, scenes, strict=True) if one.kind == kind]
        found[f"rewrite_exact_{kind}"] = round(sum(text == one.wanted for text, one in of_kind) / len(of_kind), 4)
    named = [(text, one.shown) for text, one in zip(texts, scenes, strict=True) if one.kind == "file_name"]
    found["file_names"] = len(named)
    found["colour_right"] = round(sum(shown[0] in text.split() for text, shown in named) / len(named), 4)
    found["object_right"] = round(sum(shown[1] in text.split() for text, shown in named) / len(named), 4)
    return found
