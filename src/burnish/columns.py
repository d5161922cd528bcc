"""A record as columns: the names and types our fields have in every json member, JSONL line and Parquet file.

One home for what the output says about a pair. Loaders that fix a schema from the first samples (HF webdataset:
five) must see the same keys with the same non-null types in every sample, so there are no nulls and no lists that
can be empty: a missing score is -1.0 beside its state, flags are joined by spaces, edits are one JSON string.

An output may be the source of another run: `earlier` reads the captions back, `continued` puts a record's after them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

import orjson

from burnish.texts import decode, storable, terminal
from burnish.values import Caption, Edit, Finding, Json, Pair, Record, Score, State

_SCORE = "burnish_score_"

MISSING_SCORE = -1.0
"""Stands where there is no value; the state column says why. No scale of ours reaches below 0."""

MAX_REASON_CHARS = 300
"""Of the reason of a score, on one line: joint answers may give more, which the records keep."""
_CLAIMS = "burnish_claims"
_ENTITIES = "burnish_entities"
ORIGINAL = "caption_original"
"""Field of the text as found, before the first run on the pair."""
_RAW = "caption_original_raw"
CAPTIONS = "burnish_captions"
"""Field of all captions. Not ``captions``: sets come with human captions under that name."""

_FORMULA = "=+-@ "
"""What opens a formula in a spreadsheet; no sentence begins so."""
_NUMBERS = ("burnish_score_", "burnish_confidence_", "burnish_spread_", "burnish_blind_")


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
        ORIGINAL: original,
        _RAW: raw,
        CAPTIONS: captions,
        "burnish_decision": str(record.decision),
        "burnish_reason": record.reason,
        "burnish_flags": " ".join(record.flags),
        "burnish_edits": edits_json(chosen.edits),
        "burnish_text_in_image": _text_in_image(record),
    }
    if "claims" in record.extra or _CLAIMS in record.pair.fields:
        row[_CLAIMS] = claims_json(chosen.claims)
    if record.entities is not None or _ENTITIES in record.pair.fields:
        row[_ENTITIES] = _entities(record)
    for score in chosen.scores:
        row[f"burnish_score_{score.criterion}"] = MISSING_SCORE if score.value is None else score.value
        row[f"burnish_confidence_{score.criterion}"] = score.confidence
        row[f"burnish_spread_{score.criterion}"] = score.spread
        row[f"burnish_state_{score.criterion}"] = str(score.state)
        row |= _beside(record, score)
    return row | dict(_taken(record.pair))


def _is_ours(pair: Pair) -> bool:
    """Whether an earlier run of ours wrote the pair."""
    return "burnish_decision" in pair.fields


def _taken(pair: Pair) -> Iterator[tuple[str, Json]]:
    """Fields of the source's own where ours go, under another name: nothing of it is lost. Only these names of ours do
    not begin with ``burnish_``.
    """
    for name in () if _is_ours(pair) else (ORIGINAL, _RAW):
        value = pair.fields.get(name)
        if value is not None:
            yield f"source_{name}", storable(value)[0] if isinstance(value, str) else json.dumps(value)


def _beside(record: Record, score: Score) -> dict[str, Json]:
    """What was asked beside a score, by this run or the one that wrote the pair: what is here must not be of another
    score.
    """
    blind, reason = f"burnish_blind_{score.criterion}", f"burnish_reason_{score.criterion}"
    found: dict[str, Json] = {}
    if "blind" in record.extra or blind in record.pair.fields:
        found[blind] = MISSING_SCORE if score.blind is None else score.blind
    if "explain" in record.extra or reason in record.pair.fields:
        found[reason] = terminal(score.reason, MAX_REASON_CHARS - 1).lstrip(_FORMULA)
    return found


def _entities(record: Record) -> str:
    """The names that this run has linked, else those of the run that wrote the pair, as one JSON array."""
    if record.entities is None:
        before = record.pair.fields[_ENTITIES]
        return before if isinstance(before, str) else "[]"
    shown = [{k: v for k, v in asdict(entity).items() if k != "forms"} for entity in record.entities]
    return orjson.dumps(shown).decode()


def _text_in_image(record: Record) -> str:
    """What was read by this run, else by the one that wrote the pair: the image is the same."""
    before = record.pair.fields.get("burnish_text_in_image")
    return "\n".join(record.evidence) or (before if isinstance(before, str) else "")


def to_cell(value: Json) -> str:
    """A value of ours as a cell of CSV."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def from_cell(name: str, cell: str) -> Json:
    """The value of column `name` in a cell of CSV: a text, unless it is a number of ours."""
    if not name.startswith(_NUMBERS):
        return cell
    try:
        return float(cell)
    except ValueError:
        return cell


def earlier(pair: Pair) -> tuple[tuple[Caption, ...], int]:
    """The captions `pair` comes with, the original first, and which of them is its text.

    More than one only if an earlier run of ours wrote the pair. A text that no run of ours left has the role "edited".
    Scores are read back for the pair's text in full, for the others the overall score alone (its confidence as 0).
    """
    fields = pair.fields
    original = fields.get(ORIGINAL)
    if not _is_ours(pair) or not isinstance(original, str):
        return (Caption(text=pair.text, role="alt", maker="source"),), 0
    first = Caption(text=_raw(fields.get(_RAW)) or original, role="alt", maker="source")
    listed = list(_captions(fields.get(CAPTIONS)))
    if listed and listed[0].role == first.role:
        first = replace(first, scores=listed[0].scores)
    captions = [first, *(caption for caption in listed if caption.role != first.role)]
    text = storable(pair.text)[0]
    at = next((i for i in reversed(range(len(captions))) if storable(captions[i].text)[0] == text), len(captions))
    if at == len(captions):
        captions.append(Caption(text=pair.text, role="edited", maker="source"))
    else:
        captions[at] = replace(
            captions[at],
            text=pair.text,
            edits=_edits(fields.get("burnish_edits")),
            scores=tuple(_scores(fields)),
            claims=claims_from(fields.get(_CLAIMS)),
        )
    return tuple(captions), at


def continued(record: Record) -> Record:
    """A finished `record` whose captions begin with the pair's text, with the captions of earlier runs before them."""
    if not _is_ours(record.pair):
        return record
    captions, at = earlier(record.pair)
    now = record.captions[0]
    current = replace(captions[at], scores=now.scores or captions[at].scores, claims=now.claims or captions[at].claims)
    known = (*captions[:at], current, *captions[at + 1 :])
    chosen = len(known) - 1 + record.chosen if record.chosen else at
    return replace(record, captions=(*known, *record.captions[1:]), chosen=chosen)


def uniform(record: Record, criteria: Sequence[str]) -> Record:
    """`record`, its chosen caption having a score for each of `criteria` and for whatever an earlier run has left a
    column for: without a value where nobody asked. Otherwise a text that a new caption has replaced would leave its
    scores behind.
    """
    left = (name.removeprefix(_SCORE) for name in record.pair.fields if name.startswith(_SCORE))
    chosen = record.caption
    missing = [name for name in dict.fromkeys((*criteria, *left)) if chosen.score(name) is None]
    blank = [Score(criterion=name, value=None, confidence=0.0, state=State.NOT_ASKED) for name in missing]
    scored = replace(chosen, scores=(*chosen.scores, *blank))
    return replace(record, captions=tuple(scored if at == record.chosen else c for at, c in enumerate(record.captions)))


def _raw(value: Json) -> str:
    if not isinstance(value, str) or not value:
        return ""
    try:
        return decode(base64.b64decode(value, validate=True))
    except ValueError:  # binascii's, or of letters that are not even ASCII
        return ""


def _captions(value: Json) -> Iterator[Caption]:
    """What is left of the captions of a row; a CSV cell holds them as JSON."""
    for entry in _list(value):
        match entry:
            case {
                "role": str(role),
                "text": str(text),
                "maker": str(maker),
                "verdict": str(verdict),
                "overall": float(given) | int(given),
            } if _fits_score(given):
                given = float(given)
                scores = (Score(criterion="overall", value=given, confidence=0.0),) if given != MISSING_SCORE else ()
                yield Caption(text=text, role=role, maker=maker, verdict=verdict, scores=scores)


def _edits(value: Json) -> tuple[Edit, ...]:
    found = []
    for entry in _list(value):
        match entry:
            case {
                "start": int(start),
                "before": str(before),
                "after": str(after),
                "why": str(why),
                "junk": bool(junk),
            } if _fits(start):
                found.append(Edit(start=start, before=before, after=after, why=why, junk=junk))
    return tuple(found)


def _scores(fields: Mapping[str, Json]) -> Iterator[Score]:
    for name in fields:
        criterion = name.removeprefix("burnish_score_")
        if criterion == name:
            continue
        value, confidence = _number(fields, name), _number(fields, f"burnish_confidence_{criterion}")
        state = fields.get(f"burnish_state_{criterion}")
        if value is None or confidence is None or not isinstance(state, str) or state not in set(State):
            continue
        reason, blind = fields.get(f"burnish_reason_{criterion}"), _number(fields, f"burnish_blind_{criterion}")
        yield Score(
            criterion=criterion,
            value=value if state == State.OK else None,
            confidence=confidence,
            state=State(state),
            spread=_number(fields, f"burnish_spread_{criterion}") or 0.0,
            reason=reason if isinstance(reason, str) else "",
            blind=None if blind == MISSING_SCORE else blind,
        )


def _number(fields: Mapping[str, Json], name: str) -> float | None:
    value = fields.get(name)
    return float(value) if isinstance(value, (float, int)) and _fits_score(value) else None


def _fits_score(value: float) -> bool:
    """JavaScript and others write 4.0 as 4."""
    return isinstance(value, float) or (not isinstance(value, bool) and _fits(value))


def _fits(*numbers: int) -> bool:
    """Whether they can be written as JSON again: of 64 bits, as no column of ours has any other."""
    return all(-(2**63) <= number < 2**63 for number in numbers)


def _list(value: Json) -> list[Json]:
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return []
    return value if isinstance(value, list) else []


def overall(scores: Sequence[Score]) -> float:
    """The overall score of a caption, `MISSING_SCORE` if there is none."""
    return next(
        (s.value for s in scores if s.criterion == "overall" and s.value is not None and s.state is State.OK),
        MISSING_SCORE,
    )


def claims_from(value: Json) -> tuple[Finding, ...]:
    """What `claims_json` wrote; what is no claim is left out."""
    found = []
    for entry in _list(value):
        match entry:
            case {
                "kind": str(kind),
                "says": str(says),
                "verdict": str(given),
                "start": int(start),
                "stop": int(stop),
            } if _fits(start, stop):
                found.append(Finding(kind=kind, says=says, verdict=given, start=start, stop=stop))
    return tuple(found)


def claims_json(claims: Sequence[Finding]) -> str:
    """Checked claims as one JSON array of objects (kind, says, verdict, start, stop); "[]" if there are none."""
    return orjson.dumps([{**asdict(each), "says": storable(each.says)[0]} for each in claims]).decode()


def edits_json(edits: Sequence[Edit]) -> str:
    """Edits as one JSON array of objects (start, before, after, why, junk); "[]" if there are none."""
    rows = [
        {"start": e.start, "before": storable(e.before)[0], "after": storable(e.after)[0], "why": e.why, "junk": e.junk}
        for e in edits
    ]
    return orjson.dumps(rows).decode()
