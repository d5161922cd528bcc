"""Any output as one file: all forms on disk, local and remote, with and without records, whole or not at all."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

import fsspec
import pytest

import burnish
from burnish import exports
from burnish.backends.function import Answer, FunctionBackend
from burnish.errors import StopError, UsageError
from burnish.storage.files import LocalFiles
from burnish.values import AssessRequest, Draft, Edit, Request, Score, State
from tests.cli.calls import call
from tests.stores.forms import contents, forms, samples, written

STORES = written()


def judge(request: Request) -> Answer:
    """File names are bad and become a good text; text quality is never known."""
    if not isinstance(request, AssessRequest):
        step = Edit(start=0, before=request.text, after="An apple.", why="a file name", junk=True)
        return Draft(text="An apple.", edits=(step,))
    if request.criterion == "text_quality":
        return None
    value = 1.5 if request.text.startswith("IMG_") else 4.25
    return Score(criterion=request.criterion, value=value, confidence=0.9, reason=f"it is {value}")


@pytest.fixture
def enhanced(tmp_path: Path) -> Path:
    """An output of the samples as tars: the second rewritten, one without any text."""
    return enhance("webdataset", tmp_path)


def enhance(store: str, folder: Path) -> Path:
    forms(store)["main"].build(folder / "src", samples())
    burnish.enhance(folder / "src", folder / "out", backend=FunctionBackend(judge, name="test-judge"), workers=1)
    return folder / "out"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def captions(rows: Sequence[dict[str, object]]) -> list[object]:
    return [row["Caption"] for row in rows]


@pytest.mark.parametrize("store", STORES)
def test_every_form_on_disk_is_exported_pair_for_pair(store: str, tmp_path: Path) -> None:
    out = enhance(store, tmp_path)
    done = exports.write(str(out), "aitqe", str(tmp_path / "pairs.jsonl"))
    rows = lines(tmp_path / "pairs.jsonl")
    assert captions(rows) == [s.text for s in samples()]
    assert (done.lines, done.without_any, done.left_out) == (7, 0, 0)
    assert done.without == {"Text Quality": 7}
    assert [row["Recaption"] for row in rows] == ["", "An apple.", *[""] * 5]
    assert (rows[1]["Overall Score"], rows[1]["Overall Explanation"]) == (2, "it is 1.5")
    assert (rows[0]["Overall Score"], rows[0]["Object Detail"]) == (8, 8)
    assert not any("Text Quality" in row for row in rows)


@pytest.mark.parametrize("store", STORES)
def test_without_its_records_an_output_tells_what_its_columns_hold(store: str, tmp_path: Path) -> None:
    out = enhance(store, tmp_path)
    exports.write(str(out), "aitqe", str(tmp_path / "with.jsonl"))
    shutil.rmtree(out / ".burnish")
    exports.write(str(out), "aitqe", str(tmp_path / "without.jsonl"))
    known, rows = lines(tmp_path / "with.jsonl"), lines(tmp_path / "without.jsonl")
    assert [(row["Caption"], row["Recaption"]) for row in rows] == [(row["Caption"], row["Recaption"]) for row in known]
    assert [row["Overall Score"] for row in rows] == [row["Overall Score"] for row in known]
    assert rows[0]["Object Detail"] == known[0]["Object Detail"]
    assert "Object Detail" not in rows[1], "of a rewritten original the columns hold the overall score alone"


def test_a_remote_output_gives_the_same_bytes_and_may_be_written_to(enhanced: Path, tmp_path: Path) -> None:
    url = f"memory://{uuid.uuid4().hex}"
    fs, root = fsspec.url_to_fs(url)
    for path in enhanced.rglob("*"):
        if path.is_file():
            fs.pipe(f"{root}/out/{path.relative_to(enhanced).as_posix()}", path.read_bytes())
    exports.write(str(enhanced), "aitqe", str(tmp_path / "a.jsonl"))
    exports.write(f"{url}/out", "aitqe", f"{url}/b.jsonl")
    assert fs.cat(f"{root}/b.jsonl") == (tmp_path / "a.jsonl").read_bytes()
    with pytest.raises(UsageError, match="there already"):
        exports.write(f"{url}/out", "aitqe", f"{url}/b.jsonl")


def test_two_exports_are_equal_and_the_output_is_not_touched(enhanced: Path, tmp_path: Path) -> None:
    before = contents(enhanced)
    for name in ("one", "two"):
        exports.write(str(enhanced), "aitqe", str(tmp_path / name))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert contents(enhanced) == before


def test_a_score_that_failed_is_counted_and_has_no_key(tmp_path: Path) -> None:
    def silent(request: Request) -> Answer:
        if isinstance(request, AssessRequest) and not request.text.startswith("IMG_"):
            return Score(criterion=request.criterion, value=None, confidence=0.0, state=State.REFUSED)
        return judge(request)

    forms("jsonl")["main"].build(tmp_path / "src", samples())
    out = tmp_path / "out"
    burnish.enhance(tmp_path / "src", out, backend=FunctionBackend(silent, name="silent"), workers=1)
    done = exports.write(str(out), "aitqe", str(tmp_path / "pairs.jsonl"))
    assert (done.lines, done.without_any, done.without["Overall Score"]) == (7, 6, 6)
    assert sorted(lines(tmp_path / "pairs.jsonl")[0]) == ["Caption", "Recaption", "image", "key"]


def test_what_fails_on_the_way_leaves_no_file(enhanced: Path, tmp_path: Path) -> None:
    [records, *_] = sorted((enhanced / ".burnish" / "records").iterdir(), reverse=True)
    records.unlink()
    records.symlink_to(tmp_path / "gone")
    with pytest.raises(StopError, match="cannot read"):
        exports.write(str(enhanced), "aitqe", str(tmp_path / "files" / "pairs.jsonl"))
    assert not LocalFiles(tmp_path / "files").sizes()


@pytest.mark.parametrize("bad", ["out/pairs.jsonl", "src", ".", "x/.."])
def test_places_that_cannot_be_written_are_refused(
    enhanced: Path, tmp_path: Path, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(UsageError):
        exports.write("out", "aitqe", bad)
    assert contents(tmp_path) == before


def test_what_is_no_finished_output_is_refused(enhanced: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no decision"):
        exports.write(str(tmp_path / "src"), "aitqe", str(tmp_path / "pairs.jsonl"))
    (enhanced / ".burnish" / "seal.json").unlink()
    with pytest.raises(UsageError, match="has not finished"):
        exports.write(str(enhanced), "aitqe", str(tmp_path / "pairs.jsonl"))
    assert not (tmp_path / "pairs.jsonl").exists()


def test_the_command_says_what_has_no_score(enhanced: Path, tmp_path: Path) -> None:
    answer = call("export", enhanced, "--format", "aitqe", "-o", tmp_path / "pairs.jsonl")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[1:] == ["no score: Text Quality 7", f"next: head -n 1 {tmp_path / 'pairs.jsonl'}"]
    assert answer.out.startswith("7 pairs in ")
    said = json.loads(call("export", enhanced, "--format", "aitqe", "-o", tmp_path / "again", "--json").out)
    assert (said["lines"], said["without"]) == (7, {"Text Quality": 7})
    wrong = call("export", enhanced, "--format", "aitqa", "-o", tmp_path / "third")
    assert (wrong.code, "Did you mean 'aitqe'?" in wrong.err) == (2, True)
