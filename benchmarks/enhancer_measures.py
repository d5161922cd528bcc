"""What a chat model is worth as a judge and as an editor of scenes that it never saw, held against their truth.

A scene gives three texts: its alt text, spoilt in one of seven kinds; what an honest editor would leave of it; and that
text made worse by one of the rules of `burnish negatives`. A rule's text counts only if the truth says it is worse.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.tiny_measures import auc
from burnish import edits
from burnish.chat.backend import ChatBackend
from burnish.chat.local.model import LocalModel
from burnish.chat.local.options import Options
from burnish.evals.metrics.spearman import correlation
from burnish.negatives import ways
from burnish.negatives.ways import Given
from burnish.protocols import Backend
from burnish.scenes import compose, draw
from burnish.scenes.judging import Judged
from burnish.scenes.scene import Scene
from burnish.values import AssessRequest, Budget, Draft, Picture, Request, RewriteRequest, Score

CRITERION = "overall"
CLEAN = "clean"
BUDGET = Budget(max_changed=1.0, max_inserted=8)
"""Of a rewrite; what it may take follows from what most spoilt texts need."""
BELOW = 3.0
"""Where a run would ask for a rewrite."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A text beside a scene's picture; `kind`: "clean", a kind of noise, or a way of `burnish negatives`."""

    scene: Scene
    picture: Picture
    kind: str
    text: str

    @property
    def truth(self) -> float:
        """What the text is worth, 1 to 5."""
        return worth(self.scene, self.text)


def local(model: Path, side_px: int) -> ChatBackend:
    """A model's folder as the backend `transformers` would ask it, on the CPU; pictures `side_px` at the longest."""
    return ChatBackend(LocalModel(Options(model=str(model), device="cpu", exact="no", side_px=side_px)))


def worth(scene: Scene, text: str) -> float:
    """What a text is worth beside a scene, 1 to 5; nothing at all where the scene cannot say."""
    return Judged(scene, text).value(CRITERION) or 1.0


def cases(count: int, seed: int) -> list[Case]:
    """The texts of `count` scenes."""
    return [case for number in range(count) for case in _of(compose.scene(seed, number, 1.0))]


def _of(scene: Scene) -> Iterator[Case]:
    image = draw.draw(scene)
    rgb = np.asarray(image.convert("RGB"))
    picture = Picture(rgb=rgb, width=image.width, height=image.height, format="PNG", mode="RGB")
    right = scene.alt.repaired
    yield Case(scene=scene, picture=picture, kind=CLEAN, text=right)
    yield Case(scene=scene, picture=picture, kind=scene.alt.kind, text=scene.alt.text)
    names = ways.names()
    lots = random.Random(f"{scene.seed} {scene.number}")
    for at in range(len(names)):
        name = names[(scene.number + at) % len(names)]
        text = ways.load(name)(Given(text=right), lots)
        if text and worth(scene, text) < worth(scene, right):
            yield Case(scene=scene, picture=picture, kind=name, text=text)
            return


def scores(backend: Backend, asked: Sequence[Case]) -> list[float | None]:
    """What the model says each text is worth, None where it gave no answer."""
    requests: list[Request] = [AssessRequest(picture=c.picture, text=c.text, criterion=CRITERION) for c in asked]
    return [reply.value if isinstance(reply, Score) else None for reply in backend.answer(requests)]


def judged(asked: Sequence[Case], values: Sequence[float | None]) -> dict[str, Any]:
    """AUC of clean texts against each other kind and against all, rank correlation with the truth, answers missing."""
    found = [(case, value) for case, value in zip(asked, values, strict=True) if value is not None]
    good = [value for case, value in found if case.kind == CLEAN]
    kinds = sorted({case.kind for case, _ in found} - {CLEAN}) if good else []
    by_kind = {kind: [value for case, value in found if case.kind == kind] for kind in kinds}
    pairs = np.array([(value, case.truth) for case, value in found]).reshape(-1, 2)
    return {
        "n": len(asked),
        "unanswered": len(asked) - len(found),
        "clean": len(good),
        "auc": _rounded(auc(good, [v for of_kind in by_kind.values() for v in of_kind])) if kinds else None,
        "auc_by_kind": {kind: [_rounded(auc(good, of_kind)), len(of_kind)] for kind, of_kind in by_kind.items()},
        "spearman": _rounded(correlation(pairs)),
    }


def rewrites(backend: Backend, asked: Sequence[Case]) -> list[str | None]:
    """The rewrite of each text, None where there is none."""
    requests: list[Request] = [RewriteRequest(picture=c.picture, text=c.text, budget=BUDGET) for c in asked]
    return [reply.text if isinstance(reply, Draft) else None for reply in backend.answer(requests)]


def edited(asked: Sequence[Case], texts: Sequence[str | None]) -> dict[str, Any]:
    """For spoilt and for clean texts: how much better the truth holds the rewrite, how many are word for word what they
    should be or stay as they are, and how large the edit is and would have to be (share of the words).
    """
    found: dict[str, Any] = {"failed": sum(text is None for text in texts)}
    for name in ("spoilt", CLEAN):
        rows = [
            (case, case.text if text is None else text)
            for case, text in zip(asked, texts, strict=True)
            if (case.kind == CLEAN) == (name == CLEAN)
        ]
        found[name] = {
            "n": len(rows),
            "gain": _mean([worth(case.scene, text) - case.truth for case, text in rows]),
            "right": _mean([text == case.scene.alt.repaired for case, text in rows]),
            "untouched": _mean([text == case.text for case, text in rows]),
            "edit": _mean([edits.changed_share(case.text, text) for case, text in rows]),
            "edit_needed": _mean([edits.changed_share(case.text, case.scene.alt.repaired) for case, _ in rows]),
        }
    return found


def enhanced(
    asked: Sequence[Case], values: Sequence[float | None], texts: Sequence[str | None], below: float = BELOW
) -> dict[str, Any]:
    """What the texts are worth on average if those that score `below` take their rewrite, and how many that are."""
    low = [value is not None and value < below for value in values]
    after = [
        worth(case.scene, text) if is_low and text is not None else case.truth
        for case, text, is_low in zip(asked, texts, low, strict=True)
    ]
    return {
        "n": len(asked),
        "before": _mean([case.truth for case in asked]),
        "after": _mean(after),
        "rewritten": _mean(low),
    }


def _mean(values: Sequence[float]) -> float | None:
    return _rounded(fmean(values)) if values else None


def _rounded(value: float) -> float:
    return round(float(value), 4)
