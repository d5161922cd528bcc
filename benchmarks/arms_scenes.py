"""Generated scenes whose truth is known, their alt texts spoilt as the web spoils them: worlds of `benchmarks.arms`.

`NOISE` of the alt texts are spoilt (partly true, of another picture, cut off, a file name, advertising, boilerplate, in
another language), and some of the others quote a sign that is not there. Four models mend and caption the same
pictures: the built-in one, which cannot write, with captions by an oracle that errs in a tenth; and that oracle alone,
faultless and erring in 10 and 20 % of what it does: of its scores, of the sentences it writes (an object that is not
there), and of its rewrites (something true lost). An oracle stands for a good multimodal model, of known badness.
What the built-in model judged is kept under its identity: another model judges anew.
Exams are the truth of other scenes, worded as an honest editor would leave the alt text, and as captions are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.arms_world import World
from burnish import api
from burnish.arms import asked
from burnish.backends.builtin.backend import BuiltinBackend
from burnish.backends.oracle import OracleBackend
from burnish.scenes import compose, writing

NOISE = 0.6
TRAINED, ASKED = (2_000, 41), (600, 42)
"""Pictures and seed of each part."""
SIZES = (500, 1_000, 2_000)
FAULT = 0.1
FAULTS = (0.0, FAULT, 0.2)
"""Of the oracles that mend alone."""
BUDGET = {"max_inserted": 60, "max_changed": 1.0}
"""What a rewrite may change: enough to replace a text that is wholly wrong."""
FROZEN, SCRATCH = {"frozen_towers": 1}, {"tiny_clip": 5, "tiny_captioner": 5}
"""Proxies and their figures, recall at how many. Those from scratch train on the oracle alone that errs in a tenth: one
training takes as long as several of frozen towers. Their figure was at 1 as well, until a first count with `tiny_clip`
found it at the floor there (0.6 % of the texts as found, chance 0.2 %); the count at 1 stands in the figures too.
"""
WORDINGS = ("caption_repaired", "caption_ssc")


def worlds(work: Path, only: str = "") -> Iterator[World]:
    """Those whose names hold `only`, everything made in `work`, once."""
    source = _scenes(work / "scenes", *TRAINED)
    exam = _scenes(work / "scenes-asked", *ASKED, noise=0.0)
    exams = asked.read([f"{name}={exam}" for name in WORDINGS])
    faulty = sum(compose.scene(TRAINED[1], number, NOISE).alt.kind != "clean" for number in range(TRAINED[0]))
    what = f"{faulty / TRAINED[0]:.0%} of alt texts spoilt"
    made: dict[str, tuple[Callable[[], Path], float | None]] = {
        "built-in model": (lambda: by_built_in(work, _captioned(work, source, FAULT)), None),
        **{f"oracle, {fault:.0%} faults": (partial(_by_oracle, work, source, fault), fault) for fault in FAULTS},
    }
    for name, (output, fault) in made.items():
        if only not in f"scenes, {name}":
            continue
        yield World(
            name=f"scenes, {name}",
            what=f"{what}; judged and mended by: {name}",
            output=output(),
            exams=exams,
            sizes=SIZES,
            caption="ssc",
            proxies=FROZEN | SCRATCH if fault == FAULT else FROZEN,
            fault=fault,
        )


def _scenes(folder: Path, pairs: int, seed: int, noise: float = NOISE) -> Path:
    if not folder.exists():
        made = folder.with_suffix(".made")
        writing.write(made, pairs, seed, noise)
        made.rename(folder)
    return folder


def _oracle(source: Path, fault: float) -> OracleBackend:
    faults = dict.fromkeys(("error", "hallucinate", "stray"), f"{fault:g}")
    return OracleBackend({"truth": str(source), **faults})


def _captioned(work: Path, source: Path, fault: float) -> Path:
    output = work / f"scenes-captioned-{fault:g}"
    rules = {"formats": "ssc", "check": False}
    api.enhance(source, output, backend=_oracle(source, fault), recipe="recaption", recaption=rules, workers=1)
    return output


def _by_oracle(work: Path, source: Path, fault: float) -> Path:
    """First captions, then scores and rewrites of the alt texts: the last run's scores are the ones that count."""
    output = work / f"scenes-oracle-{fault:g}"
    captioned = _captioned(work, source, fault)
    api.enhance(captioned, output, backend=_oracle(source, fault), rewrite=BUDGET, workers=1)
    return output


def by_built_in(work: Path, captioned: Path) -> Path:
    """What the built-in model of this version made of them, in a folder of its own."""
    output = work / f"scenes-{BuiltinBackend({}).identity}"
    api.enhance(captioned, output, workers=1)
    return output
