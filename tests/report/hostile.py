"""An output in which every field that can hold a stranger's text holds a payload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from burnish.entities import Entity
from burnish.values import Caption, Decision, Edit, Finding, Reason, Record, Score, State
from tests import builders
from tests.report import outputs

FIELDS = (
    "key", "image name", "reason", "flag", "original", "chosen", "other caption", "role", "maker", "verdict",
    "edit before", "edit after", "edit why", "criterion", "score reason", "claim", "evidence", "entity",
    "quarantine key", "quarantine detail", "shard", "setting", "setting's name", "model", "source", "passed because",
)  # fmt: skip


def record(ordinal: int, text: str) -> Record:
    """A pair of which nothing is harmless."""
    made = builders.record(text, ordinal, decision=Decision.PASSED if ordinal % 2 else Decision.REWRITTEN)
    score = Score(criterion=text, value=2.0 + ordinal % 3, confidence=0.5, reason=text)
    none = Score(criterion="overall", value=1.0 + ordinal % 40 / 10, confidence=0.5, state=State.OK, reason=text)
    edit = Edit(start=0, before=text, after=f"{text} 2", why=text)
    claim = Finding(kind="existence", says=text, verdict=text, start=0, stop=1)
    captions = (
        Caption(text=text, role="alt", maker="source", scores=(none, score), claims=(claim,)),
        Caption(text=f"{text} 2", role="rewrite", maker=text, edits=(edit,), scores=(none, score), verdict=text),
        Caption(text=f"{text} 3", role=text, maker=text, verdict=text),
    )
    named = Entity(source="text", start=0, stop=1, text=text, id=text, name=text, kind=text, score=1.0, forms=())
    return replace(
        made,
        pair=replace(made.pair, key=text, image_name=f"{text}.jpg"),
        captions=captions,
        chosen=1,
        reason=text,
        flags=(text,),
        evidence=(text,),
        entities=(named,),
    )


def lay(out: Path, texts: Sequence[str]) -> Path:
    """An output of these payloads; at most as many as a list of the report shows."""
    reasons = list(Reason)
    rows = [record(at, text) for at, text in enumerate(texts)]
    bad = [
        outputs.fault(len(rows) + at, reasons[at % len(reasons)], key=text, detail=text)
        for at, text in enumerate(texts)
    ]
    stored = outputs.plan(**{text: text for text in texts[:10]}, source=texts[0], recipe=texts[1])
    stored |= {"model": texts[2], "burnish": texts[3], texts[4]: {texts[5]: texts[6]}}
    name = "<img src=x onerror=pwn(0)>.tar".replace("/", "_")
    return outputs.lay(out, [[*rows, *bad]], stored, names=[name])
