"""What a model's layers make of a picture and of a text beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from burnish.chat import Prompt
from burnish.chat.local.loading import Loaded
from burnish.chat.local.prompting import Prompting
from burnish.chat.local.rows import Feeder
from burnish.errors import UsageError
from burnish.values import Picture

if TYPE_CHECKING:
    from torch import Tensor

States = npt.NDArray[np.float32]


def states(loaded: Loaded, feeder: Feeder, prompting: Prompting, about: tuple[Picture, str]) -> tuple[States, States]:
    """(layers, tokens, d) of the tokens that stand for the picture, and of those behind them: the text and how the
    template ends it. Layers are counted from the first one after the embeddings.

    Raises `RefusedPictureError` for a picture that the processor does not take, `UsageError` for a model without tokens
    for pictures.
    """
    import torch

    rendered = prompting.render(Prompt(system="", user=about))
    inputs = feeder.inputs([rendered.prefix + rendered.question], [(about[0],)])
    places = _places(loaded.model.config, inputs["input_ids"][0])
    with torch.inference_mode():
        done = loaded.model(**inputs, output_hidden_states=True, use_cache=False, logits_to_keep=1)
    layers = torch.stack([layer[0] for layer in done.hidden_states[1:]]).float().cpu().numpy()
    return layers[:, places], layers[:, int(places[-1]) + 1 :]


def _places(config: Any, tokens: Tensor) -> npt.NDArray[np.int64]:
    """Where the picture's tokens are."""
    named = (getattr(config, name, None) for name in ("image_token_id", "image_token_index"))
    token = next((each for each in named if each is not None), None)
    found = np.flatnonzero((tokens == token).cpu().numpy()) if token is not None else np.zeros(0, np.int64)
    if not len(found):
        raise UsageError(
            "this model has no tokens of its own for a picture, so nothing can be told apart in its layers."
        )
    return found
