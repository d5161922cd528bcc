"""The trained heads as ONNX, weights in half precision (runtime widens them once)."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from burnish.backends.builtin.language import EMBEDDING_DIM
from burnish.backends.builtin.surface import SURFACE_DIM
from burnish.backends.builtin.vision import COLOUR_DIM, FEATURE_DIM
from burnish.train.builtin import matcher
from burnish.train.builtin.material import Floats

if TYPE_CHECKING:
    from torch import Tensor

OPSET = 17
CLASSES = 1000


def image_head(heads: list[Any], labels: Floats, captions: Floats, out: Path) -> None:
    """features, logits, colours -> joint (384,), mean and deviation over the caption bank, probabilities (1000,)."""
    torch = matcher.torch_module()
    nn = torch.nn

    class Model(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.heads = nn.ModuleList([_halve(torch, head) for head in heads])
            self.register_buffer("labels", torch.from_numpy(labels).half())
            self.register_buffer("bank", torch.from_numpy(captions).half())

        def forward(self, features: Tensor, logits: Tensor, colours: Tensor) -> Any:
            mean, probabilities = matcher.evidence(logits[None], self.labels.float())
            scaled = (mean[0] * matcher.EVIDENCE_SCALE, colours * matcher.COLOUR_SCALE)
            inputs = torch.cat([features, *scaled])[None]
            joint = torch.stack([head(inputs)[0] for head in self.heads]).mean(dim=0)
            joint = joint / joint.norm()
            near = self.bank.float() @ joint
            return joint, near.mean(), near.std(unbiased=False), probabilities[0]

    _write(
        torch,
        Model(),
        {"features": FEATURE_DIM, "logits": CLASSES, "colours": COLOUR_DIM},
        ["joint", "mean", "deviation", "probabilities"],
        out,
    )


def text_head(quality: Any, labels: Floats, pictures: Floats, seen: npt.NDArray[np.int64], out: Path) -> None:
    """embedding, surface -> joint (384,), bank figures, label cosines (1000,) and their bank figures, quality logit."""
    torch = matcher.torch_module()
    nn = torch.nn

    class Model(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.quality = quality
            self.register_buffer("labels", torch.from_numpy(labels).half())
            self.register_buffer("bank", torch.from_numpy(pictures).half())
            self.register_buffer("seen", torch.from_numpy(seen))

        def forward(self, embedding: Tensor, surface: Tensor) -> Any:
            near = self.bank.float() @ embedding
            cosines = self.labels.float() @ embedding
            best = cosines[self.seen].amax(dim=1)
            logit = self.quality(embedding[None], surface[None])[0]
            figures = (near.mean(), near.std(unbiased=False), cosines, best.mean(), best.std(unbiased=False))
            return embedding * 1.0, *figures, logit

    _write(
        torch,
        Model(),
        {"embedding": EMBEDDING_DIM, "surface": SURFACE_DIM},
        ["joint", "mean", "deviation", "cosines", "label_mean", "label_deviation", "quality"],
        out,
    )


def _halve(torch: Any, head: Any) -> Any:
    """The head with every weight rounded to half precision and widened again where it is used."""
    nn = torch.nn

    class Half(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            for name in ("hidden", "out", "direct"):
                layer = getattr(head, name)
                self.register_buffer(f"{name}_weight", layer.weight.detach().half())
                self.register_buffer(f"{name}_bias", layer.bias.detach().clone())
            self.register_buffer("mean", head.mean.clone())
            self.register_buffer("scale", head.scale.clone())
            self.norm = head.norm

        def apply_layer(self, name: str, x: Tensor) -> Tensor:
            weight, bias = getattr(self, f"{name}_weight"), getattr(self, f"{name}_bias")
            return x @ weight.float().T + bias  # type: ignore[no-any-return]

        def forward(self, raw: Tensor) -> Tensor:
            x = (raw - self.mean) / self.scale
            deep = self.norm(nn.functional.gelu(self.apply_layer("hidden", x)))
            joint = self.apply_layer("direct", x) + self.apply_layer("out", deep)
            return joint / joint.norm(dim=-1, keepdim=True)  # type: ignore[no-any-return]

    return Half()


def _write(torch: Any, model: Any, inputs: dict[str, int], outputs: list[str], out: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the newer exporter needs onnxscript and folds halves
        torch.onnx.export(
            model.eval(),
            tuple(torch.zeros(size) for size in inputs.values()),
            str(out),
            input_names=list(inputs),
            output_names=outputs,
            opset_version=OPSET,
            do_constant_folding=False,
            dynamo=False,
        )
