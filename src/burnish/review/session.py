"""One review of one output: what its pages ask for, without a server. All texts it gives are for `textContent`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from burnish.errors import UsageError
from burnish.report import visible
from burnish.report.cards import Card, cards, whole
from burnish.report.opened import Run, open_run
from burnish.review.agreement import Reviewed, agreement
from burnish.review.decisions import Action, ConflictError, Decisions, Event, Standing, Subject
from burnish.review.index import Index, OnRows, open_index, subject_digest
from burnish.review.languages import Languages
from burnish.review.pictures import Pictures
from burnish.review.queries import After, Filter, Queries, orders
from burnish.storage.layout import REVIEW
from burnish.storage.places import locate
from burnish.values import Json

MAX_KEY_CHARS = 160
_SHORT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reviewer wants to happen to a pair, of which `version` was seen. `text` is an edit's."""

    action: Action
    version: int
    text: str = ""
    by: str = ""


def folder_of(out: str) -> Path:
    """Where the decisions about an output lie. Raises `UsageError` for one that is not on this machine."""
    place = locate(out)
    if place.fs is not None:
        raise UsageError(f"{place.shown} is not on this machine.\nCopy the output here, then review it.")
    return place.local / REVIEW


class Review:
    """An open review. `close` it, or use it as a context manager."""

    def __init__(self, out: str, on_rows: OnRows = lambda _done: None) -> None:
        """Raises `UsageError` if `out` is no output with decisions, or is being reviewed already."""
        folder = folder_of(out)
        self.run: Run = open_run(out)
        self.decisions = Decisions(folder, writing=True)
        try:
            self.index: Index = open_index(self.run, folder, on_rows)
        except BaseException:
            self.decisions.close()
            raise
        self.queries = Queries(self.index, self.run.below)
        self.pictures = Pictures(self.run)
        self.languages = Languages(self.index)
        self._alone = threading.Lock()
        self._stale = self._count_all()
        self._facets: dict[str, Json] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End what works beside, and let others review."""
        self.languages.close()
        self.pictures.close()
        self.index.database.close()
        self.decisions.close()

    def overview(self) -> dict[str, Json]:
        """What there is to choose from, and how far the review is."""
        if self._facets is None:
            self._facets = {
                name: [{"value": value, "shown": visible.plain(value, _SHORT), "pairs": n} for value, n in found]
                for name, found in self.queries.facets().items()
            }
        languages: list[Json] = [{"value": v, "shown": v, "pairs": n} for v, n in self.queries.languages()]
        return {
            "output": visible.plain(self.run.shown, _SHORT),
            "model": visible.plain(self.run.model, _SHORT),
            "pairs": self.index.rows,
            "below": self.run.below,
            "criteria": [visible.plain(name, _SHORT) for name in self.index.criteria],
            "orders": list(orders(self.index)),
            "facets": {**self._facets, "language": languages},
            "languages_known": self.languages.known(),
            "progress": self.progress(),
        }

    def progress(self) -> dict[str, Json]:
        """Decided pairs by what was decided; `stale` ones are of other texts or images than there are now."""
        asked = "SELECT action, count(*) FROM live.decided GROUP BY 1"
        found = {str(action): int(count) for action, count in self.index.cursor().execute(asked).fetchall()}
        return {**{str(each): found.get(each, 0) for each in Action if each is not Action.UNDO}, "stale": self._stale}

    def page(self, wanted: Filter, order: str, after: After | None, most: int) -> list[dict[str, Json]]:
        """The next pairs, in brief."""
        return [self._brief(row) for row in self.queries.page(wanted, order, after=after, most=most)]

    def pair(self, number: int) -> dict[str, Json]:
        """Everything about one pair. Raises `UsageError` if there is none of this number."""
        row = self.row(number)
        place = row["file"], row["line"]
        found, _ = cards(self.run, [place], pictures=False)
        return {**self._brief(row), **_details(found[place], self.run)}

    def row(self, number: int) -> Mapping[str, Any]:
        """A row of the index. Raises `UsageError` if there is none."""
        found: list[Mapping[str, Any]] = self.queries.rows([number]) if 0 <= number < self.index.rows else []
        if not found:
            raise UsageError("there is no pair of that number here.")
        return found[0]

    def decide(self, number: int, wish: Wish) -> dict[str, Json]:
        """Do what a reviewer wants; the pair as it is then.

        Raises `ConflictError` if another was faster, `UsageError` for what makes no sense, `StopError` if the disk
        fails: in all of these nothing has changed.
        """
        row = self.row(number)
        event = Event(
            shard=self._subject(row).shard,
            ordinal=row["ordinal"],
            of=_digest(row),
            version=wish.version + 1,
            action=wish.action,
            text=wish.text,
            by=wish.by.strip(),
        )
        if event.action is Action.EDIT and event.text == row["chosen"]:
            raise UsageError("that is the text as it is: accept it instead.")
        with self._alone:  # the file and what is asked of it change together
            standing = self.decisions.add(event)
            self._count(number, standing, _digest(row))
        return self._brief(row)

    def conflict(self, number: int, error: ConflictError) -> dict[str, Json]:
        """The pair as it is now, for whoever was slower, and who was faster."""
        last = error.standing.last
        who = visible.plain(last.by, _SHORT) if last is not None and last.by else "another reviewer"
        what = {Action.ACCEPT: "accepted", Action.REJECT: "rejected", Action.EDIT: "edited"}
        done = f"{what[last.action]} this pair" if last is not None else "took the decision on this pair back"
        return {
            "pair": self._brief(self.row(number)),
            "detail": f"{who} {done} meanwhile. Nothing of yours was stored.",
        }

    def reviewed(self) -> Iterator[tuple[Mapping[str, Any], Event, int]]:
        """Every decided pair: its row, what stands, and its version."""
        ids = [row[0] for row in self.index.cursor().execute("SELECT id FROM live.decided ORDER BY id").fetchall()]
        for row in self.queries.rows(ids):
            standing = self.decisions.standing(self._subject(row))
            if standing.last is not None:
                yield row, standing.last, standing.version

    def agreement(self) -> dict[str, Json]:
        """People and model, as figures."""
        return agreement((judged(row, event) for row, event, _ in self.reviewed()), self.run.below)

    def _brief(self, row: Mapping[str, Any]) -> dict[str, Json]:
        found, more = visible.parts(row["original"], row["chosen"])
        return {
            "id": row["id"],
            "at": row["at"],
            "key": visible.plain(row["key"], MAX_KEY_CHARS),
            "shard": visible.plain(self._subject(row).shard, MAX_KEY_CHARS),
            "row": row["line"],
            "image": row["image"],
            "decision": row["decision"],
            "reason": visible.plain(row["reason"], _SHORT),
            "role": visible.plain(row["role"], _SHORT),
            "flags": [visible.plain(flag, _SHORT) for flag in row["flags"][:12]],
            "language": row["language"] or "",
            "before": row["before"],
            "after": row["after"],
            "parts": [list(part) for part in found],
            "more": more,
            "changed": row["original"] != row["chosen"],
            **self._verdict(row),
        }

    def _verdict(self, row: Mapping[str, Any]) -> dict[str, Json]:
        standing = self.decisions.standing(self._subject(row))
        last = standing.last
        if last is None or last.of != _digest(row):
            return {"version": standing.version, "verdict": None}
        edited, _ = visible.parts(row["chosen"], last.text) if last.action is Action.EDIT else ([], 0)
        return {
            "version": standing.version,
            "verdict": {
                "action": str(last.action),
                "by": visible.plain(last.by, _SHORT),
                "parts": [list(part) for part in edited],
            },
        }

    def _subject(self, row: Mapping[str, Any]) -> Subject:
        return Subject(self.index.shards[row["file"]], row["ordinal"])

    def _count(self, number: int, standing: Standing, digest: str) -> bool:
        """Tell the index where a pair stands; False if that is about something else than lies there now."""
        last = standing.last
        cursor = self.index.cursor()
        cursor.execute("DELETE FROM live.decided WHERE id = ?", [number])
        if last is None or last.of != digest:
            return last is None
        cursor.execute("INSERT INTO live.decided VALUES (?, ?, ?)", [number, str(last.action), last.by])
        return True

    def _count_all(self) -> int:
        """Tell the index of all decisions there are; how many of them are of what is not there any more."""
        known = {subject: each for subject, each in self.decisions.all().items() if each.last is not None}
        files = {name: at for at, name in enumerate(self.index.shards)}
        wanted = [(files[s.shard], s.ordinal) for s in known if s.shard in files]
        asked = (
            "SELECT id, file, ordinal, image, chosen FROM pairs"
            " JOIN (SELECT unnest($files) AS f, unnest($ordinals) AS o) ON file = f AND ordinal = o"
        )
        values = {"files": [file for file, _ in wanted], "ordinals": [ordinal for _, ordinal in wanted]}
        found = self.index.cursor().execute(asked, values).fetchall() if wanted else []
        rows = []
        for number, file, ordinal, image, chosen in found:
            last = known[Subject(self.index.shards[file], ordinal)].last
            if last is not None and last.of == subject_digest(image, chosen):
                rows.append((number, str(last.action), last.by))
        if rows:
            columns = {"ids": [r[0] for r in rows], "actions": [r[1] for r in rows], "names": [r[2] for r in rows]}
            inserted = "INSERT INTO live.decided SELECT unnest($ids), unnest($actions), unnest($names)"
            self.index.cursor().execute(inserted, columns)
        return len(known) - len(rows)


def judged(row: Mapping[str, Any], event: Event) -> Reviewed:
    """A decided row for counting."""
    return Reviewed(
        decision=row["decision"],
        action=event.action,
        found=row["original"],
        chosen=row["chosen"],
        text=event.text,
        before=row["before"],
        after=row["after"],
    )


def _digest(row: Mapping[str, Any]) -> str:
    return subject_digest(row["image"], row["chosen"])


def _details(card: Card, run: Run) -> dict[str, Json]:
    return {
        "found": card.before,
        "text": card.after,
        "maker": visible.plain(str(card.chosen["maker"]), _SHORT) if card.row["chosen"] else "",
        "scores": [
            {
                "criterion": visible.plain(name, _SHORT),
                "before": before,
                "after": after,
                "state": state,
                "reason": visible.plain(reason, MAX_KEY_CHARS),
            }
            for name, before, after, state, reason in card.scores
        ],
        "edits": [
            {name: visible.plain(str(edit.get(name, "")), _SHORT) for name in ("before", "after", "why")}
            for edit in card.edits
        ],
        "others": [
            {name: visible.plain(str(each[name])) for name in ("role", "verdict", "text")} for each in card.others
        ],
        "json": visible.json_text(whole(run, card.row)),
    }
