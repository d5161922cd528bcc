"""Tables of names: three forms of one content, and what is wrong in one with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish.entities import table
from burnish.errors import UsageError

ROWS = [
    {"name": "Agra", "aliases": [], "kind": "city", "id": "Q1", "context": "India", "prior": 1.0},
    {
        "name": "Taj Mahal",
        "aliases": ["ताज महल", "泰姬陵"],
        "kind": "building",
        "id": "Q2",
        "context": "",
        "prior": 0.5,
    },
]


def csv_of(path: Path) -> Path:
    lines = [
        "id,name,aliases,kind,note,context,prior",
        "Q1,Agra,,city,ours,India,",
        "Q2,Taj Mahal,ताज महल|泰姬陵,building,,,0.5",
    ]
    path.write_text("\ufeff" + "\n".join(lines) + "\n\n", encoding="utf-8")
    return path


def jsonl_of(path: Path) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS) + "\n", encoding="utf-8")
    return path


def parquet_of(path: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


@pytest.mark.parametrize(("make", "name"), [(csv_of, "n.csv"), (jsonl_of, "n.jsonl"), (parquet_of, "n.parquet")])
def test_three_forms_hold_the_same(tmp_path: Path, make, name: str) -> None:
    found = table.load(str(make(tmp_path / name)))
    assert list(found) == [
        table.Row(id="Q1", name="Agra", kind="city", context="India"),
        table.Row(id="Q2", name="Taj Mahal", aliases=("ताज महल", "泰姬陵"), kind="building", prior=0.5),
    ]


def test_the_name_is_the_id_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_text("name\nAgra\n", encoding="utf-8")
    assert table.load(str(path))[0].id == "Agra"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("n.csv", "name,kind\nAgra\n", "n.csv:2: 1 cells under a header of 2"),
        ("n.csv", "name,alias\nAgra,x\n", "n.csv:1: unknown column 'alias'. Did you mean 'aliases'?"),
        ("n.csv", "id,kind\n1,city\n", "n.csv:1: there is no name"),
        ("n.csv", "name\nAgra\n???\n", "n.csv:3: '???' is no name"),
        ("n.csv", "name\nAgra\nDelhi\nAgra\n", "n.csv:4: 'Agra' was there before, in line 2"),
        ("n.csv", "name,prior\nAgra,often\n", "n.csv:2: prior is a number above 0, not 'often'"),
        ("n.csv", "name,prior\nAgra,nan\n", "n.csv:2: prior"),
        ("n.csv", f"name\n{'a' * 101}\n", "n.csv:2:"),
        ("n.csv", "name\n", "holds no names"),
        ("n.csv", 'name\n"Agra\n', "n.csv:2: this is no CSV"),
        ("n.csv", b"name\nAgra\nM\xfcnchen\n", "not UTF-8"),
        ("n.jsonl", '{"name": "Agra"}\n{"name": \n', "n.jsonl:2: this is no JSON"),
        ("n.jsonl", '["Agra"]\n', "n.jsonl:1: a row is an object"),
        ("n.jsonl", '{"name": "Agra", "aliases": {"a": 1}}\n', "n.jsonl:1: aliases are a list"),
        ("n.jsonl", '{"name": ["Agra"]}\n', "n.jsonl:1: name is a text"),
        ("n.csv", b"PAR1nothing", "cannot be read as Parquet"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as caught:
        table.load(str(path))
    assert told in str(caught.value)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the table"):
        table.load(str(tmp_path / "none.csv"))


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    one, other = csv_of(tmp_path / "a.csv"), csv_of(tmp_path / "b.csv")
    assert table.digest(str(one)) == table.digest(str(other)) == table.load(str(one)).digest
    other.write_text("name\nAgra\n", encoding="utf-8")
    assert table.digest(str(one)) != table.digest(str(other))
