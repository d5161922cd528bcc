"""Checkpoints of two towers by their own classes: our vectors are the library's own, and what is none is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from burnish.errors import UsageError
from burnish.evals import encoders
from tests import tiny_towers
from tests.builders import picture

pytest.importorskip("transformers", reason="models need the extra [transformers]")
pytestmark = pytest.mark.slow  # needs torch, which the fast tier does not install

TEXTS = ["a red car", "two dogs and a house on a green background with a sign", ""]


@pytest.fixture(scope="module", params=sorted(tiny_towers.FAMILIES))
def folder(request, tmp_path_factory):
    made = tmp_path_factory.mktemp("towers") / request.param
    tiny_towers.FAMILIES[request.param](made)
    return made


def test_vectors_are_the_models_own(folder):
    import torch
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

    ours = encoders.load(f"transformers:{folder}")
    shown = picture()
    model = AutoModel.from_pretrained(folder).eval()
    words = AutoTokenizer.from_pretrained(folder)
    images = AutoImageProcessor.from_pretrained(folder)
    padding = "max_length" if folder.name == "siglip" else True
    with torch.inference_mode():
        told = words(TEXTS, padding=padding, truncation=True, max_length=tiny_towers.LENGTH, return_tensors="pt")
        pixels = images(images=[Image.fromarray(shown.rgb)], return_tensors="pt")["pixel_values"]
        done = model(pixel_values=pixels, **told)
    cosines = (done.image_embeds @ done.text_embeds.T).numpy()
    assert ours.see([shown]) @ ours.read(TEXTS).T == pytest.approx(cosines, abs=1e-5)
    assert ours.identity == f"transformers:{folder.name}"


def test_one_at_a_time_is_the_same_and_long_texts_are_cut(folder):
    ours = encoders.load(f"transformers:{folder}", {"device": "cpu", "dtype": "fp32"})
    alone = np.concatenate([ours.read([text]) for text in TEXTS])
    assert ours.read(TEXTS) == pytest.approx(alone, abs=1e-5)
    assert ours.read(["word " * 500]).shape == (1, tiny_towers.WIDTH)


def test_what_is_no_encoder_is_refused(folder, tmp_path):
    with pytest.raises(UsageError, match="cannot load the encoder"):
        encoders.load(f"transformers:{tmp_path}")
    with pytest.raises(UsageError, match="which checkpoint"):
        encoders.load("transformers")
    with pytest.raises(UsageError, match="no numbers 'int8'"):
        encoders.load(f"transformers:{folder}", {"dtype": "int8"})
    from tests import tiny_models

    tiny_models.siglip_qwen2(tmp_path / "llava")
    with pytest.raises(UsageError, match=r"no tower for texts|cannot load"):
        encoders.load(f"transformers:{tmp_path / 'llava'}")


def test_an_index_that_leads_out_of_the_folder_is_refused(folder, tmp_path):
    from shutil import copytree

    copytree(folder, tmp_path / "bad")
    (tmp_path / "bad" / "model.safetensors").unlink()
    index = {"weight_map": {"logit_scale": "../../elsewhere.bin"}}
    (tmp_path / "bad" / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(UsageError, match="no safetensors file beside it"):
        encoders.load(f"transformers:{tmp_path / 'bad'}")
