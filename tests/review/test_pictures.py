"""Pictures on the review page: each pair its own, in every form of an output, never what lies under another digest."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from burnish.review.pictures import MAX_BYTES, SIDE_PX
from burnish.review.queries import Filter
from burnish.review.session import Review
from tests import builders
from tests.cli.calls import call
from tests.report import outputs
from tests.stores.forms import Sample, forms


def flat(colour, size=(640, 400)):
    sink = io.BytesIO()
    Image.new("RGB", size, colour).save(sink, "PNG")
    return sink.getvalue()


def with_image(ordinal, data, name=""):
    made = outputs.kept(ordinal)
    return replace(made, pair=replace(made.pair, image=data, image_name=name or f"{ordinal:09d}.png"))


def shown(out):
    """Pixel and size of every pair's picture, None where there is none."""
    with Review(str(out)) as review:
        review.pictures.warm()
        found = [review.pictures.get(row) for row in review.queries.page(Filter())]
        again = [review.pictures.get(row) for row in review.queries.page(Filter())]
    assert found == again
    assert all(len(data) <= MAX_BYTES for data in found if data)
    images = [data and Image.open(io.BytesIO(data)) for data in found]
    return [image and (image.convert("RGB").getpixel((9, 9)), image.size) for image in images]


def near(found, wanted):
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 40


def test_each_pair_has_its_own_picture_also_under_the_same_name(tmp_path):
    same = [with_image(at, flat(colour), "a.png") for at, colour in enumerate(("red", "lime"))]
    out = outputs.lay(tmp_path / "out", [[outputs.fault(9), *same], [with_image(2, flat("blue", (2000, 1000)))]])
    (red, _), (green, size), (blue, large) = shown(out)
    assert near(red, (255, 0, 0))
    assert near(green, (0, 255, 0))
    assert near(blue, (0, 0, 255))
    assert (size, large) == ((512, 320), (SIDE_PX, 256))


def test_what_cannot_be_decoded_or_was_changed_since_is_no_picture(tmp_path):
    rows = [with_image(0, b"GIF89a no"), with_image(1, flat("red")), with_image(2, flat("lime"))]
    out = outputs.lay(tmp_path / "out", [rows])
    (out / "00000.tar").write_bytes(outputs.tar([rows[0], with_image(1, flat("blue")), rows[2]]))
    first, second, third = shown(out)
    assert (first, second) == (None, None)
    assert near(third[0], (0, 255, 0))


def test_a_picture_is_made_anew(tmp_path):
    out = outputs.lay(tmp_path / "out", [[with_image(0, builders.jpeg(0) + b"<script>pwn(1)</script>", "a.jpg")]])
    with Review(str(out)) as review:
        row = review.row(0)
        assert b"script" in review.pictures.image(row)
        assert b"script" not in review.pictures.get(row)


@pytest.mark.parametrize("form", ["parquet", "jsonl", "folder"])
def test_in_other_forms_shards_are_read(form, tmp_path):
    samples = [Sample(key=f"k{at}", text=f"text {at}", image=builders.jpeg(at), foreign={}) for at in range(3)]
    (tmp_path / "in").mkdir()
    next(iter(forms(form).values())).build(tmp_path / "in", samples)
    made = call("enhance", tmp_path / "in", "-o", tmp_path / "out", "--backend", "fake", "-q")
    assert made.code == 0, made.err
    assert [found and found[1] for found in shown(tmp_path / "out")] == [(48, 32)] * 3


def test_an_output_whose_shards_are_gone_can_be_reviewed_without_pictures(tmp_path):
    out = outputs.lay(tmp_path / "out", [[outputs.kept(0)]])
    (out / "00000.tar").unlink()
    assert shown(out) == [None]
