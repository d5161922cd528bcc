"""CLIP (arXiv 2103.00020) from scratch, as small as it gets: pictures of 64 pixels, a convolutional eye, one layer of a
text transformer, symmetric InfoNCE.

Nothing in it has seen anything before, so all it knows it has from the arm. The CPU, one thread, extra `[train]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from burnish.errors import UsageError
from burnish.proxy import Epoch, Floats, Rows, _scratch
from burnish.proxy._steps import Course, batches, contrast, numbered
from burnish.train.deterministic import torch_module

WIDTH, JOINT, HEADS = 96, 96, 4
WARMTH = 2.66
"""Logarithm of the first scale of cosines: CLIP's 1 / 0.07."""
AT_ONCE = 512


class TinyClip:
    """Everything is learnt in `train`."""

    side_px = _scratch.SIDE_PX

    def __init__(self, *, steps: int = 120, batch: int = 96, rate: float = 2e-3, decay: float = 0.05) -> None:
        """`steps` of `batch` samples each; `rate` is AdamW's at its highest, `decay` its weight decay."""
        if min(steps, batch) < 2:
            raise UsageError("the proxy needs 2 or more steps and a batch of 2 or more.")
        self._course = Course(steps=steps, batch=batch, rate=rate, decay=decay)
        self.identity = f"tiny_clip-1(steps={steps},batch={batch},rate={rate:g},decay={decay:g})"

    def look(self, pictures: Iterable[npt.NDArray[np.uint8]]) -> Floats:
        """The pixels."""
        return _scratch.look(pictures)

    def train(self, seen: Floats, epochs: Sequence[Epoch], seed: int) -> Trained:
        """Both towers after `steps` batches. A batch holds as many samples as there are if that is fewer."""
        torch = torch_module()
        epochs, rows = numbered(epochs)
        texts, pictures = torch.from_numpy(_scratch.words(list(rows))), torch.from_numpy(seen)
        torch.manual_seed(seed)
        model = _model(torch)

        def loss_of(chosen: Rows, told: Rows) -> Any:
            return contrast(model, pictures[chosen], _scratch.trimmed(texts[told]))

        self._course.run(model, batches(epochs, rows, self._course.batch, seed), loss_of)
        return Trained(model.eval())


class Trained:
    """The model after its steps."""

    def __init__(self, model: Any) -> None:
        """`model` in eval mode."""
        self._model = model

    def scores(self, seen: Floats, texts: Sequence[str]) -> Floats:
        """Cosines in the common space."""
        torch = torch_module()
        with torch.no_grad():
            pictures = torch.cat([self._model.see(part) for part in torch.from_numpy(seen).split(AT_ONCE)])
            told = torch.from_numpy(_scratch.words(texts)).split(AT_ONCE)
            read = torch.cat([self._model.read(part) for part in told])
            return np.asarray((pictures @ read.T).numpy(), np.float32)


def _model(torch: Any) -> Any:
    nn = torch.nn

    class Model(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.eye = _scratch.eye(torch, JOINT)
            self.words = nn.Embedding(_scratch.BUCKETS, WIDTH, padding_idx=0)
            self.places = nn.Parameter(torch.randn(_scratch.MAX_WORDS, WIDTH) * 0.02)
            self.layer = nn.TransformerEncoderLayer(
                WIDTH, HEADS, 2 * WIDTH, dropout=0.0, batch_first=True, norm_first=True
            )
            self.out = nn.Linear(WIDTH, JOINT)
            self.warmth = nn.Parameter(torch.tensor(WARMTH))

        def see(self, x: Any) -> Any:
            return nn.functional.normalize(self.eye(x), dim=-1)

        def read(self, x: Any) -> Any:
            there = x > 0
            there[:, 0] = True  # a text without a word is one word that says nothing
            known = self.layer(self.words(x) + self.places[: x.shape[1]], src_key_padding_mask=~there)
            mean = (known * there[..., None]).sum(dim=1) / there.sum(dim=1, keepdim=True)
            return nn.functional.normalize(self.out(mean), dim=-1)

    return Model()


PROXY = TinyClip
