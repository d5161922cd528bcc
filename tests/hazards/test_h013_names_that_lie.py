"""Hazard 13: a ``.jpg`` that is something else, upper case, double suffixes: what it is is told by its first bytes."""

import io

import pytest
from PIL import Image

from tests.builders import jpeg
from tests.stores._tar.shards import pairs, read, tar_bytes


def encoded(form: str) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(sink, form)
    return sink.getvalue()


FORMS = {form: encoded(form) for form in ("PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")}


@pytest.mark.parametrize("form", FORMS)
def test_another_format_under_jpg_is_flagged_and_kept(form, tmp_path):
    (pair,) = pairs(read(tar_bytes([("a.jpg", FORMS[form]), ("a.txt", b"x")]), tmp_path))
    assert pair.image == FORMS[form]
    assert pair.image_name == "a.jpg"
    assert "suffix_mismatch" in pair.flags


@pytest.mark.parametrize("form", FORMS)
def test_the_right_suffix_is_not(form, tmp_path):
    (pair,) = pairs(read(tar_bytes([(f"a.{form.lower()}", FORMS[form])]), tmp_path))
    assert pair.flags == ()


@pytest.mark.parametrize("suffix", ["JPG", "jpeg", "Jpg", "JPEG"])
def test_case_is_for_recognition_only(suffix, tmp_path):
    (pair,) = pairs(read(tar_bytes([(f"A.{suffix}", jpeg()), ("A.TXT", b"upper")]), tmp_path))
    assert (pair.key, pair.image_name, pair.text, pair.flags) == ("A", f"A.{suffix}", "upper", ())


def test_an_image_under_no_image_name_is_found(tmp_path):
    (pair,) = pairs(read(tar_bytes([("a.bin", jpeg()), ("a.txt", b"x")]), tmp_path))
    assert pair.image_name == "a.bin"
    assert "suffix_mismatch" in pair.flags


def test_a_real_image_goes_before_a_page_called_jpg(tmp_path):
    (pair,) = pairs(read(tar_bytes([("a.jpg", b"<html>not found</html>"), ("a.img", jpeg())]), tmp_path))
    assert pair.image_name == "a.img"


def test_a_page_called_jpg_is_left_to_the_decoder(tmp_path):
    (pair,) = pairs(read(tar_bytes([("a.jpg", b"<html>not found</html>"), ("a.txt", b"x")]), tmp_path))
    assert "suffix_mismatch" in pair.flags
    assert pair.image.startswith(b"<html>")
