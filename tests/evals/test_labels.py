"""Labels and questions of people, whatever ends their lines and whatever stands in their fields."""

from __future__ import annotations

import csv
import json

import pytest

from burnish.errors import UsageError
from burnish.evals.labels import read_labels, table_rows


def test_json_lines_end_with_a_line_feed_and_with_nothing_else(tmp_path):
    rows = [{"key": f"a{end}b", "good": at % 2} for at, end in enumerate("\u2028\u2029\x85\x0b\x0c\x1c")]
    path = tmp_path / "labels.jsonl"
    path.write_bytes("\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode())
    assert [row for _, row in table_rows(str(path))] == rows
    assert read_labels(str(path)) == {row["key"]: bool(row["good"]) for row in rows}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_fields_of_several_lines_keep_them_and_rows_are_counted_by_lines(tmp_path, end):
    path = tmp_path / "questions.csv"
    path.write_bytes(end.join(["name,question", 'sharp,"Is it', 'sharp?"', "", "clean,Is\u2028it?", ""]).encode())
    assert list(table_rows(str(path))) == [
        (3, {"name": "sharp", "question": f"Is it{end}sharp?"}),
        (5, {"name": "clean", "question": "Is\u2028it?"}),
    ]


@pytest.fixture
def limit():
    before = csv.field_size_limit()
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("limit")
def test_what_is_wrong_is_said_with_its_line(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text('key,good,note\na,1,"two\nlines"\nb,perhaps,\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"labels\.csv, line 4: a label needs"):
        read_labels(str(path))
    csv.field_size_limit(100)  # readers of sources raise the library's limit for the whole process
    path.write_text(f'key,good\na,"{"x" * 200}"\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"labels\.csv, line 2 is no CSV: field larger"):
        read_labels(str(path))
