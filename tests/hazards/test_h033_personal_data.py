"""Hazard 33: personal data and secrets in captions are kept, flagged, and can be masked for a report."""

import pytest

from burnish.sensitive import mask
from burnish.texts import look, storable
from tests.zoo.texts import mixtures

CAPTION = "John, +1 555-123-4567, j.doe@mail.example.com, card 4111-1111-1111-1111"


def test_kept_in_the_data_flagged_in_the_view_masked_on_demand():
    assert storable(CAPTION) == (CAPTION, "")
    view = look(CAPTION)
    assert view.clean == CAPTION
    assert view.flags == ("email", "pii")
    assert mask(CAPTION) == "John, [phone], [email], card [card]"


def test_a_key_in_a_caption_is_flagged_as_a_secret():
    key = "ghp_" + "x1Y2" * 9
    assert look(f"my token {key}").flags == ("secret",)
    assert key not in mask(f"my token {key}")


@pytest.mark.parametrize("seed", range(3))
def test_masking_survives_every_mixture_and_is_stable(seed):
    for text in mixtures(2_000, seed):
        view = look(f"{text} {CAPTION} {text}", 10_000).clean
        masked = mask(view)
        assert mask(masked) == masked
        assert "4111-1111" not in masked
