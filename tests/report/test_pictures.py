"""Thumbnails: the right picture of each pair, made anew, in every form of an output."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

import pytest
from PIL import Image

from burnish.report import pictures, reading
from burnish.report.opened import open_run
from tests import builders
from tests.cli.calls import call, lay_sample
from tests.report import outputs
from tests.stores.forms import Sample, forms


def found(out, places=None):
    run = open_run(str(out))
    every = [(batch.file, batch.first + at) for batch in reading.batches(run) for at in range(batch.size)]
    rows = reading.rows(run, places or every)
    return (*pictures.thumbnails(run, rows), rows)


def opened(thumbnail):
    data = base64.b64decode(thumbnail.uri.removeprefix("data:image/webp;base64,"))
    assert len(data) <= pictures.MAX_BYTES
    return Image.open(io.BytesIO(data))


def colours():
    for at, colour in enumerate(("red", "lime", "blue", "white")):
        sink = io.BytesIO()
        Image.new("RGB", (640, 400), colour).save(sink, "PNG")
        made = outputs.kept(at)
        yield replace(made, pair=replace(made.pair, image=sink.getvalue(), image_name=f"{at:09d}.png"))


def test_each_pair_has_its_own_picture(tmp_path):
    rows = list(colours())
    out = outputs.lay(tmp_path / "out", [[outputs.fault(0), *rows[:2]], rows[2:]])
    thumbnails, why, _ = found(out)
    assert why == ""
    first = {place: opened(each).convert("RGB").getpixel((9, 9)) for place, each in thumbnails.items()}
    for place, wanted in {(0, 0): (255, 0, 0), (0, 1): (0, 255, 0), (1, 0): (0, 0, 255)}.items():
        assert max(abs(a - b) for a, b in zip(first[place], wanted, strict=True)) < 40
    assert {opened(each).size for each in thumbnails.values()} == {(224, 140)}


def test_a_picture_is_made_anew(tmp_path):
    """What lies behind the end of a picture, or in its fields, does not get onto the page."""
    made = outputs.kept(0)
    data = builders.jpeg(0) + b"<script>pwn(1)</script>"
    out = outputs.lay(tmp_path / "out", [[replace(made, pair=replace(made.pair, image=data))]])
    thumbnails, _, _ = found(out)
    assert b"script" not in base64.b64decode(thumbnails[0, 0].uri.partition(",")[2])


def test_large_noisy_pictures_stay_small(tmp_path):
    import numpy as np

    sink = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (900, 900, 3), np.uint8)
    Image.fromarray(noise).save(sink, "PNG")
    made = outputs.kept(0)
    out = outputs.lay(tmp_path / "out", [[replace(made, pair=replace(made.pair, image=sink.getvalue()))]])
    assert len(found(out)[0][0, 0].uri) < 30_000


def test_another_picture_under_the_same_name_is_not_taken(tmp_path):
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]])
    changed = replace(outputs.kept(0), pair=replace(outputs.kept(0).pair, image=builders.jpeg(9)))
    (out / "00000.tar").write_bytes(outputs.tar([changed]))
    thumbnails, why, _ = found(out)
    assert thumbnails == {}
    assert why.startswith("1 pictures were not found")


def test_a_picture_that_cannot_be_decoded_is_left_out(tmp_path):
    made = outputs.kept(0)
    out = outputs.lay(tmp_path / "out", [[replace(made, pair=replace(made.pair, image=b"GIF89a no")), outputs.kept(1)]])
    assert list(found(out)[0]) == [(0, 1)]


@pytest.mark.parametrize("form", ["parquet", "jsonl", "folder"])
def test_in_other_forms_shards_are_read(form, tmp_path):
    samples = [Sample(key=f"k{at}", text=f"text {at}", image=builders.jpeg(at), foreign={}) for at in range(6)]
    (tmp_path / "in").mkdir()
    next(iter(forms(form).values())).build(tmp_path / "in", samples)
    made = call("enhance", tmp_path / "in", "-o", tmp_path / "out", "--backend", "fake", "-q")
    assert made.code == 0, made.err
    thumbnails, why, rows = found(tmp_path / "out")
    assert (len(thumbnails), len(rows), why) == (6, 6, "")


def test_no_more_is_read_than_allowed(tmp_path, monkeypatch):
    lay_sample(tmp_path / "in", "00000.tar")
    assert call("enhance", tmp_path / "in", "-o", tmp_path / "out", "--backend", "fake", "-q").code == 0
    monkeypatch.setattr(pictures, "MAX_MEMBERS", 30)
    few, why, rows = found(tmp_path / "out")
    assert 5 <= len(few) <= 15 < len(rows)
    assert "too far back" in why


def test_an_output_on_an_object_store_has_a_report_without_pictures(tmp_path):
    from burnish import report
    from burnish.storage.opening import open_files

    lay_sample(tmp_path / "in")
    out = "memory://reports/out"
    made = call("enhance", tmp_path / "in", "-o", out, "--backend", "fake", "-q", "--set", "max_bad=1")
    assert made.code == 0, made.err
    done = report.build(out)
    page = open_files(out).read("report.html")
    assert len(page) == done.size_bytes
    assert b"pictures of an output on an object store are not fetched" in page
    assert done.figures["ledger"]["checked"] is True
