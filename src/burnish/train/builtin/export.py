"""The trained heads as ONNX, weights in half precision (runtime widens them once)."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from burnish.backends.builtin import calibration
from burnish.backends.builtin.language import EMBEDDING_DIM
from burnish.backends.builtin.surface import SURFACE_DIM
from burnish.backends.builtin.vision import COLOUR_DIM, FEATURE_DIM
from burnish.train.builtin import matcher
from burnish.train.builtin.material import Floats
from burnish.train.deterministic import torch_module

if TYPE_CHECKING:
    from torch import Tensor

OPSET = 17
CLASSES = 1000
_LAYERS = ("hidden", "out", "direct")


def rounded(head: Any) -> Any:
    """The head itself, its weights rounded to the half precision that ships: banks and clues come from what runs."""
    for name in _LAYERS:
        weight = getattr(head, name).weight.data
        weight.copy_(weight.half())
    return head


def image_head(heads: list[Any], labels: Floats, captions: Floats, out: Path) -> None:
    """features, logits, colours -> joint (384,), its level over the caption bank, probabilities (1000,)."""
    torch = torch_module()
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
            return joint, _level(self.bank.float() @ joint), probabilities[0]

    _write(
        torch,
        Model(),
        {"features": FEATURE_DIM, "logits": CLASSES, "colours": COLOUR_DIM},
        ["joint", "bank", "probabilities"],
        out,
    )


def text_head(quality: Any, labels: Floats, pictures: Floats, classes: Floats, out: Path) -> None:
    """embedding, surface -> joint (384,), its level over the picture bank, label cosines (1000,), theirs, quality.

    `classes` (1000,) are the bank's mean probabilities.
    """
    torch = torch_module()
    nn = torch.nn

    class Model(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.quality = quality
            self.register_buffer("labels", torch.from_numpy(labels).half())
            self.register_buffer("bank", torch.from_numpy(pictures).half())
            self.register_buffer("classes", torch.from_numpy(classes))

        def forward(self, embedding: Tensor, surface: Tensor) -> Any:
            cosines = self.labels.float() @ embedding
            usual = (self.classes @ (calibration.LABEL_SHARPNESS * (cosines - 1)).exp()).log()
            logit = self.quality(embedding[None], surface[None])[0]
            return embedding * 1.0, _level(self.bank.float() @ embedding), cosines, usual, logit

    _write(
        torch,
        Model(),
        {"embedding": EMBEDDING_DIM, "surface": SURFACE_DIM},
        ["joint", "bank", "cosines", "label_bank", "quality"],
        out,
    )


def _level(cosines: Tensor) -> Tensor:
    return (calibration.JOINT_SHARPNESS * cosines).exp().mean().log()


def _halve(torch: Any, head: Any) -> Any:
    """The head with every weight rounded to half precision and widened again where it is used."""
    nn = torch.nn

    class Half(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            for name in _LAYERS:
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
