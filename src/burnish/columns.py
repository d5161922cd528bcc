"""A record as columns: the names and types our fields have in every json member, JSONL line and Parquet file.

One home for what the output says about a pair. Loaders that fix a schema from the first samples (HF webdataset:
five) must see the same keys with the same non-null types in every sample, so there are no nulls and no lists that
can be empty: a missing score is -1.0 beside its state, flags are joined by spaces, edits are one JSON string.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from burnish.texts import storable
from burnish.values import Edit, Json, Record, Score, State

MISSING_SCORE = -1.0
"""Stands where there is no value; the state column says why. No scale of ours reaches below 0."""


def columns(record: Record) -> dict[str, Json]:
    """Our columns for one record, in a fixed order. Texts are storable: no lone surrogates, nothing stripped."""
    original, raw = storable(record.captions[0].text)
    chosen = record.caption
    captions: list[Json] = [
        {
            "role": c.role,
            "text": storable(c.text)[0],
            "maker": c.maker,
            "verdict": c.verdict,
            "overall": overall(c.scores),
        }
        for c in record.captions
    ]
    row: dict[str, Json] = {
        "caption_original": original,
        "caption_original_raw": raw,
        "captions": captions,
        **_of_earlier_run(record.pair.fields, captions),
        "burnish_decision": str(record.decision),
        "burnish_reason": record.reason,
        "burnish_flags": " ".join(record.flags),
        "burnish_edits": edits_json(chosen.edits),
    }
    for score in chosen.scores:
        row[f"burnish_score_{score.criterion}"] = MISSING_SCORE if score.value is None else score.value
        row[f"burnish_confidence_{score.criterion}"] = score.confidence
        row[f"burnish_state_{score.criterion}"] = str(score.state)
    return row


def _of_earlier_run(fields: Mapping[str, Json], captions: list[Json]) -> dict[str, Json]:
    """If the input is an output of ours: its original stays the original, and its captions follow this run's."""
    if "burnish_decision" not in fields or not isinstance(fields.get("caption_original"), str):
        return {}
    earlier = fields.get("captions")
    return {
        "caption_original": fields["caption_original"],
        "caption_original_raw": fields.get("caption_original_raw") or "",
        "captions": captions + (earlier if isinstance(earlier, list) else []),
    }


def overall(scores: Sequence[Score]) -> float:
    """The overall score of a caption, `MISSING_SCORE` if there is none."""
    return next(
        (s.value for s in scores if s.criterion == "overall" and s.value is not None and s.state is State.OK),
        MISSING_SCORE,
    )


def edits_json(edits: Sequence[Edit]) -> str:
    """Edits as one JSON array of objects (start, before, after, why, junk); "[]" if there are none."""
    rows = [
        {"start": e.start, "before": storable(e.before)[0], "after": storable(e.after)[0], "why": e.why, "junk": e.junk}
        for e in edits
    ]
    return orjson.dumps(rows).decode()
