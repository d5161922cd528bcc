"""The before/after table of the README holds what the demo gives."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from burnish import records

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?P<before>[^`]+)` \| `(?P<after>[^`]+)` \| (?P<decision>\w+)", re.MULTILINE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str]]:
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "burnish", "demo", "-o", str(folder / "demo")]
    subprocess.run(command, check=True, capture_output=True, timeout=280)
    found = set()
    for path in (folder / "demo/out/.burnish/records").rglob("*.parquet"):
        with path.open("rb") as file:
            for row in records.read(file):
                texts = [caption["text"].strip() for caption in row["captions"]]
                found.add((texts[0], texts[row["chosen"]], row["decision"]))
    return found


def test_every_row_of_the_table_is_a_real_pair(demo: set[tuple[str, str, str]]) -> None:
    rows = [(m["before"], m["after"], m["decision"]) for m in ROW.finditer(README)]
    assert len(rows) >= 6
    assert [row for row in rows if row not in demo] == []
