"""Hazard 27: pixels, strips and blank images pass, flagged: whether they are worth a caption is for scores to say."""

import pytest
from PIL import Image

from burnish.images import decode
from burnish.values import Picture
from tests.zoo.images import clip_art, encode, photo


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize(
    ("size", "flags"),
    [
        ((1, 1), {"tiny", "uniform"}),
        ((1, 16_000), {"tiny", "extreme_aspect"}),
        ((16_000, 1), {"tiny", "extreme_aspect"}),
        ((15, 100), {"tiny"}),
        ((16, 160), set()),
        ((16, 161), {"extreme_aspect"}),
        ((64, 64), set()),
    ],
)
def test_sizes(form, size, flags):
    result = decode(encode(photo(*size), form), 32)
    assert isinstance(result, Picture)
    assert min(result.rgb.shape) >= 1
    assert set(result.flags) - {"uniform"} == flags - {"uniform"}
    assert "uniform" in flags or size[1] == 1 or size[0] == 1 or "uniform" not in result.flags


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("colour", ["white", "black", (1, 127, 254)])
def test_one_colour(form, colour):
    assert decode(encode(Image.new("RGB", (300, 200), colour), form), 64).flags == ("uniform",)


def test_one_dot_is_enough_not_to_be_uniform():
    image = Image.new("RGB", (200, 200), "white")
    image.paste((0, 0, 0), (101, 101, 107, 107))
    assert decode(encode(image, "PNG"), 200).flags == ()
    assert decode(encode(clip_art(200, 200), "PNG"), 64).flags == ()
