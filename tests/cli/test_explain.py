"""--explain and --blind as commands: what reaches the output in each form, and what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.builders import jpeg
from tests.cli.calls import call, lay_sample

TEXTS = ("a dog on a bench", "IMG_1234.jpg", "Clipart by Nicu Buculei - compact_disc", "=a red apple", "zwei Hunde")


def lay(form: str) -> Path:
    """The texts beside small pictures, in `form`."""
    folder = Path("in")
    folder.mkdir()
    for at in range(len(TEXTS)):
        (folder / f"{at}.jpg").write_bytes(jpeg(at))
    rows = [{"file_name": f"{at}.jpg", "text": text} for at, text in enumerate(TEXTS)]
    if form == "csv":
        with (folder / "metadata.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, ["file_name", "text"])
            writer.writeheader()
            writer.writerows(rows)
    else:
        (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def rows_of(output: Path) -> list[dict[str, object]]:
    if (output / "metadata.csv").is_file():
        with (output / "metadata.csv").open(newline="") as file:
            return list(csv.DictReader(file))
    return [json.loads(line) for line in (output / "metadata.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_every_form_has_the_columns_and_a_second_run_reads_them_back(form: str) -> None:
    lay(form)
    done = call("enhance", "in", "-o", "out", "--explain", "--blind", "--workers", "1")
    assert done.code == 0, done.err
    assert "without the image:" in done.out
    rows = rows_of(Path("out"))
    assert len(rows) == len(TEXTS)
    assert all(
        {"burnish_reason_overall", "burnish_blind_overall", "burnish_spread_overall"} <= row.keys() for row in rows
    )
    reasons = [str(row["burnish_reason_overall"]) for row in rows]
    assert not any(reason.startswith(("=", "+", "-", "@")) for reason in reasons)
    (records,) = Path("out/.burnish/records").rglob("*.parquet")
    first = {row["captions"][0]["text"]: row["captions"][0]["scores"] for row in pq.read_table(records).to_pylist()}
    told = {score["criterion"]: score["reason"] for score in first["IMG_1234.jpg"]}
    assert "a file name" in told["overall"]
    again = call("assess", "out", "-o", "again", "--workers", "1")
    assert again.code == 0, again.err
    kept = [row for row in rows_of(Path("again")) if row["burnish_state_overall"] == "ok"]
    assert kept
    assert all(float(str(row["burnish_blind_overall"])) == -1.0 for row in kept), "not asked by this run"


def test_assess_has_the_options_and_the_plan_says_them() -> None:
    lay_sample(Path("in"), "00000.tar")
    common = ("assess", "in", "-o", "out", "--backend", "fake", "--workers", "1", "--limit", "12")
    assert call(*common, "--explain", "--blind").code == 0
    plan = json.loads(Path("out/.burnish/plan.json").read_text())["plan"]["plan"]
    assert (plan["explain"], plan["blind"], plan["recipe"]) == (True, True, "assess_only")
    other = call(*common)
    assert other.code == 2
    assert "explain" in other.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--recipe", "none", "--explain"), "the recipe none cannot be asked for explain"),
        (("--recipe", "aitqe_joint", "--blind"), "the recipe aitqe_joint cannot be asked for blind"),
        (("--set", "explain=perhaps"), "explain"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(more: tuple[str, ...], said: str) -> None:
    lay_sample(Path("in"))
    done = call("enhance", "in", "-o", "out", "--backend", "fake", *more)
    assert done.code == 2
    assert said in done.err
    assert not Path("out").exists()


def test_a_retry_keeps_reasons_and_blind_scores_of_what_had_not_failed() -> None:
    lay_sample(Path("in"), "00000.tar")
    common = ("--backend", "fake", "--set", "backend_options.fail=0.2", "--explain", "--blind", "--workers", "1")
    assert call("enhance", "in", "-o", "out", "--limit", "40", *common).code == 0
    (records,) = Path("out/.burnish/records").rglob("*.parquet")
    before = pq.read_table(records).to_pylist()
    done = call("retry", "out")
    assert done.code == 0, done.err
    assert pq.read_table(records).to_pylist() == before, "the fake model fails the same way again"
    rows = [score for row in before for score in row["captions"][0]["scores"]]
    assert any(score["blind"] is not None for score in rows)
