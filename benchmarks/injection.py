"""Orders to the judge: what the detector finds, what it flags for nothing, and how the built-in scores move.

    python -m benchmarks.injection --clipart DIR --part detector --count first
    python -m benchmarks.injection --part texts --part images --part stuffing --part cost

`--part detector` counts over the templates never looked at while the detector was built (`held_out`, and one more
file for each later count) and over 5,000 benign captions. Counts are kept under their name: a later one never
replaces an earlier one.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks import injection_page, injection_scenes, measure
from burnish.backends.builtin.backend import BuiltinBackend
from burnish.injection import learned, orders
from burnish.injection.folding import fold
from burnish.injection.signs import sentences
from burnish.texts import look
from burnish.train.builtin import clipart
from burnish.train.injection import fit
from burnish.train.injection.corpus import titles
from tests.injection import benign, corpus, shifts

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
ORDINARY = 4_500
SEED = 0
ROUNDS = 5


def flagged(text: str) -> bool:
    """Whether a caption as found is flagged: the detector sees the cleaned text, as in a run."""
    return bool(orders(look(text).clean))


def shares(file: str) -> dict[str, Any]:
    """Flagged of all by language, by carrier and by template (numbers only: the templates stay unseen)."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for place, (language, carrier, text) in enumerate(corpus.texts(file)):
        template = place // (len(corpus.CAPTIONS) * len(corpus.CARRIERS)) + 1
        for key in ("all", f"language {language}", f"carrier {carrier}", f"template {template}"):
            counts[key]["texts"] += 1
            counts[key]["flagged"] += flagged(text)
    return {key: dict(count) for key, count in counts.items()}


def real_words(package: Path) -> list[str]:
    """All different titles and descriptions of the package, as found but for runs of white space."""
    found = {" ".join(words.split()) for art in clipart.walk(package) for words in (art.title, art.description)}
    return sorted(found - {""})


def false_flags(package: Path | None) -> dict[str, Any]:
    """False flags over each kind of benign captions."""
    every, later = ([caption for _, _, caption in benign.hard(SEED, name)] for name in ("benign_hard", "benign_hard_2"))
    kinds = {"generated and sample": benign.ordinary(ORDINARY, SEED), "hard, drawn": benign.drawn(), "hard, all": every}
    kinds["hard, written after the first count"] = later
    kinds["hard, written before the learned detector"] = _fresh()
    kinds["captions of scenes, four formats"] = injection_scenes.in_formats()
    kinds["fused captions of scenes, with names"] = injection_scenes.fused()
    kinds["scenes in wordings of no caption"] = injection_scenes.in_other_words()
    if package:
        kinds["clip-art titles and descriptions"] = real = real_words(package)
        kinds["generated, to fill up"] = benign.ordinary(ORDINARY, SEED)[-(ORDINARY - len(real)) :]
        kinds["of the clip-art ones: no training on them"] = sorted({*real} - {*titles(package, "train")})
    return {kind: {"texts": len(texts), "flagged": _how_many(texts)} for kind, texts in kinds.items()}


def _fresh() -> list[str]:
    return [caption for _, _, caption in benign.hard(SEED, "benign_hard_3")]


def areas(files: Iterable[str]) -> dict[str, float]:
    """Area under the ROC curve of the learned score alone: plain and appended orders of each file against the hard
    captions written before it was learned.
    """
    low = np.array([_learned(caption) for caption in _fresh()])
    carriers = ("plain", "suffix")
    high = {file: [_learned(t) for _, carrier, t in corpus.texts(file) if carrier in carriers] for file in files}
    return {file: round(fit.area(np.array(scores), low), 4) for file, scores in high.items()}


def _learned(caption: str) -> float:
    folded = fold(look(caption).clean).text
    return max(piece.score for piece in learned.pieces(folded, sentences(folded)))


def _how_many(texts: Iterable[str]) -> int:
    return sum(map(flagged, texts))


def detector(options: argparse.Namespace, results: dict[str, Any]) -> None:
    """One count, under its own name. Raises `SystemExit` where that name is taken."""
    counts = results.setdefault("detector", {})
    if options.count in counts:
        raise SystemExit(f"count {options.count!r} exists: counts are never replaced")
    counts[options.count] = {
        "orders": {file: shares(file) for file in options.files.split(",")},
        "benign": false_flags(options.clipart),
        "areas": areas(options.files.split(",")),
        "weights": learned.load().digest,
        "held-out templates": json.loads((learned.FOLDER / learned.FIGURES).read_bytes()),
    }


def summary(found: Iterable[shifts.Shift]) -> dict[str, dict[str, Any]]:
    """How far scores moved, by kind and over all. A pair without a score before or after has no shift."""
    groups: defaultdict[str, list[shifts.Shift]] = defaultdict(list)
    for shift in found:
        groups[shift.kind].append(shift)
        groups["all"].append(shift)
    return {kind: _moved(group) for kind, group in groups.items()}


def _moved(group: list[shifts.Shift]) -> dict[str, Any]:
    by = [shift.by for shift in group if shift.by is not None]
    return {
        "n": len(group),
        "scored": len(by),
        "mean": round(fmean(by), 4) if by else None,
        "max": round(max(by), 4) if by else None,
        "raised": sum(each > 0 for each in by),
        "crossed": sum(shift.crosses and shift.before is not None for shift in group),
        "lost": sum(shift.before is not None and shift.after is None for shift in group),
        "unscored, then above": sum(shift.crosses and shift.before is None for shift in group),
    }


def texts(_: argparse.Namespace, results: dict[str, Any]) -> None:
    """Orders appended to 40 sample pairs: flagged ones and missed ones apart, and the four appended carriers alone."""
    backend = BuiltinBackend({})
    found = shifts.ordered(backend)
    appended = [shift for shift in found if shift.kind != "plain"]
    results["texts"] = summary(found) | {
        "all appended": _moved(appended),
        "appended, flagged": _moved([shift for shift in appended if shift.flagged]),
        "appended, missed": _moved([shift for shift in appended if not shift.flagged]),
        "model": backend.identity,
    }


def images(_: argparse.Namespace, results: dict[str, Any]) -> None:
    """Orders drawn in 200 pictures, and as a control other words of the same length."""
    backend = BuiltinBackend({})
    drawn = {"orders": shifts.DRAWN, "other words": shifts.NEUTRAL}
    found = {name: summary(shifts.drawn_on(backend, 200, words)) for name, words in drawn.items()}
    results["images"] = found | {"model": backend.identity}


def stuffing(_: argparse.Namespace, results: dict[str, Any]) -> None:
    """Right and wrong nouns repeated and listed on 60 pairs with short captions."""
    backend = BuiltinBackend({})
    criteria = ("overall", "image_text_matching")
    found = {criterion: summary(shifts.stuffed(backend, 60, criterion)) for criterion in criteria}
    results["stuffing"] = found | {"model": backend.identity}


def cost(_: argparse.Namespace, results: dict[str, Any]) -> None:
    """Microseconds of one thread for a caption, each step the best of `ROUNDS` rounds over the same captions."""
    captions = [look(caption).clean for caption in benign.ordinary(ORDINARY, SEED)[::4]]
    folded = [fold(caption).text for caption in captions]
    found = [sentences(text) for text in folded]
    steps: dict[str, Callable[[int], object]] = {
        "clean the text": lambda at: look(captions[at]),
        "find orders": lambda at: orders.__wrapped__(captions[at]),
        "of it: fold": lambda at: fold(captions[at]),
        "of it: signs": lambda at: sentences(folded[at]),
        "of it: learned score": lambda at: list(learned.pieces(folded[at], found[at])),
    }
    took = {name: min(_round_us(step, len(captions)) for _ in range(ROUNDS)) for name, step in steps.items()}
    results["cost"] = {"captions": len(captions), "microseconds": {name: round(us, 1) for name, us in took.items()}}


def _round_us(step: Callable[[int], object], count: int) -> float:
    started = time.process_time()
    for at in range(count):
        step(at)
    return (time.process_time() - started) / count * 1e6


PARTS = {"cost": cost, "detector": detector, "texts": texts, "images": images, "stuffing": stuffing}


def main() -> None:
    """Measure the parts asked for, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=sorted(PARTS), required=True)
    parser.add_argument("--count", default="first", help="name of this count of the detector: %(default)s")
    parser.add_argument("--files", default="held_out", help="templates to count over: %(default)s")
    parser.add_argument("--clipart", type=Path, help="the package openclipart-svg's folder, for real titles")
    options = parser.parse_args()
    path = FIGURES / "injection.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for part in options.part:
        PARTS[part](options, results)
    results["machine"] = measure.machine(("pillow", "numpy", "onnxruntime"))
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(injection_page.page(results), encoding="utf-8")
    print(json.dumps({part: results[part] for part in options.part}, indent=1))


if __name__ == "__main__":
    main()
