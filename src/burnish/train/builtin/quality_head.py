"""The text-quality head: surface figures and the text's embedding to one logit, plus its calibration."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from burnish.backends.builtin.language import EMBEDDING_DIM, Language, identify
from burnish.backends.builtin.surface import SURFACE_DIM
from burnish.train.builtin import foreign, logistic, quality, split
from burnish.train.builtin.material import Floats, Material
from burnish.train.deterministic import torch_module

if TYPE_CHECKING:
    import torch

STEPS = 400
WIDTH = 24
RATE = 5e-3
DECAY = 0.02
EMBEDDING_DROPOUT = 0.5
ROUNDS = 2  # times each title is used, with another sentence and another corruption
LEAST_ENGLISH = 0.2  # below this a text counts as foreign
LEAST_JUNK = 0.8  # confidence from which a text may be called bad: a good caption called bad costs more than silence


def titles(material: Material, part: str) -> tuple[list[str], list[str]]:
    """Plain titles of one part of the split, and the real junk: titles that stand under many pictures."""
    stems = split.load()[part]
    found = {art.title for art in material.arts if art.stem in stems}
    return _plain(found), sorted(title for title in found if quality.is_junk(title))


def words(material: Material, part: str) -> list[str]:
    """What else names the pictures of one part: plain descriptions and keywords that are no titles."""
    stems = split.load()[part]
    arts = [art for art in material.arts if art.stem in stems]
    texts = {art.description for art in arts} | {word for art in arts for word in art.keywords if word != art.creator}
    return _plain(texts - {art.title for art in arts})


def _plain(texts: set[str]) -> list[str]:
    return quality.plain_titles(texts, {" ".join(text.split()): identify(text)[1] for text in texts})


def build(material: Material, language: Language, seed: int) -> tuple[Any, dict[str, Any]]:
    """The head trained on all corruptions, and its figures: Platt scale (dev titles), weights and limit for English."""
    head = train(*arrays(language, corpus(material, "train", seed)), seed)
    held = corpus(material, "dev", seed + 1)
    embeddings, surfaces, good = arrays(language, held)
    logits = score(head, embeddings, surfaces)
    platt = logistic.fit(np.stack([logits, np.ones(len(logits))], axis=1).astype(np.float64), good)
    weights = english_weights(material, language, seed)
    figures = {
        "quality_platt": platt,
        "english_weights": weights,
        "english_threshold": LEAST_ENGLISH,
        "junk_least_confidence": LEAST_JUNK,
    }
    return head, figures


def english_weights(material: Material, language: Language, seed: int) -> list[float]:
    """Weights of the clues for English: plain captions against the same number in other languages."""
    rng = random.Random(seed)
    plain = sorted({*titles(material, "train")[0], *words(material, "train")})
    good = quality.good_texts(plain * ROUNDS, rng)
    texts = good + [foreign.caption(rng) for _ in good]
    clues = np.array([language.clues(text) for text in texts], np.float64)
    return logistic.fit(clues, np.arange(len(texts)) < len(good))


def corpus(material: Material, part: str, seed: int) -> list[quality.Sample]:
    """Good, corrupted and junk captions from one part of the split."""
    plain, junk = titles(material, part)
    plain = sorted({*plain, *words(material, part)})
    rounds = [quality.samples(plain, junk, seed * 100 + number) for number in range(ROUNDS)]
    return [sample for round_ in rounds for sample in round_]


def arrays(language: Language, samples: Sequence[quality.Sample]) -> tuple[Floats, Floats, Any]:
    """Embeddings (n, 384), surfaces (n, SURFACE_DIM) and which are good (n,)."""
    words = {text: language.words(text) for text in dict.fromkeys(sample.text for sample in samples)}
    return (
        np.stack([words[sample.text].embedding for sample in samples]),
        np.stack([words[sample.text].surface for sample in samples]),
        np.array([sample.good for sample in samples]),
    )


def network(torch: Any) -> Any:
    """Linear in the surface, a small hidden layer over both; embeddings are dropped half the time in training."""
    nn = torch.nn

    class Head(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", torch.zeros(SURFACE_DIM))
            self.register_buffer("scale", torch.ones(SURFACE_DIM))
            self.direct = nn.Linear(SURFACE_DIM, 1)
            self.words, self.drop = nn.Linear(EMBEDDING_DIM, WIDTH), nn.Dropout(EMBEDDING_DROPOUT)
            self.hidden, self.out = nn.Linear(SURFACE_DIM, WIDTH), nn.Linear(2 * WIDTH, 1)

        def forward(self, embedding: torch.Tensor, surface: torch.Tensor) -> torch.Tensor:
            x = ((surface - self.mean) / self.scale).clamp(-5, 5)
            both = torch.cat([torch.tanh(self.hidden(x)), torch.tanh(self.words(self.drop(embedding * 20)))], dim=-1)
            return (self.direct(x) + self.out(both))[..., 0]

    return Head()


def train(embeddings: Floats, surfaces: Floats, good: Any, seed: int) -> Any:
    """The head in eval mode; full batches, the same for a seed."""
    torch = torch_module()
    torch.manual_seed(seed)
    head = network(torch)
    words, figures = torch.from_numpy(embeddings), torch.from_numpy(surfaces)
    head.mean.copy_(figures.mean(dim=0))
    head.scale.copy_(figures.std(dim=0).clamp(min=0.05))
    wanted = torch.from_numpy(good.astype(np.float32))
    share = torch.where(wanted > 0, 0.5 / wanted.mean(), 0.5 / (1 - wanted.mean()))
    optimiser = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=DECAY)
    for _ in range(STEPS):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(head(words, figures), wanted, weight=share)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return head.eval()


def score(head: Any, embeddings: Floats, surfaces: Floats) -> Floats:
    """Logits (n,) of good text."""
    torch = torch_module()
    with torch.no_grad():
        return np.asarray(head(torch.from_numpy(embeddings), torch.from_numpy(surfaces)).numpy(), np.float32)
