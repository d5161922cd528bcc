"""Pairs as the report shows them: before and after, scores, why, and the whole decision to be copied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from markupsafe import Markup

from burnish.edits import changed_share
from burnish.report import visible
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.report.pictures import Thumbnail, thumbnails
from burnish.report.reading import rows
from burnish.values import Json

SCORES_SHOWN = 12
EDITS_SHOWN = 12
OTHERS_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A pair. Texts are as stored, `diff` and `json` are ready for the page."""

    place: Place
    row: Mapping[str, Any]
    before: str
    after: str
    diff: Markup
    json: Markup
    stands: tuple[float | None, float | None]
    thumbnail: Thumbnail | None

    @property
    def captions(self) -> list[dict[str, Any]]:
        """All captions, the original first."""
        found: list[dict[str, Any]] = self.row["captions"]
        return found

    @property
    def chosen(self) -> Mapping[str, Any]:
        """The chosen caption."""
        found: Mapping[str, Any] = self.captions[self.row["chosen"]]
        return found

    @property
    def changed(self) -> float:
        """Share of the words that changed."""
        return changed_share(self.before, self.after)

    @property
    def scores(self) -> list[tuple[str, float | None, float | None, str, str]]:
        """(criterion, value before, value after, state, reason), of the chosen caption where it has them."""
        first = {each["criterion"]: each for each in self.captions[0]["scores"]}
        last = {each["criterion"]: each for each in self.chosen["scores"]}
        found = []
        for name in dict.fromkeys((*first, *last)):
            told = last.get(name) or first[name]
            before, after = (side.get(name, {}).get("value") for side in (first, last))
            found.append((name, before, after, str(told["state"]), str(told.get("reason") or "")))
        return found[:SCORES_SHOWN]

    @property
    def edits(self) -> list[dict[str, Any]]:
        """The chosen caption's steps."""
        found = orjson.loads(self.chosen["edits"] or "[]")
        return found[:EDITS_SHOWN] if isinstance(found, list) else []

    @property
    def others(self) -> list[dict[str, Any]]:
        """Captions that are neither the original nor the chosen one."""
        skipped = {0, self.row["chosen"]}
        return [each for at, each in enumerate(self.captions) if at not in skipped][:OTHERS_SHOWN]


def cards(run: Run, places: Iterable[Place], *, pictures: bool = True) -> tuple[dict[Place, Card], str]:
    """The pairs at `places`, and what is to be said of their pictures."""
    found = rows(run, places)
    shown, why = thumbnails(run, found) if found and pictures else ({}, "")
    return {place: _card(run, place, row, shown.get(place)) for place, row in found.items()}, why


def _card(run: Run, place: Place, row: Mapping[str, Any], thumbnail: Thumbnail | None) -> Card:
    first, chosen = row["captions"][0], row["captions"][row["chosen"]]
    return Card(
        place=place,
        row=row,
        before=first["text"],
        after=chosen["text"],
        diff=visible.word_diff(first["text"], chosen["text"]),
        json=visible.as_json(whole(run, row)),
        stands=(_standing(first, run.weights), _standing(chosen, run.weights)),
        thumbnail=thumbnail,
    )


def whole(run: Run, row: Mapping[str, Any]) -> dict[str, Json]:
    """Everything that the records say of a pair, without what is empty."""
    captions = [
        {
            **{name: each[name] for name in ("role", "text", "maker", "verdict", "raw") if each.get(name)},
            **{
                name: orjson.loads(each[name]) for name in ("edits", "claims") if each.get(name) not in {None, "", "[]"}
            },
            "scores": {s["criterion"]: _score(s) for s in each["scores"]},
        }
        for each in row["captions"]
    ]
    kept = ("shard", "ordinal", "key", "image_name", "image_xxh128", "width", "height", "format", "mode")
    said = ("decision", "reason", "flags", "chosen")
    extra = {name: row[name] for name in ("evidence", "entities") if row.get(name)}
    return {
        **{name: row[name] for name in (*kept, *said)},
        "captions": captions,
        **extra,
        "model": run.model,
        "burnish": str(run.stored.get("burnish", "")),
    }


def _score(score: Mapping[str, Any]) -> Json:
    return {name: value for name, value in score.items() if name != "criterion" and value not in {None, ""}}


def _standing(caption: Mapping[str, Any], weights: Mapping[str, float]) -> float | None:
    """As `burnish.standing.standing`, of a row."""
    values = {s["criterion"]: s["value"] for s in caption["scores"] if s["value"] is not None}
    total = sum(weight for name, weight in weights.items() if name in values)
    return sum(values[n] * w for n, w in weights.items() if n in values) / total if total else None
