"""What every form tells of a pair beside its texts, under the same names: scores, decision, reasons, provenance."""

from __future__ import annotations

import re

from burnish.columns import MISSING_SCORE, edits_json
from burnish.exports import Told
from burnish.texts import storable
from burnish.values import Caption, Json, State

_NO_NAME = re.compile(r"\W", re.ASCII)


def texts(told: Told) -> tuple[str, str]:
    """The original and the text to train on, storable."""
    return storable(told.original.text)[0], storable(told.caption.text)[0]


def provenance(told: Told) -> dict[str, Json]:
    """Where the pair lies in the output, what became of it and why: always the same keys, texts and whole numbers."""
    return {
        "key": storable(told.key)[0],
        "shard": storable(told.shard)[0],
        "row": told.row,
        "image_name": storable(told.image_name)[0],
        "width": told.width,
        "height": told.height,
        "decision": told.decision,
        "reason": told.reason,
        "flags": " ".join(told.flags),
        "role": told.caption.role,
        "maker": told.caption.maker,
        "verdict": told.caption.verdict,
        "edits": edits_json(told.caption.edits),
    }


def numbers(told: Told) -> dict[str, float]:
    """Scores that there are, by name: ``score_`` and the criterion for the chosen text, ``original_score_`` for the
    text as it was found.
    """
    return {**_numbers(told.caption, "score_"), **_numbers(told.original, "original_score_")}


def columns(told: Told) -> dict[str, Json]:
    """Score, state, confidence and reason of every criterion of the export, for both texts: always the same keys of the
    same types, with -1.0 where there is no score (the state says why), as in the output's own columns.
    """
    found: dict[str, Json] = {}
    for prefix, caption in (("", told.caption), ("original_", told.original)):
        for criterion in told.criteria:
            score = caption.score(criterion)
            name = f"{prefix}%s_{field(criterion)}"
            there = score is not None and score.value is not None
            found[name % "score"] = float(score.value) if score and score.value is not None else MISSING_SCORE
            found[name % "state"] = str(score.state) if score else str(State.NOT_ASKED)
            found[name % "confidence"] = float(score.confidence) if score and there else 0.0
            found[name % "reason"] = storable(score.reason)[0] if score else ""
    return found


def reasons(told: Told) -> dict[str, str]:
    """Of each criterion that has one, why the chosen text has its score, else why the original has."""
    found = {s.criterion: storable(s.reason)[0] for s in (*told.original.scores, *told.caption.scores) if s.reason}
    return dict(sorted(found.items()))


def field(criterion: str) -> str:
    """A criterion as part of a name of a field: letters, digits and underscores."""
    return _NO_NAME.sub("_", criterion)


def score_keys(criteria: tuple[str, ...]) -> tuple[str, ...]:
    """The names that `numbers` may give for these criteria."""
    return tuple(f"{prefix}{field(name)}" for prefix in ("score_", "original_score_") for name in criteria)


def _numbers(caption: Caption, prefix: str) -> dict[str, float]:
    return {
        f"{prefix}{field(score.criterion)}": float(score.value)
        for score in caption.scores
        if score.value is not None and score.state is State.OK
    }
