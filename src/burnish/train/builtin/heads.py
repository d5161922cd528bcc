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
from burnish.train.builtin import clipart, export, logistic, matcher, quality_head, split
from burnish.train.builtin.material import Floats, Material, gather

Rows = npt.NDArray[np.int64]
FOLDS = 3
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
    fitted = [matcher.train(material, rows, seed + number) for number in range(matcher.SEEDS)]
    banks = Banks(material, rows, fitted)
    quality, figures = quality_head.build(material, Language(out / "text.onnx", out / "tokenizer.json"), seed)
    figures["match_weights"] = calibrate(material, rows, seed)
    figures["match_least_confidence"] = LEAST_CONFIDENCE
    figures["quality_least_confidence"] = LEAST_CONFIDENCE
    figures["seed"] = seed
    export.image_head(fitted, material.labels, banks.captions, out / "image_head.onnx")
    export.text_head(quality, material.labels, banks.pictures, banks.labels, out / "text_head.onnx")
    (out / "figures.json").write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
    return manifest.seal(out)


class Banks:
    """Pictures and captions of the train split that every similarity is compared to."""

    def __init__(self, material: Material, rows: Rows, heads: list[Any]) -> None:
        """`BANK` rows, spread evenly: `pictures` (BANK, 384), `captions` (BANK, 384), `labels` (BANK, 5) indices."""
        spread = rows[np.linspace(0, len(rows) - 1, min(BANK, len(rows))).astype(np.int64)]
        self.pictures = matcher.embed(heads, material, spread)
        self.captions = material.embeddings[[material.captions[row][0] for row in spread]]
        self.labels = best_labels(material.logits[0][spread])


def best_labels(logits: Floats) -> Rows:
    """(n, 1000) -> the LABELS_USED best label indices of each row."""
    return np.argsort(-logits, axis=1, kind="stable")[:, : calibration.LABELS_USED]


def calibrate(material: Material, rows: Rows, seed: int) -> list[float]:
    """Weights of the clues, from pairs whose heads never saw the picture nor its look-alikes (three-fold)."""
    titles = {material.arts[row].stem: material.arts[row].title for row in rows}
    members = split.groups(titles, material.features[0][rows])
    place = {stem: fold_of(root) for root, stems in members.items() for stem in stems}
    folds = np.array([place[material.arts[row].stem] for row in rows])
    inputs, good = [], []
    for fold in range(FOLDS):
        inside, outside = rows[folds != fold], rows[folds == fold]
        heads = [matcher.train(material, inside, seed)]
        found, right = pair_clues(material, outside, heads, Banks(material, inside, heads), seed)
        inputs.append(found)
        good.append(right)
    return logistic.fit(np.concatenate(inputs), np.concatenate(good))


def fold_of(root: str) -> int:
    """The fold of a group, from a hash of its first stem."""
    return split.percent(f"fold {root}") % FOLDS


def pair_clues(
    material: Material, rows: Rows, heads: list[Any], banks: Banks, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Clues of right pairs and of random wrong ones (another caption, not a synonym): (n, CLUES) and whether right."""
    rng = np.random.default_rng(seed)
    pictures = matcher.embed(heads, material, rows)
    first = np.array([material.captions[row][0] for row in rows])
    texts = material.embeddings[first]
    labels = best_labels(material.logits[0][rows])
    tops = top_probability(material.logits[0][rows])
    found, right = [], []
    for index in range(len(rows)):
        others = rng.integers(len(rows), size=3 * NEGATIVES)
        wrong = [int(o) for o in others if float(texts[o] @ texts[index]) < matcher.SYNONYM_COSINE][:NEGATIVES]
        for other in [index, *wrong]:
            found.append(_clues(material, banks, pictures[index], texts[other], labels[index], float(tops[index])))
            right.append(other == index)
    return np.array(found), np.array(right)


def top_probability(logits: Floats) -> Floats:
    """Softmax of the best label: (n, 1000) -> (n,)."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(1.0 / shifted.sum(axis=1), np.float32)


def _clues(material: Material, banks: Banks, picture: Floats, text: Floats, labels: Rows, top: float) -> list[float]:
    by_text, by_image = banks.pictures @ text, banks.captions @ picture
    cosines = material.labels @ text
    by_label = cosines[banks.labels].max(axis=1)
    return calibration.clues(
        similarity=float(picture @ text),
        text_bank=(float(by_text.mean()), float(by_text.std())),
        image_bank=(float(by_image.mean()), float(by_image.std())),
        label_cosine=float(cosines[labels].max()),
        label_bank=(float(by_label.mean()), float(by_label.std())),
        top_probability=top,
    )
