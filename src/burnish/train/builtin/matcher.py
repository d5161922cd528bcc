"""The image head: pictures into the text tower's own space, by InfoNCE (van den Oord et al., arXiv 1807.03748).

The text side stays as MiniLM made it: with 4,400 pictures, a learned text head knew the seen words better and
the unseen ones worse. Several seeds are averaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from burnish.train.builtin.material import Floats, Material
from burnish.train.deterministic import torch_module

if TYPE_CHECKING:
    import torch

EPOCHS = 32
BATCH = 512
WIDTH = 256
DROPOUT = 0.6
RATE = 1e-3
DECAY = 0.05
SYNONYM_COSINE = 0.9  # a caption this near to the right one is no negative
PER_CAPTION = 12  # pictures of the same caption in an epoch
EVIDENCE_LABELS = 10
EVIDENCE_SCALE = 8.0
COLOUR_SCALE = 2.0
SEEDS = 3


def evidence(logits: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(n, 1000) logits and (1000, 384) label embeddings -> mean embedding of the best labels, probabilities."""
    probabilities = logits.softmax(dim=-1)
    best, where = probabilities.topk(EVIDENCE_LABELS, dim=-1)
    shares = best / best.sum(dim=-1, keepdim=True)
    return (shares.unsqueeze(-1) * labels[where]).sum(dim=-2), probabilities


def image_inputs(torch: Any, features: Floats, logits: Floats, colours: Floats, labels: Floats) -> Any:
    """What the image head reads: features, evidence and colours side by side, (n, 1734)."""
    mean, _ = evidence(torch.from_numpy(logits), torch.from_numpy(labels))
    parts = [torch.from_numpy(features), mean * EVIDENCE_SCALE, torch.from_numpy(colours) * COLOUR_SCALE]
    return torch.cat(parts, dim=-1)


def image_head(torch: Any, inputs: int, outputs: int) -> Any:
    """Linear plus one hidden layer, on standardised inputs; gives vectors of unit length."""
    nn = torch.nn

    class Head(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", torch.zeros(inputs))
            self.register_buffer("scale", torch.ones(inputs))
            self.hidden, self.out = nn.Linear(inputs, WIDTH), nn.Linear(WIDTH, outputs)
            self.direct, self.norm, self.drop = nn.Linear(inputs, outputs), nn.LayerNorm(WIDTH), nn.Dropout(DROPOUT)

        def forward(self, raw: torch.Tensor) -> torch.Tensor:
            x = (raw - self.mean) / self.scale
            deep = self.norm(nn.functional.gelu(self.hidden(self.drop(x))))
            return nn.functional.normalize(self.direct(self.drop(x)) + self.out(self.drop(deep)), dim=-1)

    return Head()


def train(material: Material, rows: npt.NDArray[np.int64], seed: int) -> Any:
    """An image head trained on the pictures in `rows`, in eval mode; the same for a seed."""
    torch = torch_module()
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    inputs = torch.stack(
        [
            image_inputs(torch, material.features[v], material.logits[v], material.colours[v], material.labels)
            for v in range(len(material.features))
        ]
    )
    head = image_head(torch, inputs.shape[-1], material.embeddings.shape[1])
    base = inputs[0][torch.from_numpy(rows)]
    head.mean.copy_(base.mean(dim=0))
    head.scale.copy_(base.std(dim=0) + 1e-3 * base.std(dim=0).max())
    texts = torch.from_numpy(material.embeddings)
    warmth = torch.nn.Parameter(torch.tensor(2.6))
    optimiser = torch.optim.AdamW(
        [{"params": head.parameters(), "weight_decay": DECAY}, {"params": [warmth], "weight_decay": 0.0}], lr=RATE
    )
    steps = EPOCHS * max(1, len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    for _step in range(steps):
        chosen = _batch(material, rows, rng)
        captions = texts[[_caption(material, row, rng) for row in chosen]]
        pictures = inputs[rng.integers(len(inputs), size=len(chosen)), chosen]
        loss = _loss(torch, head(pictures), captions, warmth)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return head.eval()


def _rate(step: int, steps: int) -> float:
    warm = max(1, steps // 10)
    return (step + 1) / warm if step < warm else 0.5 * (1 + float(np.cos(np.pi * (step - warm) / (steps - warm))))


def _batch(material: Material, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """`BATCH` distinct pictures, few of the same caption: a series would crowd out everything else."""
    limit = max(1, PER_CAPTION * BATCH // len(rows) + 1)
    used: dict[int, int] = {}
    chosen: list[int] = []
    for row in rng.permutation(rows):
        caption = material.captions[row][0]
        used[caption] = used.get(caption, 0) + 1
        if used[caption] <= limit:
            chosen.append(int(row))
        if len(chosen) == BATCH:
            break
    return np.array(chosen, np.int64)


def _caption(material: Material, row: int, rng: np.random.Generator) -> int:
    options = material.captions[row]
    return options[0] if rng.random() < 0.5 else options[int(rng.integers(len(options)))]


def _loss(torch: Any, pictures: torch.Tensor, captions: torch.Tensor, warmth: torch.Tensor) -> torch.Tensor:
    scores = pictures @ captions.T * warmth.exp()
    synonyms = captions @ captions.T > SYNONYM_COSINE
    synonyms.fill_diagonal_(False)
    scores = scores.masked_fill(synonyms, -1e4)
    right = torch.arange(len(scores))
    cross = torch.nn.functional.cross_entropy
    return (cross(scores, right) + cross(scores.T, right)) / 2  # type: ignore[no-any-return]


def embed(heads: list[Any], material: Material, rows: npt.NDArray[np.int64]) -> Floats:
    """Joint vectors (n, 384) of the pictures in `rows`, averaged over heads, of unit length."""
    torch = torch_module()
    inputs = image_inputs(
        torch, material.features[0][rows], material.logits[0][rows], material.colours[0][rows], material.labels
    )
    with torch.no_grad():
        mean = torch.stack([head(inputs) for head in heads]).mean(dim=0)
        return np.asarray(torch.nn.functional.normalize(mean, dim=-1).numpy(), np.float32)
