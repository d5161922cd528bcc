"""Hazard 20: empty, cut and bit-flipped images give a fault with a reason, never an exception, never half an image."""

import collections

import pytest

from burnish.images import Decoder, Limits, decode
from burnish.values import ImageFault, Picture, Reason
from tests.zoo.images import damaged, encode, photo, sound

POSSIBLE = {Reason.DECODE_ERROR, Reason.FORMAT_NOT_ALLOWED, Reason.IMAGE_TOO_LARGE}


def decoded(count, seed):
    """Kind of damage and result of each of `count` damaged images, through one child."""
    with Decoder(Limits(allow_tiff=True, timeout_s=5), 32) as decoder:
        batch = []
        for kind, data in damaged(count, seed):
            batch.append((kind, data))
            if len(batch) == 64:
                yield from zip(batch, decoder.decode_batch([d for _, d in batch]), strict=True)
                batch = []
        yield from zip(batch, decoder.decode_batch([d for _, d in batch]), strict=True)


def check(count, seed):
    outcomes = collections.Counter()
    for (kind, _), result in decoded(count, seed):
        outcomes["picture" if isinstance(result, Picture) else result.reason] += 1
        if isinstance(result, ImageFault):
            assert result.reason in POSSIBLE, (kind, result)
            assert result.detail.isprintable()
            assert " at 0x" not in result.detail  # an address would differ from run to run
    assert outcomes.total() == count
    assert outcomes["picture"] > count / 10
    assert outcomes[Reason.DECODE_ERROR] > count / 10


def test_3000_damaged_images_are_all_accounted_for():
    check(3_000, seed=20)


@pytest.mark.full("F5")
@pytest.mark.timeout(1200)
def test_100000_damaged_images_are_all_accounted_for(record_property):
    check(100_000, seed=2020)
    record_property("images", 100_000)


def test_an_empty_file():
    assert decode(b"", 32) == ImageFault(reason=Reason.DECODE_ERROR, detail="the file is empty")


@pytest.mark.parametrize(
    "name", ["jpeg", "jpeg_progressive", "jpeg_cmyk", "jpeg_restarts", "png", "webp", "gif", "bmp"]
)
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_half_an_image_is_no_image(name, share):
    data = sound()[name]
    result = decode(data[: int(len(data) * share)], 32)
    assert isinstance(result, ImageFault)
    assert result.reason is Reason.DECODE_ERROR


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("end", [b"", b"\xff\xd9", bytes(5_000), bytes(5_000) + b"\xff\xd9"])
def test_half_a_jpeg_is_no_gray_image_however_it_ends(progressive, end):
    data = encode(photo(256, 192), "JPEG", quality=90, progressive=progressive)
    result = decode(data[: len(data) // 2] + end, 64)
    assert isinstance(result, ImageFault)
    assert result.reason is Reason.DECODE_ERROR
