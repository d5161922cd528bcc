"""Pictures as towers take them: the same numbers as the processors they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnish.chat.local.prompting import image_of
from burnish.chat.onnx.pixels import Pixels
from burnish.values import Picture

MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def spec(side: int, *, shortest: int = 0) -> Pixels:
    return Pixels(height=side, width=side, shortest_px=shortest, resample=3, factor=1 / 255, mean=MEAN, std=STD)


def picture(height: int, width: int, seed: int = 1) -> Picture:
    rgb = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
    return Picture(rgb=rgb, width=width, height=height, format="PNG", mode="RGB")


@given(height=st.integers(1, 90), width=st.integers(1, 90), cut=st.booleans())
@settings(deadline=None)
def test_any_picture_becomes_the_towers_size(height: int, width: int, cut: bool) -> None:  # noqa: FBT001
    made = spec(24, shortest=32 if cut else 0).array(picture(height, width))
    assert made.shape == (1, 3, 24, 24)
    assert made.dtype == np.float32


def test_channels_are_normalised_each_by_its_own() -> None:
    red = Picture(rgb=np.full((40, 40, 3), (255, 0, 0), np.uint8), width=40, height=40, format="PNG", mode="RGB")
    made = spec(8).array(red)
    wanted = [(value - mean) / std for value, mean, std in zip((1, 0, 0), MEAN, STD, strict=True)]
    assert made[0, :, 3, 3] == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("size", [(60, 80), (80, 60), (1, 240), (33, 32), (31, 47)])
def test_it_is_what_clips_and_siglips_processors_make(size: tuple[int, int]) -> None:
    pytest.importorskip("torch", reason="processors need the extra [transformers]")
    pytest.importorskip("transformers", reason="processors need the extra [transformers]")
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    square, same = {"height": 24, "width": 24}, {"image_mean": MEAN, "image_std": STD}
    for processor, ours in (
        (SiglipImageProcessorPil(size=square, **same), spec(24)),
        (CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=square, **same), spec(24, shortest=32)),
    ):
        wanted = processor(image_of(picture(*size)), return_tensors="np")["pixel_values"]
        assert np.array_equal(wanted, ours.array(picture(*size)))


@pytest.mark.parametrize(
    "wrong",
    [{"height": 0}, {"width": 10**6}, {"shortest_px": 4}, {"resample": 77}, {"std": (1.0, 0.0, 1.0)}],
)
def test_what_no_tower_takes_is_refused(wrong: dict[str, object]) -> None:
    right = {"height": 8, "width": 8, "shortest_px": 0, "resample": 3, "factor": 1.0, "mean": MEAN, "std": STD}
    with pytest.raises(ValueError, match="must be"):
        Pixels(**(right | wrong))  # type: ignore[arg-type]
