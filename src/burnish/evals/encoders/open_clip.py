"""A model of the `open_clip` library: open_clip:ARCHITECTURE with the option `pretrained`, a weights file or a tag of
open_clip's; or open_clip:FOLDER, which holds open_clip_config.json and the weights. Options: `pretrained`, `device`.

open_clip reads old weight files with `weights_only`, so that no code in them is run.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from burnish.chat.local.prompting import image_of
from burnish.errors import MissingExtra, UsageError
from burnish.evals.encoders import Vectors, one_of, parts, unit
from burnish.values import Picture

OPTIONS = {"pretrained": "", "device": "cpu"}
SIDE_PX = 768


class OpenClip:
    """See the module."""

    side_px = SIDE_PX

    def __init__(self, where: str, options: Mapping[str, str]) -> None:
        """Loads the model. Raises `MissingExtra` without the library, `UsageError` for what it does not know."""
        chosen = one_of(options, OPTIONS, "open_clip")
        if importlib.util.find_spec("open_clip") is None:
            raise MissingExtra("The encoder 'open_clip'", "open_clip")
        name = f"local-dir:{where}" if Path(where).is_dir() else where
        if not where or not (Path(where).is_dir() or chosen["pretrained"]):
            raise UsageError(
                "open_clip needs weights: a folder of its own form, or an architecture and pretrained.\n"
                "Example: --encoder open_clip:ViT-B-32 --set encoder.pretrained=weights.safetensors"
            )
        self._device = chosen["device"]
        self._model, self._transform, self._words = _loaded(name, chosen)
        told = Path(chosen["pretrained"]).name
        self.identity = f"open_clip:{Path(where).name}" + (f"/{told}" if told else "")

    def see(self, pictures: Sequence[Picture]) -> Vectors:
        """In batches."""
        import torch

        rows = []
        for part in parts(pictures):
            pixels = torch.stack([self._transform(image_of(picture)) for picture in part]).to(self._device)
            with torch.inference_mode():
                rows.append(self._model.encode_image(pixels).float().cpu().numpy())
        return unit(np.concatenate(rows))

    def read(self, texts: Sequence[str]) -> Vectors:
        """In batches."""
        import torch

        rows = []
        for part in parts(texts):
            with torch.inference_mode():
                rows.append(self._model.encode_text(self._words(list(part)).to(self._device)).float().cpu().numpy())
        return unit(np.concatenate(rows))


def _loaded(name: str, chosen: Mapping[str, str]) -> tuple[Any, Any, Any]:
    library: Any = importlib.import_module("open_clip")
    try:
        model, _, transform = library.create_model_and_transforms(
            name, pretrained=chosen["pretrained"] or None, device=chosen["device"]
        )
        words = library.get_tokenizer(name)
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"open_clip cannot load {name!r}: {(str(error).splitlines() or [type(error).__name__])[0][:300]}"
        ) from error
    return model.eval(), transform, words


ENCODER = OpenClip
