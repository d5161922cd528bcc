"""Hazard 21: an image is refused from its header when decoding it would cost too much."""

import resource
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from burnish.images import Decoder, Limits, decode
from burnish.values import ImageFault, Picture, Reason
from tests.images.children import children
from tests.zoo.images import clip_art, encode, photo, png_bomb, png_chunk, sound


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_bomb_of_169_million_pixels_is_refused_and_costs_nothing():
    bomb = png_bomb(13_000, 13_000)
    assert len(bomb) < 200_000
    before = peak_bytes()
    result = decode(bomb, 64)
    assert result == ImageFault(reason=Reason.IMAGE_TOO_LARGE, detail="more than 67108864 pixels")
    assert peak_bytes() - before < 20_000_000
    assert Image.MAX_IMAGE_PIXELS == 89_478_485  # Pillow's own limit is as it was


@pytest.mark.parametrize("name", ["png", "gif", "bmp", "webp", "jpeg"])
def test_claims_of_a_header_alone_are_refused(name):
    data = bytearray(sound()[name])
    if name == "png":
        head = struct.pack(">II", 60_000, 60_000) + bytes(data[24:29])
        data[8:33] = png_chunk(b"IHDR", head)
    elif name == "gif":
        data[6:10] = b"\xff\xff\xff\xff"
    elif name == "bmp":
        data[18:26] = struct.pack("<ii", 60_000, 60_000)
    elif name == "webp":
        data[26:30] = b"\xff\x3f\xff\x3f"
    else:
        at = data.index(b"\xff\xc0")
        data[at + 5 : at + 9] = b"\xff\0\xff\0"
    result = decode(bytes(data), 32)
    assert isinstance(result, ImageFault)
    assert result.reason is Reason.IMAGE_TOO_LARGE


def test_ten_thousand_frames_are_refused():
    frames = [clip_art(8, 8, seed) for seed in range(2)]
    for form in ("GIF", "PNG", "WEBP"):
        data = encode(frames[0], form, save_all=True, append_images=(frames * 1_100)[1:], duration=20)
        assert decode(data, 8).reason is Reason.IMAGE_TOO_LARGE
        assert isinstance(decode(data, 8, Limits(max_frames=3_000)), Picture)


def test_a_text_chunk_that_inflates_is_refused():
    text = png_chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(200_000_000)))
    data = sound()["png"]
    assert decode(data[:33] + text + data[33:], 32).reason is Reason.IMAGE_TOO_LARGE


def test_a_huge_profile_is_carried_along_unread():
    data = encode(photo(64, 48), "JPEG", icc_profile=bytes(3_000_000))
    assert isinstance(decode(data, 32), Picture)


def test_bombs_among_sound_images_cost_only_themselves():
    bombs = [png_bomb(13_000, 13_000), png_bomb(8_000, 8_000)]
    batch = [bombs[i // 10 % 2] if i % 10 == 5 else sound()["jpeg"] for i in range(40)]
    with Decoder(Limits(), 32) as decoder:
        results = decoder.decode_batch(batch)
        (child,) = children()
        status = Path(f"/proc/{child}/status").read_text().splitlines()
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    assert [isinstance(r, Picture) for r in results] == [i % 20 != 5 for i in range(40)]
    assert peak < 1_000_000_000
    # The second bomb is within the limits: it is decoded, and flagged.
    assert "uniform" in results[15].flags
