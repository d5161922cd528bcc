"""``burnish enhance --claims`` as a user meets it."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from burnish import records
from burnish.fakeserver import FakeServer, Settings
from tests.cli.calls import call, lay_sample


def test_the_built_in_model_cannot_and_says_so_before_anything_is_touched(tmp_path: Path) -> None:
    said = call("enhance", lay_sample(tmp_path / "in"), "-o", tmp_path / "out", "--claims")
    assert said.code == 2
    assert "cannot check single claims" in said.err
    assert "oracle" in said.err
    assert "builtin" not in said.err.partition("Models that can:")[2].partition("\n")[0]
    assert not (tmp_path / "out").exists()


def test_false_statements_are_corrected_and_the_verdicts_kept(tmp_path: Path) -> None:
    assert call("scenes", "-o", tmp_path / "in", "--pairs", "16", "--seed", "4", "--noise", "0.9").code == 0
    truth = ["--backend", "oracle", "--set", f"backend_options.truth={tmp_path / 'in'}"]
    said = call("enhance", tmp_path / "in", "-o", tmp_path / "out", *truth, "--claims", "--workers", "1")
    assert said.code == 0, said.err
    (kept,) = (tmp_path / "out/.burnish/records").rglob("*.parquet")
    with kept.open("rb") as file:
        rows = records.read(file)
    mended = [row for row in rows if row["decision"] == "rewritten" and json.loads(row["captions"][0]["claims"])]
    assert mended
    for row in mended:
        was, now = (
            [claim["verdict"] for claim in json.loads(row["captions"][at]["claims"])] for at in (0, row["chosen"])
        )
        assert now.count("refuted") == 0
        assert was.count("supported") <= now.count("supported") or "refuted" not in was
    with tarfile.open(tmp_path / "out/00000.tar") as tar:
        rows_out = [json.loads(tar.extractfile(m).read()) for m in tar if m.name.endswith(".json")]  # type: ignore[union-attr]
    assert len(rows_out) == 16
    assert all(isinstance(json.loads(row["burnish_claims"]), list) for row in rows_out)
    assert call("verify", tmp_path / "out").code == 0


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    with FakeServer(Settings()) as started:
        monkeypatch.setenv("OPENAI_BASE_URL", started.url)
        yield started


def test_the_questions_are_counted_in_a_dry_run_and_asked_once(server: FakeServer, tmp_path: Path) -> None:
    source = lay_sample(tmp_path / "in", "00000.tar")
    args = ["enhance", source, "-o", tmp_path / "out", "--backend", "openai", "--limit", "12", "--workers", "1"]
    plain = json.loads(call(*args, "--dry-run", "--json").out)
    claims = json.loads(call(*args, "--claims", "--dry-run", "--json").out)
    assert claims["prompt_tokens_90"][1] > plain["prompt_tokens_90"][1]
    assert call(*args, "--claims").code == 0
    asked = server.stats()["calls"]
    (tmp_path / "answers").mkdir()
    for file in (tmp_path / "out/.burnish/answers").glob("*.jsonl"):
        (tmp_path / "answers" / file.name).write_bytes(file.read_bytes())
    again = ["--set", f"answers={tmp_path / 'answers'}"]
    assert call(*args[:3], tmp_path / "again", *args[4:], "--claims", *again).code == 0
    assert server.stats()["calls"] <= asked + 2  # what a run finds out about its server first
