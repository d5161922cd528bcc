"""What the built-in model's clues are worth, against those it had before, from the same towers and heads.

    python -m benchmarks.builtin_clues --clipart DIR --stamps DIR --keep DIR --weights DIR DIR DIR

Nothing is trained but a handful of logistic weights. `--weights` are folders as `benchmarks.builtin_model --keep`
leaves them, one a training seed; `--keep` holds the clip art it rendered. Writes docs/figures/builtin_clues.json
and .md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import stamps
from benchmarks.builtin_model import rendered
from benchmarks.measure import machine
from burnish.backends.builtin import calibration, manifest
from burnish.backends.builtin.language import Language
from burnish.backends.builtin.surface import SURFACE_DIM
from burnish.backends.builtin.vision import Vision, session
from burnish.evals import matching
from burnish.train.builtin import clipart, heads, logistic, matcher
from burnish.train.builtin.material import Material

Floats = npt.NDArray[np.float32]
Table = npt.NDArray[np.float64]
FIGURES = Path(__file__).parents[1] / "docs" / "figures"
LABELS_USED = 5  # of a picture, by the earlier clues
MAPPINGS = {"0.8 x logit": (0.8, 0.0), "logit - 0.4": (1.0, -0.4), "logit - 0.8": (1.0, -0.8)}
"""Other readings of the same logits, as slope and offset: they move `ece` alone."""
SHOWN = ("auc_random", "auc_hard", "pair_hard", "ece")
HEAD = """# Two sets of clues from the same towers and heads

Command: `{command}`.
Weights {weights} (three training seeds of the heads); machine {machine}. n: {n}.

The *earlier clues* join two figures of a pair: the matcher's cosine, normalised by its mean and deviation over a bank,
and the best cosine between the text and the names of the picture's five likeliest ImageNet classes, likewise, weighed
by how sure the best class is. The *log ratios*, which ship, replace both by estimates of one thing, how much likelier
text and picture are together than apart:

- *matcher*: {joint:.0f} x cosine, less the log of the mean of exp({joint:.0f} x cosine) over the bank, once over
  pictures, once over texts;
- *classes*: the log of sum p(class) exp({label:.0f} x (cosine of text and name - 1)) over all 1,000 classes, less the
  same for the bank's mean probabilities.

The weights of either are fitted on the {dev} pictures of the dev split, which no head learned from: eight of the
earlier clues, four of the log ratios. Each figure is the mean over the seeds, with its range; the measures are those of
[the built-in model](builtin_model.md). Form and sharpness of the log ratios were chosen on two sets of emoji that took
no part in training. While they were found the stamps were looked at three times; after the second look the probability
of the best class was dropped as a clue of its own (it had cost calibration there).

The last three rows of a table read the shipped logits otherwise. A flatter slope mends nothing. An offset mends the
stamps and spoils clip art about as much, so no one mapping is right for both. Perhaps two stamps are more often of one
kind than two drawings of a library are, so that a wrong text fits them better.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Pictures as the tower sees them, and their captions: row i of all belongs together."""

    features: Floats
    logits: Floats
    colours: Floats
    captions: tuple[str, ...]
    embeddings: Floats


def main() -> None:
    """Everything, from the command line."""
    options = _options()
    material = rendered(options.clipart, options.keep)
    subsets = {"clip art, test split": _part(material, "test"), **_stamps(options.stamps)}
    dev, bank = _part(material, "dev"), _bank(material)
    runs = [_run(folder, dev, bank, subsets) for folder in options.weights]
    figures: dict[str, Any] = {
        "command": "python -m benchmarks.builtin_clues --clipart DIR --stamps DIR --keep DIR --weights DIR DIR DIR",
        "machine": machine(["numpy", "onnxruntime"]),
        "weights": [manifest.load(folder).digest for folder in options.weights],
        "n": {name: len(shown.captions) for name, shown in subsets.items()},
        "n_dev": len(dev.captions),
        "results": {
            name: {
                way: {key: matching.spread([run[name][way][key] for run in runs]) for key in SHOWN}
                for way in runs[0][name]
            }
            for name in subsets
        },
    }
    (FIGURES / "builtin_clues.json").write_text(json.dumps(figures, indent=1) + "\n")
    (FIGURES / "builtin_clues.md").write_text(page(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clipart", type=Path, default=clipart.DEFAULT_CLIPART)
    parser.add_argument("--stamps", type=Path, default=stamps.DEFAULT_STAMPS)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--weights", type=Path, nargs="+", default=[manifest.FOLDER])
    return parser.parse_args()


def _part(material: Material, part: str) -> Shown:
    return _rows(material, material.rows(part))


def _bank(material: Material) -> Shown:
    rows = material.rows("train")
    return _rows(material, rows[np.linspace(0, len(rows) - 1, min(heads.BANK, len(rows))).astype(np.int64)])


def _rows(material: Material, rows: npt.NDArray[np.int64]) -> Shown:
    first = [material.captions[row][0] for row in rows]
    return Shown(
        features=material.features[0][rows],
        logits=material.logits[0][rows],
        colours=material.colours[0][rows],
        captions=tuple(material.texts[index] for index in first),
        embeddings=material.embeddings[first],
    )


def _stamps(folder: Path) -> dict[str, Shown]:
    vision = Vision(manifest.FOLDER / "vision.onnx")
    language = Language(manifest.FOLDER / "text.onnx", manifest.FOLDER / "tokenizer.json")
    kept = {"tuxpaint photos": [], "tuxpaint drawings": []}  # type: dict[str, list[Any]]
    for stamp in stamps.read(folder):
        name = "tuxpaint photos" if stamp.photo else "tuxpaint drawings"
        if stamp.photo or stamp.drawing:
            kept[name].append((vision.view(stamp.pixels), stamp.caption, language.embed(stamp.caption)))
    return {
        name: Shown(
            features=np.stack([view.features for view, _, _ in found]),
            logits=np.stack([view.logits for view, _, _ in found]),
            colours=np.stack([view.colours for view, _, _ in found]),
            captions=tuple(caption for _, caption, _ in found),
            embeddings=np.stack([embedding for _, _, embedding in found]),
        )
        for name, found in kept.items()
    }


@dataclass(frozen=True, slots=True)
class Trained:
    """One weights folder: what its heads say of pictures and texts."""

    folder: Path

    def pictures(self, shown: Shown) -> dict[str, Table]:
        """The image head's outputs, one row a picture."""
        head = session(self.folder / "image_head.onnx")
        names = [output.name for output in head.get_outputs()]
        rows = [
            head.run(None, {"features": features, "logits": logits, "colours": colours})
            for features, logits, colours in zip(shown.features, shown.logits, shown.colours, strict=True)
        ]
        return {name: np.array([row[at] for row in rows], np.float64) for at, name in enumerate(names)}

    def texts(self, shown: Shown) -> dict[str, Table]:
        """The text head's outputs, one row a text."""
        head = session(self.folder / "text_head.onnx")
        names = [output.name for output in head.get_outputs()]
        blank = np.zeros(SURFACE_DIM, np.float32)
        rows = [head.run(None, {"embedding": each, "surface": blank}) for each in shown.embeddings]
        return {name: np.array([row[at] for row in rows], np.float64) for at, name in enumerate(names)}


def earlier(seen: Mapping[str, Table], read: Mapping[str, Table], bank: Mapping[str, Table]) -> list[Table]:
    """The clues before the log ratios, of every picture with every text: eight tables (pictures, texts)."""
    cosine = seen["joint"] @ read["joint"].T
    names = read["cosines"].T
    by_text = _normalised(cosine, bank["joint"] @ read["joint"].T, 0)
    by_image = _normalised(cosine, seen["joint"] @ bank["texts"].T, 1)
    by_label = _normalised(_named(seen["probabilities"], names), _named(bank["probabilities"], names), 0)
    top = np.broadcast_to(seen["probabilities"].max(axis=1)[:, None], cosine.shape)
    sure = (by_label * np.minimum(1, top / 0.3), by_label * np.maximum(0, top - 0.3))
    return [np.ones_like(cosine), by_text, by_image, cosine, by_label, *sure, top]


def _named(probabilities: Table, names: Table) -> Table:
    """The best cosine of each text to a picture's likeliest classes: (pictures, texts), by `names` (1000, texts)."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :LABELS_USED]
    return np.stack([names[row].max(axis=0) for row in best])


def _normalised(value: Table, bank: Table, axis: int) -> Table:
    mean, deviation = bank.mean(axis=axis, keepdims=True), bank.std(axis=axis, keepdims=True)
    return np.asarray(np.clip((value - mean) / np.maximum(1e-6, deviation), -4, 6))


def ratios(seen: Mapping[str, Table], read: Mapping[str, Table], bank: Mapping[str, Table]) -> list[Table]:
    """The shipped clues, `calibration.clues` of every picture with every text: CLUES tables (pictures, texts).

    `bank` holds `joint`, `texts` and `probabilities` of the train split's pictures and captions.
    """
    cosine = calibration.JOINT_SHARPNESS * seen["joint"] @ read["joint"].T
    over_pictures = np.log(np.exp(calibration.JOINT_SHARPNESS * bank["joint"] @ read["joint"].T).mean(axis=0))
    over_texts = np.log(np.exp(calibration.JOINT_SHARPNESS * bank["texts"] @ seen["joint"].T).mean(axis=0))
    near = np.exp(calibration.LABEL_SHARPNESS * (read["cosines"].T - 1))
    usual = bank["probabilities"].mean(axis=0) @ near
    classes = np.log(seen["probabilities"] @ near / usual[None] + 1e-6)
    return [np.ones_like(cosine), cosine - over_pictures[None], cosine - over_texts[:, None], classes]


def fitted(tables: Sequence[Table], embeddings: Floats, seed: int = 0) -> list[float]:
    """Weights of the clues from right pairs (the diagonal) and random wrong ones of a held-out set."""
    rng = np.random.default_rng(seed)
    clues = np.stack(tables, axis=-1)
    cosines = embeddings @ embeddings.T
    found, right = [], []
    for row in range(len(clues)):
        drawn = rng.integers(len(clues), size=3 * heads.NEGATIVES)
        wrong = [int(each) for each in drawn if cosines[row, each] < matcher.SYNONYM_COSINE][: heads.NEGATIVES]
        found.append(clues[row, [row, *wrong]])
        right += [True] + [False] * len(wrong)
    return logistic.fit(np.concatenate(found), np.array(right))


def _run(folder: Path, dev: Shown, bank: Shown, subsets: Mapping[str, Shown]) -> dict[str, dict[str, dict[str, float]]]:
    trained = Trained(folder)
    base = trained.pictures(bank) | {"texts": bank.embeddings.astype(np.float64)}
    shown, said = trained.pictures(dev), trained.texts(dev)
    before = fitted(earlier(shown, said, base), dev.embeddings)
    after = fitted(ratios(shown, said, base), dev.embeddings)
    return {
        name: {way: _measured(table, subset) for way, table in _ways(trained, subset, base, before, after).items()}
        for name, subset in subsets.items()
    }


def _ways(
    trained: Trained, shown: Shown, base: Mapping[str, Table], before: Sequence[float], after: Sequence[float]
) -> dict[str, Table]:
    """What each way of reading says, as logits (pictures, texts); the parts of each alone as well."""
    seen, read = trained.pictures(shown), trained.texts(shown)
    old, new = earlier(seen, read, base), ratios(seen, read, base)
    return {
        "earlier clues": _joined(old, before),
        "log ratios": _joined(new, after),
        "earlier, matcher alone": old[1],
        "log ratio, matcher alone": new[1],
        "earlier, classes alone": old[4],
        "log ratio, classes alone": new[3],
        **{f"log ratios, {name}": slope * _joined(new, after) + offset for name, (slope, offset) in MAPPINGS.items()},
    }


def _joined(tables: Sequence[Table], weights: Sequence[float]) -> Table:
    return np.asarray(sum(weight * table for weight, table in zip(weights, tables, strict=True)), np.float64)


def _measured(logits: Table, shown: Shown) -> dict[str, float]:
    chances = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    found = matching.measures(chances, shown.embeddings.astype(np.float64), shown.captions)
    return {key: found[key] for key in SHOWN}


def page(figures: Mapping[str, Any]) -> str:
    """The figures for people. One clue alone is no probability: no `ece` there."""
    head = HEAD.format(
        command=figures["command"], weights=", ".join(digest[:12] for digest in figures["weights"]),
        machine=figures["machine"], n=figures["n"], dev=figures["n_dev"], joint=calibration.JOINT_SHARPNESS,
        label=calibration.LABEL_SHARPNESS,
    )  # fmt: skip
    lines = [head]
    for name, ways in figures["results"].items():
        lines += [f"## {name}", "", f"| | {' | '.join(SHOWN)} |", "|---|" + "---|" * len(SHOWN)]
        for way, measures in ways.items():
            told = ["" if key == "ece" and way.endswith("alone") else _told(measures[key]) for key in SHOWN]
            lines.append(f"| {way} | {' | '.join(told)} |")
        lines.append("")
    return "\n".join(lines)


def _told(value: Mapping[str, float]) -> str:
    return f"{value['mean']:.3f} ({value['low']:.3f}-{value['high']:.3f})"


if __name__ == "__main__":
    main()
