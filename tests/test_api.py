"""The library's front: pairs from anywhere, scores and rewrites in place, the same objects as the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

import burnish
from burnish.errors import UsageError
from burnish.values import AssessRequest, Request
from tests.builders import jpeg, pair
from tests.shards import write_shard


def judge(request: Request) -> float | str | None:
    if isinstance(request, AssessRequest):
        return 2.0 if request.text.endswith("!") else 4.0
    return request.text.rstrip("!")


MODEL = burnish.FunctionBackend(judge, name="judge-1")


def test_the_public_names_are_the_documented_ones() -> None:
    assert burnish.__all__ == sorted(burnish.__all__)
    assert all(getattr(burnish, name) is not None for name in burnish.__all__)
    assert dir(burnish) == burnish.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = burnish.nothing


def test_open_gives_the_pairs_of_a_source(tmp_path: Path) -> None:
    write_shard(tmp_path / "00000.tar", ["one", "two"])
    assert [(p.key, p.text) for p in burnish.open(tmp_path)] == [("000000000", "one"), ("000000001", "two")]


def test_assess_takes_images_of_every_kind_and_leaves_texts_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(jpeg())
    pillow = Image.open(io.BytesIO(jpeg(1)))
    records = list(
        burnish.assess([(jpeg(), "one"), (file, "two!"), (str(file), "three"), (pillow, "four")], backend=MODEL)
    )
    assert [r.caption.score("overall").value for r in records] == [4.0, 2.0, 4.0, 4.0]
    assert [r.caption.text for r in records] == ["one", "two!", "three", "four"]


def test_enhance_in_memory_rewrites_and_reports_bad_images_in_place() -> None:
    records = list(
        burnish.enhance([pair(0, text="wow!!"), pair(1, image=b"junk"), pair(2, text="fine")], backend=MODEL)
    )
    assert isinstance(records[1], burnish.Fault)
    assert records[0].decision == "rewritten"
    assert (records[0].caption.text, records[0].captions[0].text) == ("wow", "wow!!")
    assert records[2].decision == "kept"


def test_a_plain_function_is_a_model(tmp_path: Path) -> None:
    write_shard(tmp_path / "in" / "00000.tar", ["one", "two!"])
    (record,) = burnish.assess([(jpeg(), "wow!")], backend=judge)
    assert record.caption.score("overall").value == 2.0
    assert burnish.enhance(tmp_path / "in", tmp_path / "out", backend=judge).counts.rewritten == 1


def test_enhance_to_a_folder_is_the_whole_job(tmp_path: Path) -> None:
    write_shard(tmp_path / "in" / "00000.tar", ["one", "two!"])
    summary = burnish.enhance(tmp_path / "in", tmp_path / "out", backend=MODEL)
    assert isinstance(summary, burnish.Summary)
    assert (summary.counts.kept, summary.counts.rewritten) == (1, 1)
    assert [p.text for p in burnish.open(tmp_path / "out")] == ["one", "two"]


def test_a_folder_cannot_be_written_from_loose_pairs(tmp_path: Path) -> None:
    with pytest.raises(burnish.UsageError, match="must be a path"):
        burnish.enhance([pair(0)], tmp_path / "out", backend=MODEL)


def test_settings_are_the_plans_keys() -> None:
    (record,) = burnish.enhance([pair(0, text="fine")], backend=MODEL, rewrite={"below": 4.5})
    assert isinstance(record, burnish.Record)
    assert record.reason == "no_sure_rewrite"
    with pytest.raises(burnish.UsageError, match="unknown key"):
        list(burnish.enhance([pair(0)], backend=MODEL, rewrites={"below": 4.5}))


def texts(outcomes: object) -> list[str]:
    return [outcome.pair.key for outcome in outcomes]  # type: ignore[attr-defined]


def test_the_shards_of_a_source_are_one_stream_and_limits_hold(tmp_path: Path) -> None:
    """Ordinals begin anew with each shard: pairs of one batch were taken for others."""
    for shard in range(3):
        write_shard(tmp_path / f"{shard}.tar", ["a", "b"], first=10 * shard)
    keys = [f"{10 * shard + at:09d}" for shard in range(3) for at in range(2)]
    assert texts(burnish.assess(tmp_path, backend=MODEL)) == keys
    assert texts(burnish.assess(burnish.open(tmp_path), backend=MODEL)) == keys
    assert texts(burnish.assess(tmp_path, backend=MODEL, limit=3)) == keys[:3]
    with pytest.raises(UsageError, match="Give an output"):
        list(burnish.assess(tmp_path, backend=MODEL, cost={"max_tokens": 5_000}))


def test_one_image_with_a_text_is_a_source() -> None:
    assert [record.caption.text for record in burnish.assess((jpeg(), "one"), backend=MODEL)] == ["one"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "P", "PA", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "F"])
def test_pictures_of_every_mode_are_taken(mode: str) -> None:
    image = Image.new(mode, (9, 7)) if mode in {"LAB", "HSV", "I;16"} else Image.new("RGB", (9, 7)).convert(mode)
    [record] = burnish.assess([(image, "one")], backend=MODEL)
    assert isinstance(record, burnish.Record)
    assert (record.picture.width, record.picture.height) == (9, 7)


def test_what_is_no_picture_is_a_fault_in_place_and_what_is_no_text_is_told() -> None:
    cut = Image.open(io.BytesIO(jpeg()[:-200]))
    found = list(burnish.assess([(jpeg(), "a"), ("/nope/x.jpg", "b"), (cut, "c"), (jpeg(), "d")], backend=MODEL))
    assert [getattr(each, "reason", "") for each in found] == ["", "missing_file", "decode_error", ""]
    assert [outcome.key for outcome in found[1:3]] == ["000000001", "000000002"]  # type: ignore[union-attr]
    for wrong in ((jpeg(), None), jpeg(), ("a", "b", "c")):
        with pytest.raises(UsageError, match="entry 1 of the source"):
            list(burnish.assess([(jpeg(), "a"), wrong], backend=MODEL))  # type: ignore[list-item]
