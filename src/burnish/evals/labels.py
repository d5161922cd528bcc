"""What people say about pairs: labels by key, and the scores of the same pairs in an output."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from burnish import records
from burnish.errors import UsageError
from burnish.storage.opening import open_files

_GOOD = {"1": True, "true": True, "good": True, "yes": True, "0": False, "false": False, "bad": False, "no": False}


@dataclass(frozen=True, slots=True)
class Judged:
    """The original caption's values by criterion (only those there are) and confidence of the overall score."""

    key: str
    values: Mapping[str, float]
    confidence: float


def read_labels(path: str) -> dict[str, bool]:
    """Labels of a CSV (columns key, good) or JSONL file: good is 1/0, true/false, yes/no or good/bad.

    Raises `UsageError` with file and line for anything else.
    """
    labels: dict[str, bool] = {}
    for number, row in table_rows(path):
        said = str(row.get("good", "")).strip().lower()
        if not row.get("key") or said not in _GOOD:
            raise UsageError(
                f"{path}, line {number}: a label needs a key and good = 1 or 0, found {dict(row)!r}"[:300] + "\n"
                'Example: key,good  then  000000007,1   or in JSONL {"key": "000000007", "good": true}'
            )
        labels[str(row["key"])] = _GOOD[said]
    if len(set(labels.values())) < 2:
        raise UsageError(f"{path} holds {len(labels)} labels of one kind: a fit needs good and bad ones.")
    return labels


def read_judged(output: str) -> Iterator[Judged]:
    """All pairs of an output. Raises `UsageError` if it has no records."""
    files = open_files(output)
    names = records.names(files)
    if not names:
        raise UsageError(f"{files.shown} holds no records of burnish.\nMake them with: burnish assess SRC -o OUT")
    for name in names:
        with files.open(name) as file:
            yield from map(_judged, records.rows(file))


def _judged(row: dict[str, Any]) -> Judged:
    scores = row["captions"][0]["scores"]
    values = {score["criterion"]: score["value"] for score in scores if score["value"] is not None}
    sure = next((score["confidence"] for score in scores if score["criterion"] == "overall"), 0.0)
    return Judged(row["key"], values, sure)


def table_rows(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Rows of a CSV or JSONL file, each with the number of the line it ends in. Raises `UsageError` for one that cannot
    be read.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path!r}: {error}.") from error
    if not path.endswith((".jsonl", ".ndjson", ".json")):
        yield from _table(path, text)
        return
    for number, line in enumerate(text.split("\n"), 1):  # other ends of lines may stand inside JSON's strings
        if line.strip():
            yield number, _object(path, number, line)


def _table(path: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise UsageError(f"{path}, line {rows.reader.line_num} is no CSV: {error}.") from error


def _object(path: str, number: int, line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}, line {number} is not JSON: {error}.") from error
    if not isinstance(row, dict):
        raise UsageError(f"{path}, line {number} is not a JSON object.")
    return row
