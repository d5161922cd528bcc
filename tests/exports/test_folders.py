"""Forms that are folders: every pair, both texts, scores and image, from any form on disk, whole or not at all."""

from __future__ import annotations

import base64
import json
import shutil
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import fsspec
import pytest

import burnish
from burnish import exports
from burnish.backends.function import FunctionBackend
from burnish.errors import StopError, UsageError
from burnish.exports.datajuicer import CHUNK_END, IMAGE_MARK
from burnish.storage.ledger import Counts
from burnish.summary import Summary
from burnish.values import AssessRequest, Request, Score, State
from tests.builders import jpeg
from tests.cli.calls import call
from tests.exports.test_exports import judge
from tests.stores.forms import Sample, contents, forms, samples, written

STORES = written()
SCRIPTS = (
    "عربي: قطة على كرسي", "कुर्सी पर बिल्ली", "椅子の上の猫", "แมวบนเก้าอี้", "👩\u200d🚀 with a 🐈", "Ωmega и кошка", "חתול",
    "<__dj__image> twice <|__dj__eoc|>", "<b>&amp;</b> ]]> \"'", "{{x}} $image", "http://example.org/a.jpg",
    "IMG_0042.JPG", "a\tb\u2028c\u202ed", "",
)  # fmt: skip


def scripts() -> list[Sample]:
    return [
        Sample(key=f"{at:09d}", text=text, image=jpeg(at), foreign={"url": f"https://example.org/{at}"})
        for at, text in enumerate(SCRIPTS)
    ]


def enhance(store: str, folder: Path, found: list[Sample]) -> tuple[Path, Summary]:
    forms(store)["main"].build(folder / "src", found)
    model = FunctionBackend(judge, name="test-judge")
    return folder / "out", burnish.enhance(folder / "src", folder / "out", backend=model, workers=1)


def labelstudio(folder: Path) -> list[tuple[str, str, bytes]]:
    tasks = json.loads((folder / "tasks.json").read_bytes())
    prefix = "/data/local-files/?d="
    return [
        (
            task["data"]["original"],
            task["data"]["caption"],
            (folder / unquote(task["data"]["image"].removeprefix(prefix))).read_bytes(),
        )
        for task in tasks
    ]


def fiftyone(folder: Path) -> list[tuple[str, str, bytes]]:
    found = json.loads((folder / "samples.json").read_bytes())["samples"]
    return [(s["caption_original"], s["caption"], (folder / s["filepath"]).read_bytes()) for s in found]


def argilla(folder: Path) -> list[tuple[str, str, bytes]]:
    return [
        (
            record["fields"].get("original", ""),
            record["fields"].get("caption", ""),
            base64.b64decode(record["fields"]["image"].partition(",")[2]),
        )
        for record in json.loads((folder / "records.json").read_bytes())
    ]


def datajuicer(folder: Path) -> list[tuple[str, str, bytes]]:
    lines = [json.loads(line) for line in (folder / "samples.jsonl").read_bytes().splitlines()]
    return [(s["caption_original"], s["caption"], (folder / s["images"][0]).read_bytes()) for s in lines]


READERS: dict[str, Callable[[Path], list[tuple[str, str, bytes]]]] = {
    "argilla": argilla, "datajuicer": datajuicer, "fiftyone": fiftyone, "labelstudio": labelstudio,
}  # fmt: skip
FORMS = sorted(READERS)


def is_equal(counts: Counts, rows: int) -> bool:
    return rows == counts.written == counts.total - counts.quarantined - counts.gaps


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("form", FORMS)
def test_every_pair_of_every_form_on_disk_comes_out(form: str, store: str, tmp_path: Path) -> None:
    out, summary = enhance(store, tmp_path, samples())
    before = contents(out)
    done = exports.write(str(out), form, str(tmp_path / "export"))
    rows = READERS[form](tmp_path / "export")
    assert is_equal(summary.counts, len(rows))
    assert [(old, image) for old, _, image in rows] == [(s.text, s.image) for s in samples()]
    assert rows[1][1] == "An apple.", "the rewrite is the text to train on"
    assert [new for at, (_, new, _) in enumerate(rows) if at != 1] == [
        s.text for s in samples() if s.text[:4] != "IMG_"
    ]
    assert (done.lines, done.left_out) == (7, 0)
    assert contents(out) == before


@pytest.mark.parametrize("form", FORMS)
def test_texts_of_all_scripts_come_back(form: str, tmp_path: Path) -> None:
    out, summary = enhance("jsonl", tmp_path, scripts())
    exports.write(str(out), form, str(tmp_path / "export"))
    rows = READERS[form](tmp_path / "export")
    assert [old for old, _, _ in rows] == list(SCRIPTS)
    assert [new for _, new, _ in rows] == ["An apple." if t.startswith("IMG_") else t for t in SCRIPTS]
    assert is_equal(summary.counts, len(rows))


def test_quarantined_pairs_are_in_no_export_and_the_equation_holds(tmp_path: Path) -> None:
    found = samples()
    found[4] = Sample(key=found[4].key, text=found[4].text, image=b"\xff\xd8\xff no picture", foreign=found[4].foreign)
    out, summary = enhance("webdataset", tmp_path, found)
    assert summary.counts.quarantined == 1
    for form in FORMS:
        exports.write(str(out), form, str(tmp_path / form))
        rows = READERS[form](tmp_path / form)
        assert is_equal(summary.counts, len(rows))
        assert [image for _, _, image in rows] == [s.image for s in found if s is not found[4]]


@pytest.mark.parametrize("form", FORMS)
def test_without_its_records_an_output_gives_the_same_texts_and_images(form: str, tmp_path: Path) -> None:
    out, _ = enhance("webdataset", tmp_path, samples())
    exports.write(str(out), form, str(tmp_path / "with"))
    shutil.rmtree(out / ".burnish")
    exports.write(str(out), form, str(tmp_path / "without"))
    assert READERS[form](tmp_path / "with") == READERS[form](tmp_path / "without")


@pytest.mark.parametrize("form", FORMS)
def test_two_exports_are_equal_and_a_remote_one_too(form: str, tmp_path: Path) -> None:
    out, _ = enhance("webdataset", tmp_path, samples())
    url = f"memory://{uuid.uuid4().hex}"
    for place in (tmp_path / "one", tmp_path / "two", f"{url}/three"):
        exports.write(str(out), form, str(place))
    assert all_of(tmp_path / "one") == all_of(tmp_path / "two")
    fs, root = fsspec.url_to_fs(f"{url}/three")
    assert {name.removeprefix(f"{root}/"): fs.cat(name) for name in fs.find(root)} == all_of(tmp_path / "one")


def all_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_that_holds_something_is_refused_and_one_of_a_killed_export_is_not(form: str, tmp_path: Path) -> None:
    out, _ = enhance("webdataset", tmp_path, samples())
    export = tmp_path / "export"
    exports.write(str(out), form, str(export))
    whole = all_of(export)
    with pytest.raises(UsageError, match="holds an export already"):
        exports.write(str(out), form, str(export))
    (export / exports.load(form).layout.lines).unlink()
    exports.write(str(out), form, str(export))
    assert all_of(export) == whole, "what was left is written over"
    (export / exports.load(form).layout.lines).unlink()
    (export / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match=r"holds mine\.txt"):
        exports.write(str(out), form, str(export))
    with pytest.raises(UsageError, match="input"):
        exports.write(str(out), form, str(out / "inside"))


@pytest.mark.parametrize("form", FORMS)
def test_images_that_are_not_those_of_the_records_stop_it_and_no_file_of_pairs_is_left(
    form: str, tmp_path: Path
) -> None:
    out, _ = enhance("webdataset", tmp_path, samples())
    [shard, *_] = sorted(out.glob("*.tar"))
    data = bytearray(shard.read_bytes())
    at = data.index(jpeg(0)) + 200
    data[at] ^= 1
    shard.write_bytes(bytes(data))
    with pytest.raises(StopError, match="burnish verify"):
        exports.write(str(out), form, str(tmp_path / "export"))
    assert not (tmp_path / "export" / exports.load(form).layout.lines).exists()


def failing(request: Request) -> Any:
    """No text is judged but the second; of that one text quality is refused."""
    if isinstance(request, AssessRequest) and not request.text.startswith("IMG_"):
        return Score(criterion=request.criterion, value=None, confidence=0.0, state=State.REFUSED)
    return judge(request)


def test_a_failure_is_never_a_low_score(tmp_path: Path) -> None:
    forms("jsonl")["main"].build(tmp_path / "src", samples())
    out = tmp_path / "out"
    burnish.enhance(tmp_path / "src", out, backend=FunctionBackend(failing, name="failing"), workers=1)
    for form in FORMS:
        done = exports.write(str(out), form, str(tmp_path / form))
        if exports.load(form).keys:
            assert done.without["score_overall"] == 6
    first = json.loads((tmp_path / "datajuicer/samples.jsonl").read_bytes().splitlines()[0])["meta"]
    assert (first["score_overall"], first["state_overall"]) == (-1.0, "refused")
    first = json.loads((tmp_path / "fiftyone/samples.json").read_bytes())["samples"][0]
    assert not [name for name in first if name.startswith(("score_", "original_score_"))]


def test_scores_reasons_and_provenance_are_told(tmp_path: Path) -> None:
    out, _ = enhance("webdataset", tmp_path, samples())
    for form in FORMS:
        exports.write(str(out), form, str(tmp_path / form))
    sample = json.loads((tmp_path / "fiftyone/samples.json").read_bytes())["samples"][1]
    task = json.loads((tmp_path / "labelstudio/tasks.json").read_bytes())[1]["data"]
    record = json.loads((tmp_path / "argilla/records.json").read_bytes())[1]["metadata"]
    meta = json.loads((tmp_path / "datajuicer/samples.jsonl").read_bytes().splitlines()[1])["meta"]
    for told in (sample, task, record, meta):
        assert (told["decision"], told["key"], told["row"], told["shard"]) == ("rewritten", "000000001", 1, "00000.tar")
        assert (told["score_overall"], told["original_score_overall"]) == (4.25, 1.5)
        assert json.loads(told["edits"])[0]["after"] == "An apple."
        assert told["maker"] == "test-judge" or "test-judge" in told["maker"]
    assert sample["score_reasons"]["overall"] == task["reason_overall"] == record["reason_overall"] == "it is 4.25"
    assert (meta["original_reason_overall"], meta["reason_overall"]) == ("it is 1.5", "it is 4.25")


def test_data_juicer_finds_as_many_tokens_as_images_and_the_same_columns_in_every_line(tmp_path: Path) -> None:
    out, _ = enhance("jsonl", tmp_path, scripts())
    exports.write(str(out), "datajuicer", str(tmp_path / "export"))
    lines = [json.loads(line) for line in (tmp_path / "export/samples.jsonl").read_bytes().splitlines()]
    assert all(line["text"].count(IMAGE_MARK) == len(line["images"]) == 1 for line in lines)
    assert all(line["text"].count(CHUNK_END) == 1 and line["text"].endswith(CHUNK_END) for line in lines)
    kinds = {tuple((name, type(value)) for name, value in line["meta"].items()) for line in lines}
    assert len(kinds) == 1


def test_data_juicers_loader_reads_the_lines(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the hf extra is not installed")
    out, _ = enhance("jsonl", tmp_path, scripts())
    exports.write(str(out), "datajuicer", str(tmp_path / "export"))
    read = datasets.load_dataset(
        "json", data_files=str(tmp_path / "export/samples.jsonl"), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert read["caption_original"][:] == list(SCRIPTS)
    assert read.features["meta"]["score_overall"].dtype == "float64"


def test_the_interface_of_label_studio_has_a_control_for_every_prediction(tmp_path: Path) -> None:
    out, _ = enhance("jsonl", tmp_path, scripts())
    exports.write(str(out), "labelstudio", str(tmp_path / "export"))
    tags = {tag.get("name"): tag for tag in ET.fromstring((tmp_path / "export/config.xml").read_bytes()).iter()}
    kinds = {"textarea": "TextArea", "number": "Number"}
    tasks = json.loads((tmp_path / "export/tasks.json").read_bytes())
    for task in tasks:
        assert {tags["image"].get("value"), tags["original"].get("value")} == {"$image", "$original"}
        for region in task["predictions"][0]["result"]:
            control = tags[region["from_name"]]
            assert (control.tag, control.get("toName")) == (kinds[region["type"]], region["to_name"])
    assert sum(len(task["predictions"][0]["result"]) for task in tasks) > len(tasks)


def test_the_settings_of_argilla_name_what_the_records_hold(tmp_path: Path) -> None:
    out, _ = enhance("jsonl", tmp_path, scripts())
    exports.write(str(out), "argilla", str(tmp_path / "export"))
    settings = json.loads((tmp_path / "export/.argilla/settings.json").read_bytes())
    named = {kind: {entry["name"] for entry in settings[kind]} for kind in ("fields", "questions", "metadata")}
    records = json.loads((tmp_path / "export/records.json").read_bytes())
    for record in records:
        assert set(record["fields"]) <= named["fields"]
        assert set(record["suggestions"]) <= named["questions"]
        assert {n for n in record["metadata"] if n.startswith(("score_", "original_score_"))} <= named["metadata"]
    assert len({record["id"] for record in records}) == len(SCRIPTS)


def test_the_command_names_the_file_of_pairs(tmp_path: Path) -> None:
    out, _ = enhance("jsonl", tmp_path, samples())
    answer = call("export", out, "--format", "fiftyone", "-o", tmp_path / "fo")
    assert answer.code == 0, answer.err
    assert answer.out.startswith(
        f"7 pairs in {tmp_path / 'fo'}/samples.json, 0 of them without any score\nimages beside"
    )
    said = json.loads(call("export", out, "--format", "datajuicer", "-o", tmp_path / "dj", "--json").out)
    assert (said["lines"], said["images"], said["without"]) == (7, 7, {})
