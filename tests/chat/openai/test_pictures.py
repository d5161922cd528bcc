"""Pictures become data URIs once each."""

import base64
import io

import numpy as np
import orjson
import pytest
from PIL import Image

from burnish.chat.openai.pictures import Pictures, halved
from tests.chat.openai.questions import picture


def decoded(part: bytes) -> tuple[str, np.ndarray]:
    url = orjson.loads(part)["image_url"]["url"]
    head, _, data = url.partition(",")
    return head, np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))


def test_png_keeps_every_pixel():
    shown = picture()
    head, rgb = decoded(Pictures("png", 90).part(shown.rgb))
    assert head == "data:image/png;base64"
    assert (rgb == shown.rgb).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (33, 17)])
def test_jpeg_keeps_the_size_and_about_the_colours(shape):
    rgb = np.full((*shape, 3), (200, 30, 40), np.uint8)
    head, found = decoded(Pictures("jpeg", 95).part(rgb))
    assert head == "data:image/jpeg;base64"
    assert found.shape == rgb.shape
    assert abs(found.astype(int) - rgb.astype(int)).max() < 12


def test_views_that_are_not_contiguous_are_encoded_too():
    rgb = picture(height=40, width=60).rgb
    assert decoded(Pictures("png", 90).part(rgb[::2, ::-1]))[1].tolist() == rgb[::2, ::-1].tolist()


def test_a_picture_is_encoded_once_a_batch_and_kept_for_the_next(monkeypatch):
    made, pictures, first, second = [], Pictures("jpeg", 90), picture(1), picture(2)
    whole = Pictures.part
    monkeypatch.setattr(Pictures, "part", lambda self, rgb: made.append(1) or whole(self, rgb))
    parts = pictures.batch([first, first, second, first])
    assert set(parts) == {id(first), id(second)}
    pictures.batch([second, second])
    assert len(made) == 2
    pictures.batch([first])  # was not in the latest batch
    assert len(made) == 3


def test_halving_averages_and_keeps_lines():
    rgb = np.array([[[0] * 3, [10] * 3, [99] * 3], [[20] * 3, [30] * 3, [99] * 3]], np.uint8)
    assert halved(rgb).tolist() == [[[15] * 3]]
    assert halved(np.zeros((1, 9, 3), np.uint8)).shape == (1, 4, 3)
    assert halved(np.zeros((1, 1, 3), np.uint8)).shape == (1, 1, 3)
