"""Generated scenes whose truth is known, with alt texts of known faults and an oracle for captioner: a world of
`hybrid_sweep` in which the captioner's faults can be set.

`NOISE` of the alt texts are spoilt (partly true, of another picture, cut off, a file name, advertising, boilerplate, in
another language), and some of the others quote a sign that is not there. The captioner says what is there in one
sentence (format ssc); in the share of captions that its name tells, one of the objects is another. Exams ask for true
texts, half of them worded as clean alt texts are, half as the captioner words them, so that neither side's manner has
the better of it. A captioner that was really trained can be one more arm.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from benchmarks import hybrid_kept
from benchmarks.hybrid_world import Arm, World
from burnish import api
from burnish.arms.exam import Exam
from burnish.arms.gallery import Gallery
from burnish.backends.oracle import OracleBackend
from burnish.proxy import Proxy
from burnish.scenes import captions, compose, truth, writing

FAULTS = (0.0, 0.4, 0.8)
NOISE = 0.6
TRAINED, ASKED, TRIED = (2_000, 41), (600, 42), (300, 43)
"""Pictures and seed of each part."""


def world(work: Path, proxy: Proxy, captioner: Path | None = None) -> World:
    """Everything made in `work`, once. `captioner`: a trained model, an arm beside the oracle's."""
    source, exam, trial = (_scenes(work / f"scenes-{seed}", pairs, seed) for pairs, seed in (TRAINED, ASKED, TRIED))
    arms = tuple(_arm(work, source, fault) for fault in FAULTS)
    if captioner:
        arms = (*arms, _trained(work, source, captioner))
    seen = hybrid_kept.looked(work, [source, exam, trial], proxy)
    return World(
        name="scenes",
        what=f"{_spoilt(*TRAINED) / TRAINED[0]:.0%} of alt texts faulty",
        arms=arms,
        gallery=seen,
        exams=_exams(exam, seen),
        trials=_exams(trial, seen),
        cut=1,
        facts={"training pictures": TRAINED[0], "faulty alt texts": _spoilt(*TRAINED)},
    )


def _scenes(folder: Path, pairs: int, seed: int) -> Path:
    if not folder.exists():
        made = folder.with_suffix(".made")
        writing.write(made, pairs, seed, NOISE)
        made.rename(folder)
    return folder


def _arm(work: Path, source: Path, fault: float) -> Arm:
    output = work / f"scenes-captioned-{fault:g}"
    backend = OracleBackend({"truth": str(source), "hallucinate": f"{fault:g}"})
    api.enhance(source, output, backend=backend, recipe="recaption", recaption={"formats": "ssc", "check": False})
    return Arm(name=f"{fault:.0%} faulty", path=output, role="ssc", what="oracle's captions with a wrong object")


def _trained(work: Path, source: Path, model: Path) -> Arm:
    """About a second a scene on one core, most of it for captions that miss the format at first."""
    output = work / f"scenes-captioned-{model.name}"
    options = {"model": str(model.resolve()), "device": "cpu", "exact": "no"}
    rules = {"formats": "ssc", "check": False}
    api.enhance(
        source, output, backend="transformers", backend_options=options, recipe="recaption", recaption=rules, workers=1
    )
    return Arm(name="trained", path=output, role="ssc", what="a tiny captioner trained on other scenes")


def _exams(source: Path, seen: Gallery) -> tuple[Exam, ...]:
    known = list(truth.scenes(str(source)))
    rows = np.array([seen.rows[xxhash.xxh3_128_hexdigest(pair.image)] for pair, _ in known], np.int64)
    told: dict[str, Any] = {"as alt texts": captions.plain, "as captions": captions.ssc}
    return tuple(
        Exam(name=name, pictures=rows, texts=tuple(say(scene) for _, scene in known), groups=rows)
        for name, say in told.items()
    )


def _spoilt(pairs: int, seed: int) -> int:
    return sum(compose.scene(seed, number, NOISE).alt.kind != "clean" for number in range(pairs))
