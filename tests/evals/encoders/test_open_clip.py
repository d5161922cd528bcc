"""A tiny model of open_clip's own classes, from a folder of its form; without the library its pip line."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest

from burnish.errors import MissingExtra, UsageError
from burnish.evals import encoders
from tests.builders import picture

CONFIG = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}


def test_without_the_library_the_pip_line_is_told(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "open_clip" else find_spec(name))
    with pytest.raises(MissingExtra, match=r"burnish\[open_clip\]"):
        encoders.load("open_clip:ViT-B-32", {"pretrained": "weights.safetensors"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    library = pytest.importorskip("open_clip", reason="models of open_clip need the extra [open_clip]")
    import safetensors.torch
    import torch

    made = tmp_path_factory.mktemp("open_clip") / "tiny"
    made.mkdir()
    torch.manual_seed(3)
    model = library.CLIP(
        CONFIG["embed_dim"],
        library.CLIPVisionCfg(**CONFIG["vision_cfg"]),
        library.CLIPTextCfg(**CONFIG["text_cfg"]),
    )
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    safetensors.torch.save_file(state, made / "open_clip_model.safetensors")
    told = {"model_cfg": CONFIG, "preprocess_cfg": {"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bicubic"}}
    (made / "open_clip_config.json").write_text(json.dumps(told))
    return made


def test_vectors_are_the_models_own(folder):
    import open_clip
    import torch
    from PIL import Image

    ours = encoders.load(f"open_clip:{folder}")
    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    shown, texts = picture(), ["a red car", "two dogs"]
    with torch.inference_mode():
        pixels = transform(Image.fromarray(shown.rgb))[None]
        seen = torch.nn.functional.normalize(model.eval().encode_image(pixels), dim=-1)
        read = torch.nn.functional.normalize(
            model.encode_text(open_clip.get_tokenizer(f"local-dir:{folder}")(texts)), dim=-1
        )
    assert ours.see([shown]) == pytest.approx(seen.numpy(), abs=1e-5)
    assert ours.read(texts) == pytest.approx(read.numpy(), abs=1e-5)
    assert ours.identity == "open_clip:tiny"


def test_weights_are_needed_and_unknown_ones_named(folder):
    with pytest.raises(UsageError, match="needs weights"):
        encoders.load("open_clip:ViT-B-32")
    with pytest.raises(UsageError, match="open_clip cannot load"):
        encoders.load("open_clip:no-such-model", {"pretrained": str(folder / "open_clip_model.safetensors")})
