"""A captioner from scratch: the modality-biased log-bilinear language model of Kiros et al. (ICML 2014).

Each word is foretold from the four before it, and the picture adds to the logits of all words. A text fits a picture by
how much likelier the picture makes it: log p(text | picture) - log p(text), the second a mean over pictures of the
training set. As the picture only adds, the likelihoods of all texts for all pictures are one product of matrices; the
price is that it cannot tell which word belongs to which place. The CPU, one thread, extra `[train]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from burnish.errors import UsageError
from burnish.proxy import Epoch, Floats, Rows, _scratch
from burnish.proxy._steps import Course, batches, numbered
from burnish.train.deterministic import torch_module

WIDTH, CONTEXT = 96, 4
AT_ONCE = 128
"""Texts whose likelihoods are worked out together."""
PRIOR = 256
"""Training pictures over which a text's likelihood without a picture is a mean."""


class TinyCaptioner:
    """Everything is learnt in `train`."""

    side_px = _scratch.SIDE_PX

    def __init__(self, *, steps: int = 120, batch: int = 64, rate: float = 3e-3, decay: float = 0.05) -> None:
        """`steps` of `batch` samples each; `rate` is AdamW's at its highest, `decay` its weight decay."""
        if min(steps, batch) < 2:
            raise UsageError("the proxy needs 2 or more steps and a batch of 2 or more.")
        self._course = Course(steps=steps, batch=batch, rate=rate, decay=decay)
        self.identity = f"tiny_captioner-1(steps={steps},batch={batch},rate={rate:g},decay={decay:g})"

    def look(self, pictures: Iterable[npt.NDArray[np.uint8]]) -> Floats:
        """The pixels."""
        return _scratch.look(pictures)

    def train(self, seen: Floats, epochs: Sequence[Epoch], seed: int) -> Trained:
        """The captioner after `steps` batches. A batch holds as many samples as there are if that is fewer."""
        torch = torch_module()
        epochs, rows = numbered(epochs)
        texts, pictures = torch.from_numpy(_scratch.words(list(rows))), torch.from_numpy(seen)
        torch.manual_seed(seed)
        model = _model(torch)

        def loss_of(chosen: Rows, told: Rows) -> Any:
            words = texts[told]
            row, place = (words > 0).nonzero(as_tuple=True)
            logits = model.tell(model.past(words)[row, place]) + model.shown(pictures[chosen])[row]
            return torch.nn.functional.cross_entropy(logits, words[row, place])

        self._course.run(model, batches(epochs, rows, self._course.batch, seed), loss_of)
        known = np.unique(np.concatenate([epoch.pictures for epoch in epochs]))
        drawn = np.random.default_rng(seed).permutation(known)[:PRIOR]
        return Trained(model.eval(), pictures[drawn])


class Trained:
    """The captioner after its steps."""

    def __init__(self, model: Any, prior: Any) -> None:
        """`model` in eval mode; `prior`: the pictures that stand for all."""
        self._model = model
        with torch_module().no_grad():
            self._prior = model.shown(prior)

    def scores(self, seen: Floats, texts: Sequence[str]) -> Floats:
        """How much likelier the picture makes the text: log p(text | picture) - log p(text)."""
        torch = torch_module()
        with torch.no_grad():
            shown = torch.cat([self._model.shown(part) for part in torch.from_numpy(seen).split(AT_ONCE)])
            both = torch.cat([shown, self._prior])
            told = torch.from_numpy(_scratch.words(texts)).split(AT_ONCE)
            likelihoods = torch.cat([self._likelihoods(torch, both, part) for part in told], dim=1)
            without = torch.logsumexp(likelihoods[len(shown) :], dim=0) - float(np.log(len(self._prior)))
            return np.asarray((likelihoods[: len(shown)] - without).numpy(), np.float32)

    def _likelihoods(self, torch: Any, shown: Any, words: Any) -> Any:
        """Each text's log p for each picture, (pictures, texts). Of a sum of logits the normaliser is the product of
        both sides' exponentials.
        """
        logits = self._model.tell(self._model.past(words))
        most, top = logits.amax(dim=-1, keepdim=True), shown.amax(dim=-1, keepdim=True)
        whole = (shown - top).exp() @ (logits - most).exp().flatten(0, 1).T
        normaliser = whole.clamp(min=1e-30).log().unflatten(1, words.shape) + most[..., 0] + top[..., None]
        own = logits.gather(-1, words[..., None])[..., 0] + shown[:, words]
        return torch.where(words > 0, own - normaliser, 0.0).sum(dim=-1)


def _model(torch: Any) -> Any:
    nn = torch.nn

    class Model(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.eye = _scratch.eye(torch, WIDTH)
            self.show = nn.Linear(WIDTH, _scratch.BUCKETS)
            self.words = nn.Embedding(_scratch.BUCKETS, WIDTH)
            self.before = nn.Conv1d(WIDTH, WIDTH, CONTEXT)
            self.tell = nn.Linear(WIDTH, _scratch.BUCKETS)

        def shown(self, x: Any) -> Any:
            return self.show(nn.functional.relu(self.eye(x)))

        def past(self, x: Any) -> Any:
            """What is known of each place from the `CONTEXT` words before it; before the first there is nothing."""
            known = nn.functional.pad(self.words(x[:, :-1]).transpose(1, 2), (CONTEXT, 0))
            return nn.functional.relu(self.before(known)).transpose(1, 2)

    return Model()


PROXY = TinyCaptioner
