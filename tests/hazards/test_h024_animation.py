"""Hazard 24: of an animation the first frame is what the model sees, and the picture says so."""

import numpy as np
import pytest

from burnish.images import decode
from tests.zoo.images import encode, photo


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_the_first_frame_is_shown_and_flagged(form):
    frames = [photo(48, 32, seed) for seed in range(4)]
    data = encode(frames[0], form, save_all=True, append_images=frames[1:], duration=50)
    result = decode(data, 48)
    assert "animated" in result.flags
    assert np.abs(result.rgb.astype(int) - np.asarray(frames[0])).mean() < 12
    assert np.abs(result.rgb.astype(int) - np.asarray(frames[2])).mean() > 20


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF", "JPEG"])
def test_a_still_is_not_flagged(form):
    assert decode(encode(photo(48, 32), form), 48).flags == ()
