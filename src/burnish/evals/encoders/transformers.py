"""Any CLIP-like checkpoint of the `transformers` library (CLIP, SigLIP, SigLIP 2, ...): transformers:FOLDER.

Weights are read from safetensors only, code that comes with a checkpoint is never run. Options: `device` (auto, cpu,
cuda) and `dtype` (fp32, bf16, fp16).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from burnish.chat.local import loading
from burnish.chat.local.prompting import image_of
from burnish.errors import UsageError
from burnish.evals.encoders import Vectors, one_of, parts, unit
from burnish.values import Picture

OPTIONS = {"device": "auto", "dtype": "fp32"}
SIDE_PX = 768
"""Pictures are decoded to this; a processor makes them as small as its tower wants them."""


class Towers:
    """See the module."""

    side_px = SIDE_PX

    def __init__(self, where: str, options: Mapping[str, str]) -> None:
        """Loads the checkpoint. Raises `MissingExtra`, or `UsageError` for a folder that holds no two towers."""
        loading.require()
        chosen = one_of(options, OPTIONS, "transformers")
        if not where:
            raise UsageError("which checkpoint?\nExample: --encoder transformers:FOLDER")
        self._device, self._dtype = loading.placed(chosen["device"], chosen["dtype"])
        self._model, self._images, self._words = _loaded(where)
        self._model.to(self._device, self._dtype).eval()
        self._padding, self._most = _lengths(self._model.config)
        self.identity = f"transformers:{Path(where).name}"

    def see(self, pictures: Sequence[Picture]) -> Vectors:
        """In batches."""
        return unit(np.concatenate([self._seen(part) for part in parts(pictures)]))

    def read(self, texts: Sequence[str]) -> Vectors:
        """In batches, each padded to its longest text, or to the tower's length where it was trained so (SigLIP)."""
        return unit(np.concatenate([self._told(part) for part in parts(texts)]))

    def _seen(self, pictures: Sequence[Picture]) -> Vectors:
        made = self._images(images=[image_of(picture) for picture in pictures], return_tensors="pt")
        inputs = {name: self._moved(value) for name, value in made.items()}
        return self._features(self._model.get_image_features, inputs)

    def _told(self, texts: Sequence[str]) -> Vectors:
        made = self._words(
            list(texts), padding=self._padding, truncation=True, max_length=self._most, return_tensors="pt"
        )
        return self._features(self._model.get_text_features, {name: self._moved(value) for name, value in made.items()})

    def _moved(self, value: Any) -> Any:
        return value.to(self._device, self._dtype) if value.is_floating_point() else value.to(self._device)

    def _features(self, tower: Any, inputs: Mapping[str, Any]) -> Vectors:
        import torch

        with torch.inference_mode():
            given = tower(**inputs)
        vectors = given if isinstance(given, torch.Tensor) else given.pooler_output  # transformers before 5: the tensor
        return np.asarray(vectors.float().cpu().numpy(), np.float32)


def _loaded(where: str) -> tuple[Any, Any, Any]:
    transformers: Any = importlib.import_module("transformers")
    unreadable = importlib.import_module("safetensors").SafetensorError
    try:
        loading.check_index(where)
        with loading.quiet():
            model = transformers.AutoModel.from_pretrained(where, use_safetensors=True)
            images = transformers.AutoImageProcessor.from_pretrained(where)
            words = transformers.AutoTokenizer.from_pretrained(where)
    except (OSError, ValueError, ImportError, unreadable) as error:
        said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]
        raise UsageError(
            f"cannot load the encoder {where!r}: {said}\n"
            "It must be a checkpoint of CLIP's kind: config, safetensors weights, image processor and tokenizer."
        ) from error
    needed = ("get_image_features", "get_text_features")
    if not (all(hasattr(model, name) for name in needed) and hasattr(model.config, "text_config")):
        raise UsageError(
            f"{where!r} is a {type(model).__name__}, which has no tower for texts beside one for pictures.\n"
            "Give a checkpoint of CLIP's kind: --encoder transformers:FOLDER"
        )
    return model, images, words


def _lengths(config: Any) -> tuple[str | bool, int]:
    """How texts are padded, and the most tokens that the tower reads."""
    most = int(config.text_config.max_position_embeddings)
    return ("max_length" if str(config.model_type).startswith("siglip") else True), most


ENCODER = Towers
