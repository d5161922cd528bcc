"""The same seed makes the same weights to the byte, and what was trained loads and judges."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the train extra")

from burnish.backends.builtin import calibration, manifest
from burnish.backends.builtin.judge import Judge
from burnish.backends.builtin.language import Language
from burnish.backends.builtin.surface import SURFACE_DIM
from burnish.backends.builtin.vision import session
from burnish.train.builtin import export, heads, matcher, quality_head, split
from burnish.train.builtin.clipart import ClipArt
from burnish.train.builtin.material import Material, assemble

TITLES = (
    "red apple",
    "small house",
    "A black cat",
    "old car",
    "sail boat",
    "green tree",
    "Two birds",
    "Clipart by X - key",
)


@pytest.fixture(scope="module")
def material() -> Material:
    """Noise under real stems: nothing can be learned from it, everything runs."""
    parts = split.load()
    stems = sorted(parts["train"])[:90] + sorted(parts["dev"])[:30]
    rng = np.random.default_rng(0)
    arts = [
        ClipArt(
            stem=stem, path=Path(), title=f"{TITLES[i % 8]} {'abcdefghijklmnop'[i // 8]}x", description="",
            keywords=("thing",), creator="",
        )
        for i, stem in enumerate(stems)
    ]  # fmt: skip
    sizes = ((3, len(arts), 1280), (3, len(arts), 1000), (3, len(arts), 70))
    features, logits, colours = (rng.random(size, dtype=np.float32) for size in sizes)
    language = Language(manifest.FOLDER / "text.onnx", manifest.FOLDER / "tokenizer.json")
    names = (manifest.FOLDER / "labels.txt").read_text().splitlines()
    return assemble(arts, features, logits, colours, language=language, names=names)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_digest(material, tmp_path):
    first = heads.build(material, tmp_path / "first", 1)
    assert heads.build(material, tmp_path / "again", 1) == first
    assert heads.build(material, tmp_path / "other", 2) != first
    assert manifest.file_digests(tmp_path / "first") == manifest.file_digests(tmp_path / "again")
    judge = Judge(tmp_path / "first")
    assert judge.digest == first
    seen, read = judge.look([np.zeros((40, 40, 3), np.uint8)])[0], judge.read(["A black cat"])[0]
    assert 1 <= judge.match(seen, read).value <= 5


def test_what_is_exported_gives_the_clues_of_training(material, tmp_path):
    rows = material.rows("train")
    fitted = [export.rounded(matcher.train(material, rows, seed)) for seed in (1, 2)]
    banks = heads.Banks(material, rows, fitted)
    export.image_head(fitted, material.labels, banks.captions, tmp_path / "image.onnx")
    quality = quality_head.network(matcher.torch_module()).eval()
    export.text_head(quality, material.labels, banks.pictures, banks.classes, tmp_path / "text.onnx")
    held = material.rows("dev")[:1]
    found, right = heads.pair_clues(material, held, fitted, banks, 0)
    row = int(held[0])
    joint, image_bank, probabilities = session(tmp_path / "image.onnx").run(
        None,
        {
            "features": material.features[0][row],
            "logits": material.logits[0][row],
            "colours": material.colours[0][row],
        },
    )
    embedding = material.embeddings[material.captions[row][0]]
    told, text_bank, cosines, label_bank, _ = session(tmp_path / "text.onnx").run(
        None, {"embedding": embedding, "surface": np.zeros(SURFACE_DIM, np.float32)}
    )
    shipped = calibration.clues(
        similarity=float(joint @ told),
        text_bank=float(text_bank),
        image_bank=float(image_bank),
        evidence=calibration.label_ratio(probabilities, cosines, float(label_bank)),
    )
    assert right[0]
    assert shipped == pytest.approx(list(found[0]), abs=0.01)
