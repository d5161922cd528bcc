"""Whole runs with a table of names: what comes out says them, and an edited table is another plan."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

import pytest

from burnish import records
from burnish.claims import Claim, Verdict
from burnish.entities import survival
from burnish.evals import claims as measures
from burnish.fakeserver import FakeServer, Settings
from burnish.values import Caption
from tests.cli.calls import Answer, call
from tests.entities.tables import NAMES, linker
from tests.shards import write_shard

TEXTS = [
    "taj mahal in agra jpg",
    "Taj Mahal In Agra",
    "New York at night",
    "a boat in a harbour",
    "東京タワーの夜",
    "Nice, France",
]


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("source")
    write_shard(root / "00000.tar", TEXTS)
    write_shard(root / "00001.tar", TEXTS[:3], first=100)
    return root


@pytest.fixture(scope="module")
def server():
    with FakeServer(Settings(mode="hash")) as started:
        yield started


def run(command: str, source: Path, output: Path, *more: str | Path, server: FakeServer | None = None) -> Answer:
    backend = ("fake",) if server is None else ("openai", "--set", "backend_options.backoff_s=0.01")
    env = {"OPENAI_BASE_URL": server.url} if server is not None else None
    return call(command, source, "-o", output, "--backend", *backend, "--workers", "1", *more, "--json", env=env)


def rows(output: Path) -> list[dict]:
    found = []
    for path in sorted((output / ".burnish" / "records").rglob("*.parquet")):
        with path.open("rb") as file:
            found += records.read(file)
    return found


def members(output: Path) -> list[dict]:
    found = []
    for path in sorted(output.glob("*.tar")):
        with tarfile.open(path) as tar:
            found += [json.load(tar.extractfile(m)) for m in tar if m.name.endswith(".json")]  # type: ignore[arg-type]
    return found


@pytest.fixture(scope="module")
def captioned(source, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("captioned") / "out"
    done = run("recaption", source, output, "--format", "ssc,dsc,afc", "--entities", NAMES)
    assert done.code == 0, done.err
    return output


def test_every_new_caption_says_the_names_of_its_text(captioned: Path) -> None:
    written = 0
    for row in rows(captioned):
        names = survival.of(records.entities(row), linker())
        for caption in records.captions(row)[1:]:
            assert names.missing(caption.text) == ()
            written += bool(names)
    assert written > 10


def test_names_are_a_column_where_they_were_asked_for(captioned: Path, source: Path, tmp_path: Path) -> None:
    shown = [json.loads(row["burnish_entities"]) for row in members(captioned)]
    assert [[entity["id"] for entity in each] for each in shown[:6]] == [
        ["Q9141", "Q42941"],
        ["Q9141", "Q42941"],
        ["nyc"],
        [],
        ["tokyo"],
        ["nice", "fr"],
    ]
    assert set(shown[0][0]) == {"source", "start", "stop", "text", "id", "name", "kind", "score"}
    assert run("assess", source, tmp_path / "plain").code == 0
    assert all("burnish_entities" not in row for row in members(tmp_path / "plain"))
    assert {records.entities(row) for row in rows(tmp_path / "plain")} == {None}


def test_an_output_with_names_may_be_a_source(captioned: Path, tmp_path: Path) -> None:
    """Names found by the first run stay in their column; with a table they are those of the text as found."""
    assert run("assess", captioned, tmp_path / "plain").code == 0
    assert [row["burnish_entities"] for row in members(tmp_path / "plain")] == [
        row["burnish_entities"] for row in members(captioned)
    ]
    text = tmp_path / "text"
    assert run("recaption", captioned, text, "--format", "dsc", "--text", "dsc", "--entities", NAMES).code == 0
    again = tmp_path / "again"
    assert run("recaption", text, again, "--format", "afc", "--entities", NAMES).code == 0
    assert {e.id for e in records.entities(rows(again)[0]) or ()} == {"Q9141", "Q42941"}
    assert {c.role for c in records.captions(rows(again)[0])} >= {"alt", "dsc", "afc"}


def digests(output: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(output.glob("*.tar"))}


def test_names_do_not_depend_on_workers(captioned: Path, source: Path, tmp_path: Path) -> None:
    more = ("--format", "ssc,dsc,afc", "--entities", NAMES, "--workers", "2")
    assert run("recaption", source, tmp_path / "out", *more).code == 0
    assert digests(tmp_path / "out") == digests(captioned)


def test_an_edited_table_is_another_plan_and_asks_only_what_it_touches(source, server, tmp_path: Path) -> None:
    names, first, second = tmp_path / "names.csv", tmp_path / "first", tmp_path / "second"
    names.write_bytes(NAMES.read_bytes())
    more = ("--entities", names, "--set", "rewrite.below=6")
    assert run("enhance", source, first, *more, server=server).code == 0
    for row in rows(first):
        linked = survival.of(records.entities(row), linker())
        for caption in records.captions(row)[1:]:
            assert caption.verdict.startswith("rejected") or not linked.missing(caption.text)
    names.write_text(names.read_text(encoding="utf-8").replace("Taj Mahal,", "Tāj Mahal,Taj Mahal|"), encoding="utf-8")
    refused = run("enhance", source, first, *more, server=server)
    assert refused.code == 2
    assert "entities.table" in refused.err
    before = server.stats()["calls"]
    again = ("--set", f"answers={first / '.burnish' / 'answers'}")
    assert run("enhance", source, second, *more, *again, server=server).code == 0
    touched = sum("taj" in text.lower() for text in (*TEXTS, *TEXTS[:3]))
    assert touched == 4
    assert 0 < server.stats()["calls"] - before <= 4 * touched  # the rewrite, and a second look at some
    assert call("verify", first).code == 0


def test_a_bad_row_stops_before_anything_is_touched(source: Path, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("name,kind\nAgra\n", encoding="utf-8")
    done = run("assess", source, tmp_path / "out", "--entities", tmp_path / "names.csv")
    assert (done.code, (tmp_path / "out").exists()) == (2, False)
    assert "names.csv:2" in done.err


def test_survival_is_counted_by_linked_names_where_there_are_any() -> None:
    def unknown(claims: tuple[Claim, ...]) -> list[Verdict]:
        return [Verdict.UNKNOWN] * len(claims)

    captions = [
        Caption(text="taj mahal in agra", role="alt", maker="source"),
        Caption(text="Taj Mahal at dawn", role="dsc", maker="m"),
    ]
    links = linker().link({"text": captions[0].text})
    found = measures.measure(measures.check(captions, unknown, linked=links))
    assert (found["alt"].entity_survival, found["dsc"].entity_survival) == (1.0, 0.5)
    assert measures.measure(measures.check(captions, unknown))["dsc"].entity_survival is None
