"""Two frozen towers and small heads between them, trained as CLIP is (arXiv 2103.00020): a model of a second.

The towers are the built-in model's: EfficientNet-Lite0 as ImageNet left it, with colours beside it, and MiniLM as its
makers left it. Of the built-in model's own training nothing is used. Pictures are reduced to their `WIDTH` strongest
directions, found without any text; then a linear head each for pictures and texts learns a common space by symmetric
InfoNCE (arXiv 1807.03748). Texts that occur twice in a batch count as each other's negatives, as they do in CLIP. CPU,
one thread, extra `[train]`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from burnish.backends.builtin import manifest
from burnish.errors import UsageError
from burnish.proxy import Epoch, Floats, Rows
from burnish.proxy._steps import Course, batches, contrast, numbered
from burnish.train.deterministic import torch_module

if TYPE_CHECKING:
    from burnish.backends.builtin.language import Language
    from burnish.backends.builtin.vision import Vision

SIDE_PX = 384
WIDTH = 256
JOINT = 96
COLOUR_SCALE = 2.0
WARMTH = 2.66
"""Logarithm of the first scale of cosines: CLIP's 1 / 0.07."""
TOWERS = ("vision.onnx", "text.onnx", "tokenizer.json")


def towers(folder: Path = manifest.FOLDER) -> str:
    """A digest of the towers' files, 12 digits: other heads of the built-in model leave it as it is."""
    digests = manifest.file_digests(manifest.load(folder).folder)
    return manifest.overall({name: digests[name] for name in TOWERS})[:12]


class FrozenTowers:
    """The towers, loaded when they are needed; what they say of a text is kept (1.5 kB each)."""

    side_px = SIDE_PX

    def __init__(
        self, *, steps: int = 160, batch: int = 192, rate: float = 3e-3, dropout: float = 0.3, decay: float = 0.05
    ) -> None:
        """`steps` of `batch` different pictures each; `rate` is AdamW's at its highest, `decay` its weight decay."""
        if min(steps, batch) < 2 or not 0 <= dropout < 1:
            raise UsageError("the proxy needs 2 or more steps, a batch of 2 or more, and a dropout of 0 to below 1.")
        self._course, self._dropout = Course(steps=steps, batch=batch, rate=rate, decay=decay), dropout
        told = f"steps={steps},batch={batch},rate={rate:g},dropout={dropout:g},decay={decay:g}"
        self.identity = f"frozen_towers-1({towers()},{told})"
        self._texts: dict[str, Floats] = {}
        self._bases: dict[str, Basis] = {}
        self._eyes: Vision | None = None
        self._reader: Language | None = None

    def __getstate__(self) -> dict[str, Any]:
        """All but towers and bases, which come again where they are needed: what is known of texts goes with it."""
        return {**self.__dict__, "_eyes": None, "_reader": None, "_bases": {}}

    def look(self, pictures: Iterable[npt.NDArray[np.uint8]]) -> Floats:
        """Features and colours of each picture, (n, 1350)."""
        if self._eyes is None:
            from burnish.backends.builtin.vision import Vision

            self._eyes = Vision(manifest.load().path("vision.onnx"))
        views = map(self._eyes.view, pictures)
        return np.stack([np.concatenate([view.features, view.colours * COLOUR_SCALE]) for view in views])

    def train(self, seen: Floats, epochs: Sequence[Epoch], seed: int) -> Trained:
        """The heads after `steps` batches. A batch holds as many pictures as there are if that is fewer."""
        torch = torch_module()
        epochs, rows = numbered(epochs)
        basis = self._basis(seen[np.unique(np.concatenate([epoch.pictures for epoch in epochs]))])
        texts = torch.from_numpy(self._embedded(list(rows)))
        pictures = torch.from_numpy(basis.of(seen))
        torch.manual_seed(seed)
        heads = _heads(torch, pictures.shape[1], texts.shape[1], self._dropout)

        def loss_of(chosen: Rows, told: Rows) -> Any:
            return contrast(heads, pictures[chosen], texts[told])

        self._course.run(heads, batches(epochs, rows, self._course.batch, seed), loss_of)
        return Trained(self, basis, heads.eval())

    def _embedded(self, texts: Sequence[str]) -> Floats:
        """(n, 384): what the text tower says of each."""
        if self._reader is None:
            from burnish.backends.builtin.language import Language

            weights = manifest.load()
            self._reader = Language(weights.path("text.onnx"), weights.path("tokenizer.json"))
        for text in texts:
            if text not in self._texts:
                self._texts[text] = self._reader.embed(text)
        return np.stack([self._texts[text] for text in texts])

    def _basis(self, seen: Floats) -> Basis:
        """Found once for the same training pictures: arms that differ in their texts alone share it."""
        digest = hashlib.sha256(np.ascontiguousarray(seen).tobytes()).hexdigest()
        if digest not in self._bases:
            self._bases[digest] = Basis.found(seen)
        return self._bases[digest]


class Trained:
    """The heads on their towers."""

    def __init__(self, proxy: FrozenTowers, basis: Basis, heads: Any) -> None:
        """`heads` in eval mode."""
        self._proxy = proxy
        self._basis = basis
        self._heads = heads

    def scores(self, seen: Floats, texts: Sequence[str]) -> Floats:
        """Cosines in the common space."""
        torch = torch_module()
        with torch.no_grad():
            pictures = self._heads.see(torch.from_numpy(self._basis.of(seen)))
            read = self._heads.read(torch.from_numpy(self._proxy._embedded(texts)))  # noqa: SLF001 -- its own towers
            return np.asarray((pictures @ read.T).numpy(), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Basis:
    """The strongest directions of standardised pictures: (x - mean) / scale @ directions has unit variances."""

    mean: Floats
    scale: Floats
    directions: Floats

    @classmethod
    def found(cls, seen: Floats) -> Basis:
        """Of pictures (n, d); at most `WIDTH` directions. What costs is min(n, d) cubed: a few pictures span few."""
        mean, scale = seen.mean(axis=0), seen.std(axis=0)
        scale = scale + 1e-3 * scale.max() + 1e-12
        standard = ((seen - mean) / scale).astype(np.float64) / np.sqrt(max(1, len(seen) - 1))
        few = len(seen) < seen.shape[1]
        values, vectors = np.linalg.eigh(standard @ standard.T if few else standard.T @ standard)
        kept = np.argsort(-values, kind="stable")[: min(WIDTH, max(1, len(seen) - 1))]
        roots = np.sqrt(np.maximum(values[kept], 1e-6 * values.max() + 1e-12))
        found = standard.T @ vectors[:, kept] / roots if few else vectors[:, kept]
        directions = found / roots
        return cls(mean=mean, scale=scale, directions=directions.astype(np.float32))

    def of(self, seen: Floats) -> Floats:
        """Pictures (n, d) in these directions."""
        return np.asarray((seen - self.mean) / self.scale @ self.directions, np.float32)


def _heads(torch: Any, seen: int, read: int, dropout: float) -> Any:
    nn = torch.nn

    class Heads(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.picture, self.text = nn.Linear(seen, JOINT), nn.Linear(read, JOINT)
            self.drop = nn.Dropout(dropout)
            self.warmth = nn.Parameter(torch.tensor(WARMTH))

        def see(self, x: Any) -> Any:
            return nn.functional.normalize(self.picture(self.drop(x)), dim=-1)

        def read(self, x: Any) -> Any:
            return nn.functional.normalize(self.text(x), dim=-1)

    return Heads()


PROXY = FrozenTowers
