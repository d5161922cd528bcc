"""`burnish train builtin`: the heads of the built-in model, from the towers that ship and Debian's clip art.

The same clip art and seed give the same digest on one machine; a CPU and one thread are enough.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from burnish.backends.builtin import calibration, manifest
from burnish.backends.builtin.language import Language
from burnish.train.builtin import clipart, export, logistic, matcher, quality_head
from burnish.train.builtin.material import Floats, Material, gather

Rows = npt.NDArray[np.int64]
BANK = 512
NEGATIVES = 4
TOWER_FILES = ("vision.onnx", "text.onnx", "tokenizer.json", "labels.txt", "NOTICE")
LEAST_CONFIDENCE = 0.2  # below this the judge says nothing: it would be right in fewer than 60 of 100 pairs


def main(clipart_folder: Path = clipart.DEFAULT_CLIPART, out: Path = manifest.FOLDER, seed: int = 0) -> str:
    """Renders, looks, trains, writes and seals a weights folder; gives its digest."""
    material = gather(clipart_folder, manifest.FOLDER)
    return build(material, out, seed)


def build(material: Material, out: Path, seed: int) -> str:
    """Trains every head on the train split of `material` and writes the whole weights folder to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    if out.resolve() != manifest.FOLDER.resolve():
        for name in TOWER_FILES:
            shutil.copyfile(manifest.FOLDER / name, out / name)
    rows = material.rows("train")
    fitted = [export.rounded(matcher.train(material, rows, seed + number)) for number in range(matcher.SEEDS)]
    banks = Banks(material, rows, fitted)
    quality, figures = quality_head.build(material, Language(out / "text.onnx", out / "tokenizer.json"), seed)
    figures["match_weights"] = calibrate(material, material.rows("dev"), fitted, banks, seed)
    figures["match_least_confidence"] = LEAST_CONFIDENCE
    figures["quality_least_confidence"] = LEAST_CONFIDENCE
    figures["seed"] = seed
    export.image_head(fitted, material.labels, banks.captions, out / "image_head.onnx")
    export.text_head(quality, material.labels, banks.pictures, banks.classes, out / "text_head.onnx")
    (out / "figures.json").write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
    return manifest.seal(out)


class Banks:
    """Pictures and captions of the train split that every similarity is compared to."""

    def __init__(self, material: Material, rows: Rows, heads: list[Any]) -> None:
        """`BANK` rows, spread evenly: `pictures` and `captions` (BANK, 384), `classes` (1000,) mean probabilities."""
        spread = rows[np.linspace(0, len(rows) - 1, min(BANK, len(rows))).astype(np.int64)]
        self.pictures = matcher.embed(heads, material, spread)
        self.captions = material.embeddings[[material.captions[row][0] for row in spread]]
        self.classes = probabilities(material.logits[0][spread]).mean(axis=0)


def calibrate(material: Material, rows: Rows, heads: list[Any], banks: Banks, seed: int) -> list[float]:
    """Weights of the clues, from the pictures in `rows`: none that `heads` learned from, nor its look-alikes."""
    return logistic.fit(*pair_clues(material, rows, heads, banks, seed))


def pair_clues(
    material: Material, rows: Rows, heads: list[Any], banks: Banks, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Clues of right pairs and of random wrong ones (another caption, not a synonym): (n, CLUES) and whether right."""
    rng = np.random.default_rng(seed)
    pictures = matcher.embed(heads, material, rows)
    texts = material.embeddings[[material.captions[row][0] for row in rows]]
    chances = probabilities(material.logits[0][rows])
    found, right = [], []
    for index in range(len(rows)):
        others = rng.integers(len(rows), size=3 * NEGATIVES)
        wrong = [int(o) for o in others if float(texts[o] @ texts[index]) < matcher.SYNONYM_COSINE][:NEGATIVES]
        for other in [index, *wrong]:
            found.append(_clues(material, banks, pictures[index], texts[other], chances[index]))
            right.append(other == index)
    return np.array(found), np.array(right)


def probabilities(logits: Floats) -> Floats:
    """Softmax of each row: (n, 1000) -> (n, 1000)."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), np.float32)


def _clues(material: Material, banks: Banks, picture: Floats, text: Floats, chances: Floats) -> list[float]:
    cosines = material.labels @ text
    usual = float(banks.classes @ np.exp(calibration.LABEL_SHARPNESS * (cosines - 1)))
    return calibration.clues(
        similarity=float(picture @ text),
        text_bank=_level(banks.pictures @ text),
        image_bank=_level(banks.captions @ picture),
        evidence=calibration.label_ratio(chances, cosines, float(np.log(usual))),
    )


def _level(cosines: Floats) -> float:
    return float(np.log(np.exp(calibration.JOINT_SHARPNESS * cosines.astype(np.float64)).mean()))
