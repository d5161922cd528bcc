"""Hazard 25: the first bytes decide, against a short list of formats; nothing else reaches a decoder."""

import numpy as np
import pytest

from burnish.images import Limits, decode
from burnish.values import Picture, Reason
from tests.zoo.images import encode, photo, sound

STRANGERS = {
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>",
    "PDF": b"%PDF-1.7\n",
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "FITS": b"SIMPLE  =                    T".ljust(2880),
    "PSD": b"8BPS\0\1" + bytes(40),
    "HTML": b"\xef\xbb\xbf <!DOCTYPE html><title>404</title>",
    "ZIP": b"PK\3\4" + bytes(40),
    "HEIF": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "MP4": b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
    "JPEG XL": b"\xff\x0a" + bytes(40),
}


@pytest.mark.parametrize("name", sorted(STRANGERS))
def test_strangers_are_refused_by_name(name):
    result = decode(STRANGERS[name], 32)
    assert result.reason is Reason.FORMAT_NOT_ALLOWED
    assert result.detail == name


@pytest.mark.parametrize("form", ["ICNS", "ICO", "EPS", "PDF", "JPEG2000", "PPM", "TGA", "PCX", "SGI", "DDS", "XBM"])
def test_what_pillow_could_read_is_refused_all_the_same(form):
    image = photo(64, 64).convert("1") if form == "XBM" else photo(64, 64)
    assert decode(encode(image, form), 32).reason is Reason.FORMAT_NOT_ALLOWED


def test_tiff_only_if_asked_for():
    assert decode(sound()["tiff"], 32).reason is Reason.FORMAT_NOT_ALLOWED
    assert isinstance(decode(sound()["tiff"], 32, Limits(allow_tiff=True)), Picture)


def test_unknown_bytes_are_shown_in_the_fault():
    result = decode(b"garbage!garbage!", 32)
    assert result.reason is Reason.FORMAT_NOT_ALLOWED
    assert result.detail == "unknown format, starts with 67 61 72 62 61 67 65 21"


def test_one_format_in_the_clothes_of_another_is_not_followed():
    """A BMP may embed a JPEG or PNG, an ICO a PNG: only the outer format is opened."""
    assert decode(b"BM" + sound()["png"], 32).reason is Reason.FORMAT_NOT_ALLOWED
    assert decode(b"\xff\xd8\xff" + sound()["png"], 32).reason is Reason.DECODE_ERROR


def test_what_follows_the_image_is_ignored():
    clean = decode(sound()["jpeg"], 32)
    assert np.array_equal(decode(sound()["jpeg"] + b"PK\3\4" + bytes(1_000), 32).rgb, clean.rgb)
