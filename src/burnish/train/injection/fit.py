"""`burnish train injection`: the learned detector of orders, a linear machine with squared hinge loss.

Trained by dual coordinate descent (Hsieh et al., ICML 2008, algorithm 1): no exponentials, no library's sums, so the
same texts and seed give the same digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from burnish.injection.features import meeting, ngrams, size
from burnish.injection.folding import fold
from burnish.injection.learned import FIGURES, FOLDER, SIGN_SHARE, SUMS, WEIGHTS
from burnish.injection.signs import SENTENCE, signs
from burnish.train.injection import corpus
from burnish.train.injection.corpus import Corpus

Floats = npt.NDArray[np.float64]

ROUNDS = 12
COST = 2.0
"""What a text on the wrong side costs against the L2 penalty of the weights; both sides together cost alike."""

SURE_SHARE, LIKELY_SHARE = 0.05, 0.15
"""Shares of held-out benign look-alikes that may score as sure and as likely orders. Look-alikes are a tenth of the
captions that the detector is measured by: 5 % of them are 0.5 % of all. In life they are far rarer."""

REAL_SHARE = 0.01
"""Share of real titles of the held-out part that may score as sure."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text: where its features' weights stand, and the value of each."""

    places: npt.NDArray[np.int32]
    shares: Floats


def main(package: Path | None, out: Path = FOLDER, seed: int = 0) -> str:
    """Chooses the operating point on held-out templates, trains on all, writes `out`; gives the digest of its sums.

    `package`: the folder of openclipart-svg, whose titles are real captions; without it the grammars alone count.
    """
    chosen = corpus.choosing(seed, package)
    figures = operating_point(*_fitted(corpus.training(seed, package), seed), chosen)
    weights, bias = _fitted(corpus.training(seed, package, held=False), seed)
    return write(weights, figures | {"bias": bias, "seed": seed}, out)


def operating_point(weights: Floats, bias: float, chosen: Corpus) -> dict[str, Any]:
    """The two thresholds, and what they find of orders in wordings that training did not see."""
    orders, look_alikes, real = (
        scores(rows_of(texts), weights, bias) for texts in (chosen.orders, chosen.dealt, chosen.real)
    )
    sure = float(np.quantile(look_alikes, 1 - SURE_SHARE))
    if len(real):
        sure = max(sure, float(np.quantile(real, 1 - REAL_SHARE)))
    likely = float(np.quantile(look_alikes, 1 - LIKELY_SHARE))
    held = {
        "orders": len(orders),
        "look-alikes": len(look_alikes),
        "real titles": len(real),
        "area under the curve": round(area(orders, look_alikes), 4),
        "orders found as sure": round(float((orders >= sure).mean()), 4),
        "orders found as likely": round(float((orders >= likely).mean()), 4),
        "look-alikes taken for sure": round(float((look_alikes >= sure).mean()), 4),
    }
    return {"sure": round(sure, 4), "likely": round(min(likely, sure), 4), "held-out templates": held}


def area(high: Floats, low: Floats) -> float:
    """The chance that one of `high` lies above one of `low`, ties counting half: the area under the ROC curve."""
    ranked = np.sort(low)
    below, upto = np.searchsorted(ranked, high, "left"), np.searchsorted(ranked, high, "right")
    return float((below + upto).mean() / (2 * len(low)))


def write(weights: Floats, figures: dict[str, Any], out: Path) -> str:
    """Writes weights as small whole numbers, the figures and the checksums; gives the digest of the checksums."""
    out.mkdir(parents=True, exist_ok=True)
    scale = float(np.abs(weights).max()) / 127
    np.save(out / WEIGHTS, np.rint(weights / scale).astype(np.int8))
    told = figures | {"bias": round(figures["bias"], 6), "scale": round(scale, 9)}
    (out / FIGURES).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")
    names = (FIGURES, WEIGHTS)
    sums = "".join(f"{hashlib.sha256((out / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (out / SUMS).write_text(sums)
    return hashlib.sha256(sums.encode()).hexdigest()


def fit(rows: Sequence[Row], told: npt.NDArray[np.bool_], seed: int = 0, rounds: int = ROUNDS) -> tuple[Floats, float]:
    """Weights and bias, by `rounds` rounds over the rows in an order drawn by `seed`; `told`: which give orders."""
    cost = COST * len(told) * np.where(told, 0.5 / told.sum(), 0.5 / (~told).sum())
    weights, bias = np.zeros(size()), 0.0
    slack = 0.5 / cost
    push = np.zeros(len(told))
    steep = np.array([(row.shares * row.shares).sum() + 1 for row in rows]) + slack
    drawn = np.random.default_rng(seed)
    for _ in range(rounds):
        for at in drawn.permutation(len(rows)).tolist():
            row, sign = rows[at], 1.0 if told[at] else -1.0
            stands = (weights[row.places] * row.shares).sum() + bias
            moved = max(push[at] - (sign * stands - 1 + slack[at] * push[at]) / steep[at], 0.0) - push[at]
            if moved:
                push[at] += moved
                weights[row.places] += moved * sign * row.shares
                bias += moved * sign
    return weights, float(bias)


def scores(rows: Sequence[Row], weights: Floats, bias: float) -> Floats:
    """The score of every row."""
    return np.array([(weights[row.places] * row.shares).sum() + bias for row in rows], np.float64)


def rows_of(texts: Sequence[str]) -> list[Row]:
    """Features of texts as found: folded, n-grams with equal shares of one, signs with theirs."""
    return [_row(text) for text in texts]


@lru_cache(maxsize=200_000)
def _row(text: str) -> Row:
    folded = fold(text).text
    grams, met = ngrams(folded), meeting(signs(folded))
    shares = np.repeat([len(grams) ** -0.5, SIGN_SHARE], [len(grams), len(met)])
    return Row(np.concatenate([grams, met]).astype(np.int32), shares)


def _fitted(texts: Corpus, seed: int) -> tuple[Floats, float]:
    every = [*texts.orders, *_pieces((*texts.dealt, *texts.real))]
    return fit(rows_of(every), np.arange(len(every)) < len(texts.orders), seed)


def _pieces(texts: Sequence[str]) -> list[str]:
    """Benign texts and their sentences, each once, as the detector looks at them."""
    every = (piece for text in texts for piece in (text, *SENTENCE.findall(text)))
    return list(dict.fromkeys(piece.strip() for piece in every if piece.strip()))
