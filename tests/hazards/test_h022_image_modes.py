"""Hazard 22: each pixel format is converted by its own rule; nothing saturates, inverts or turns black."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from burnish.images import Limits, decode
from burnish.values import Picture, Reason
from tests.zoo.images import encode, photo

EVERYTHING = Limits(allow_tiff=True)
RAMP = np.linspace(0, 1, 64 * 64).reshape(64, 64)


def gray(data):
    result = decode(data, 64, EVERYTHING)
    assert isinstance(result, Picture)
    assert np.array_equal(result.rgb[..., 0], result.rgb[..., 2])
    return result


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_16_bits_are_scaled(form):
    result = gray(encode(Image.fromarray((RAMP * 65_535).round().astype(np.uint16)), form))
    assert np.abs(result.rgb[..., 0] - RAMP * 255).max() <= 1
    assert "16bit" in result.flags


@pytest.mark.parametrize("top", [1.0, 255.0, 65_535.0, 1e9])
def test_floats_are_scaled_by_the_range_that_holds_them(top):
    result = gray(encode(Image.fromarray((RAMP * top).astype(np.float32)), "TIFF"))
    assert np.abs(result.rgb[..., 0] - RAMP * 255).max() <= 1
    assert "float" in result.flags


def test_negative_and_senseless_floats():
    values = (RAMP * 20 - 10).astype(np.float32)
    values[0, :3] = np.nan, np.inf, -np.inf
    result = gray(encode(Image.fromarray(values), "TIFF"))
    assert np.abs(result.rgb[1:, :, 0] - RAMP[1:] * 255).max() <= 1


@pytest.mark.parametrize("top", [255, 65_535, 2**31 - 1])
def test_32_bit_integers_are_scaled(top):
    result = gray(encode(Image.fromarray((RAMP * top).astype(np.int32)), "TIFF"))
    assert np.abs(result.rgb[..., 0] - RAMP * 255).max() <= 1


@pytest.mark.parametrize("value", [0, 7, 4_000_000])
def test_constant_deep_images_do_not_divide_by_nothing(value):
    image = Image.fromarray(np.full((32, 32), value, np.float32))
    assert "uniform" in decode(encode(image, "TIFF"), 32, EVERYTHING).flags


def test_cmyk_with_and_without_the_adobe_marker():
    base = photo(64, 48)
    data = encode(base.convert("CMYK"), "JPEG", quality=95)
    expected = decode(encode(base, "PNG"), 64).rgb.astype(int)
    assert np.abs(decode(data, 64).rgb - expected).mean() < 4
    at = data.index(b"\xff\xee")  # without it the samples are not inverted
    size = int.from_bytes(data[at + 2 : at + 4], "big")
    result = decode(data[:at] + data[at + 2 + size :], 64)
    assert np.abs(255 - result.rgb.astype(int) - expected).mean() > 20 or result.mode == "CMYK"
    assert np.abs(result.rgb.astype(int) - decode(data, 64).rgb).mean() > 20


def test_ycck():
    base = photo(64, 48)
    data = bytearray(encode(base.convert("CMYK"), "JPEG", quality=95))
    at = data.index(b"Adobe")
    data[at + 11] = 2  # transform: the first three components are YCbCr of the inverted colours
    result = decode(bytes(data), 64)
    assert isinstance(result, Picture)
    assert result.mode == "CMYK"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "RGB"])
def test_8_bit_modes_agree_with_each_other(mode):
    base = photo(64, 48).convert("L")
    image = base.quantize(256) if mode == "P" else base.convert(mode)
    result = gray(encode(image, "PNG"))
    assert result.mode == mode
    assert np.abs(result.rgb[..., 0].astype(int) - np.asarray(base)).mean() < 1


def test_one_bit_is_black_and_white():
    result = gray(encode(photo(64, 48).convert("1"), "PNG"))
    assert set(np.unique(result.rgb)) == {0, 255}


@pytest.mark.parametrize(
    ("mode", "form"), [("RGBA", "PNG"), ("RGBA", "WEBP"), ("LA", "PNG"), ("P", "PNG"), ("P", "GIF")]
)
def test_what_is_transparent_is_white(mode, form):
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((200, 200, 200, 255), (0, 0, 20, 40))
    options = {"lossless": True} if form == "WEBP" else {}
    stored = image.quantize(4) if (mode, form) == ("P", "PNG") else image.convert("RGBA" if form == "GIF" else mode)
    result = decode(encode(stored, form, **options), 40)
    assert result.mode == mode
    assert (result.rgb[:, 21:] == 255).all()
    assert (np.abs(result.rgb[:, :19].astype(int) - 200) < 3).all()


@pytest.mark.parametrize("color", [(10, 20, 30), 0])
def test_a_transparent_colour_without_alpha_is_white_too(color):
    image = Image.new("RGB" if isinstance(color, tuple) else "L", (32, 32), color)
    result = decode(encode(image, "PNG", transparency=color), 32)
    assert (result.rgb == 255).all()


def test_half_transparent_mixes_with_white():
    result = decode(encode(Image.new("RGBA", (64, 64), (0, 0, 0, 128)), "PNG"), 16)
    assert np.abs(result.rgb.astype(int) - 127).max() <= 1


def test_lab_is_converted():
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    base = photo(32, 32)
    stored = ImageCms.profileToProfile(base, srgb, lab, outputMode="LAB")
    result = decode(encode(stored, "TIFF"), 32, EVERYTHING)
    assert result.mode == "LAB"
    assert np.abs(result.rgb.astype(int) - np.asarray(base)).mean() < 4


def test_rare_subsampling_is_decoded():
    data = bytearray(encode(photo(64, 48), "JPEG", subsampling=0, quality=95))
    at = data.index(b"\xff\xc0")
    assert data[at + 11] == 0x11  # luma sampling: 1 x 1 becomes 3 x 1, with a third of the columns
    data[at + 11], data[at + 7 : at + 9] = 0x31, (21).to_bytes(2, "big")
    result = decode(bytes(data), 64)
    assert isinstance(result, Picture) or result.reason is Reason.DECODE_ERROR
