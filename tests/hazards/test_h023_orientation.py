"""Hazard 23: EXIF orientation is applied for the model; the bytes stay as they are."""

import pytest
from PIL import Image

from burnish.images import decode, jpeg
from tests.zoo.images import encode, oriented


def corner_marked():
    """Upright: the top left quarter is red, the rest white."""
    image = Image.new("RGB", (80, 40), "white")
    image.paste((255, 0, 0), (0, 0, 40, 20))
    return image


STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", sorted(STORED_AS))
def test_the_red_corner_is_at_the_top_left(form, orientation):
    how = STORED_AS[orientation]
    stored = corner_marked() if how is None else corner_marked().transpose(how)
    result = decode(encode(stored, form, quality=95, exif=oriented(orientation)), 80)
    assert (result.width, result.height) == (80, 40)
    assert result.rgb.shape == (40, 80, 3)
    assert result.rgb[8, 8, 1] < 60
    assert min(result.rgb[8, 70, 1], result.rgb[32, 8, 1], result.rgb[32, 70, 1]) > 200


@pytest.mark.parametrize("value", [0, 9, 65_535])
def test_senseless_orientations_are_ignored(value):
    for form in ("JPEG", "PNG"):
        result = decode(encode(corner_marked(), form, exif=oriented(value)), 80)
        assert (result.width, result.height) == (80, 40)


def test_a_cut_or_endless_exif_block_is_survived():
    assert jpeg.exif_orientation(b"II*\0\x08\0\0\0\xff\xff") == 1
    assert jpeg.exif_orientation(b"MM") == 1
    assert jpeg.exif_orientation(b"MM\0*\xff\xff\xff\xff" + bytes(100)) == 1
