"""Hidden states of real models: which tokens are the picture's, and that they are the model's own."""

from __future__ import annotations

import numpy as np
import pytest

from burnish.chat import Prompt
from burnish.chat.local.model import LocalModel
from burnish.chat.local.options import Options
from tests import tiny_models
from tests.builders import picture

pytestmark = pytest.mark.slow  # needs torch, which the fast tier does not install


@pytest.fixture(scope="module", params=["siglip_qwen2", "idefics3"])
def model(request, folder_of):
    return LocalModel(Options(model=str(folder_of(request.param)), side_px=96))


def test_states_are_the_models_own_in_two_parts(model):
    import torch

    shown = picture()
    seen, told = model.hidden(shown, "a red car")
    assert seen.shape[0] == told.shape[0] == 2
    assert seen.shape[2] == told.shape[2] == tiny_models.WIDTH
    rendered = model._prompting.render(Prompt(system="", user=(shown, "a red car")))
    inputs = model._feeder.inputs([rendered.prefix + rendered.question], [(shown,)])
    with torch.inference_mode():
        last = model._loaded.model(**inputs, output_hidden_states=True).hidden_states[-1][0].numpy()
    assert told[-1] == pytest.approx(last[-told.shape[1] :], abs=1e-5)
    words = model._loaded.tokenizer.decode(inputs["input_ids"][0, -told.shape[1] :])
    assert "a red car" in words
    assert "<image>" not in words


def test_a_longer_text_has_more_tokens_and_the_picture_as_many(model):
    seen, told = model.hidden(picture(), "a car")
    seen_too, told_too = model.hidden(picture(), "a car and two dogs by a house")
    assert told_too.shape[1] > told.shape[1]
    assert np.array_equal(seen.shape, seen_too.shape)
    assert seen_too == pytest.approx(seen, abs=1e-4)  # a decoder does not look ahead
