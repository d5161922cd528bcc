"""`decode`: formats, modes, orientation, sizes and flags, on images made here."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from burnish.errors import UsageError
from burnish.images import Limits, decode, formats, jpeg, pillow
from burnish.values import ImageFault, Picture, Reason
from tests.zoo.images import clip_art, encode, oriented, photo, sound

EVERYTHING = Limits(allow_tiff=True)


@pytest.mark.parametrize("name", sorted(sound()))
def test_every_sound_kind_is_decoded_like_pillow_does(name):
    result = decode(sound()[name], 32, EVERYTHING)
    assert isinstance(result, Picture)
    assert result.rgb.dtype == np.uint8
    assert result.rgb.flags.c_contiguous
    with Image.open(io.BytesIO(sound()[name])) as image:
        assert result.format == image.format
        upright = ImageOps.exif_transpose(image)
        assert (result.width, result.height) == upright.size
    assert max(result.rgb.shape[:2]) == 32


@pytest.mark.parametrize("name", ["jpeg", "jpeg_progressive", "jpeg_exif", "png", "webp", "bmp", "avif", "tiff"])
def test_the_reduction_is_close_to_a_lanczos_of_the_whole(name):
    result = decode(sound()[name], 32, EVERYTHING)
    with Image.open(io.BytesIO(sound()[name])) as image:
        whole = ImageOps.exif_transpose(image).convert("RGB")
    expected = np.asarray(whole.resize((result.rgb.shape[1], result.rgb.shape[0]), Image.Resampling.LANCZOS))
    assert np.abs(expected.astype(int) - result.rgb).mean() < 4


@pytest.mark.parametrize("side_px", [1, 7, 48, 64, 100, 224, 448])
@pytest.mark.parametrize("size", [(384, 300), (300, 384), (100, 20), (17, 1000)])
def test_the_long_side_is_what_was_asked_for_and_never_enlarged(side_px, size):
    for form in ("JPEG", "PNG"):
        result = decode(encode(clip_art(*size), form), side_px)
        longest = min(side_px, max(size))
        rows, columns = result.rgb.shape[:2]
        assert max(rows, columns) == longest
        assert abs(columns / rows - size[0] / size[1]) <= 1.5 / min(rows, columns) * max(1, size[0] / size[1])


@given(st.integers(1, 600), st.integers(1, 600), st.sampled_from([1, 7, 32, 224]))
@settings(max_examples=60, deadline=None)
def test_pixels_with_filler_are_reduced_like_images(columns, rows, side_px):
    """The two ways to the resizer give the same bytes, whatever lies in the filler."""
    rgbx = np.random.default_rng(columns * 601 + rows).integers(0, 256, (rows, columns, 4), np.uint8)
    expected = pillow.reduce_to(Image.fromarray(np.ascontiguousarray(rgbx[..., :3])), side_px)
    assert np.array_equal(pillow.reduce_rgbx(rgbx, side_px), expected)


def test_a_picture_stays_when_the_next_one_is_decoded():
    small, large = encode(photo(40, 30, 1), "JPEG"), encode(photo(400, 300, 2), "JPEG")
    for data in (small, large):
        first = decode(data, 64)
        before = first.rgb.copy()
        decode(encode(photo(400, 300, 3), "JPEG"), 64)
        assert np.array_equal(first.rgb, before)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_all_orientations_are_undone(form, orientation):
    base = clip_art(64, 48)
    data = encode(base, form, exif=oriented(orientation))
    with Image.open(io.BytesIO(data)) as image:
        expected = ImageOps.exif_transpose(image).convert("RGB")
    result = decode(data, 64, EVERYTHING)
    assert (result.width, result.height) == expected.size
    assert np.abs(np.asarray(expected).astype(int) - result.rgb).mean() < 1


def test_the_result_is_read_only_and_equal_for_equal_bytes():
    first, second = (decode(sound()["jpeg"], 32) for _ in range(2))
    assert np.array_equal(first.rgb, second.rgb)
    with pytest.raises(ValueError, match="read-only"):
        first.rgb[0] = 0


def test_the_asked_limits_are_named_in_the_fault():
    data = sound()["jpeg"]
    assert decode(data, 32, Limits(max_bytes=100)).reason is Reason.IMAGE_TOO_LARGE
    small = decode(data, 32, Limits(max_pixels=64 * 48 - 1))
    assert small == ImageFault(reason=Reason.IMAGE_TOO_LARGE, detail="64 x 48 pixels, the limit is 3071")
    assert isinstance(decode(data, 32, Limits(max_pixels=64 * 48)), Picture)


def test_limits_of_nothing_are_refused():
    with pytest.raises(UsageError, match=r"limits\.max_pixels must be more than 0"):
        Limits(max_pixels=0)


def test_an_end_marker_alone_may_be_missing():
    result = decode(sound()["jpeg"][:-2], 32)
    assert result.flags == ("truncated",)
    assert np.array_equal(result.rgb, decode(sound()["jpeg"], 32).rgb)


def test_stray_bytes_between_segments_cost_a_flag_not_the_image():
    data = sound()["jpeg"].replace(b"\xff\xd9", bytes(40) + b"\xff\xd9")
    result = decode(data, 32)
    assert result.flags == ("damaged",)
    assert np.abs(result.rgb.astype(int) - decode(sound()["jpeg"], 32).rgb).mean() < 4


def test_a_gray_end_behind_another_warning_is_found():
    data = encode(photo(128, 128), "JPEG")
    assert decode(data[: len(data) // 2] + bytes(40) + b"\xff\xd9", 64).reason is Reason.DECODE_ERROR


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_headers_of_anything_are_read_without_complaint(tail):
    jpeg.header(b"\xff\xd8" + tail)
    jpeg.exif_orientation(b"II*\0" + tail)
    formats.sniff(tail)
    formats.gif_frames(b"GIF89a" + tail, 10)
    assert isinstance(decode(tail, 8), Picture | ImageFault)


def test_gif_frames_are_counted_without_decoding():
    for count in (1, 2, 7):
        frames = [photo(16, 16, seed) for seed in range(count)]
        data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
        assert formats.gif_frames(data, 100) == count
        assert formats.gif_frames(data, 1) == 1
