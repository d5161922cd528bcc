"""Is a mix of AltText and synthetic captions better than either alone? A proxy CLIP, trained at nine shares of each.

    python -m benchmarks.hybrid_sweep --clipart DIR --work DIR [--seeds 5] [--worlds clipart,scenes] [--captioner MODEL]

Writes docs/figures/hybrid_sweep.json, .md and .svg. What was rendered, captioned, looked at, read and trained stays in
the work folder: a stopped sweep goes on at the training where it was (`benchmarks.hybrid_kept`).

Two worlds: real clip art with the titles it was found with (`benchmarks.hybrid_clipart`), and generated scenes with
captions as bad as asked (`benchmarks.hybrid_scenes`). In each, for each kind of synthetic caption, the AltText has a
share of the draws, made by `burnish.mixing` anew in each of `EPOCHS` epochs; all runs have the same pictures and the
same number of steps of the same proxy. A seed is that of the mix, of the weights and of the order. The control trains
on AltText given to other pictures.

The figure is a recall, the mean of both directions and of both exams: at 5 for clip art, at 1 for scenes, whose
recall at 5 is .9 on the trials. It, the shares and the rules of the exams were set before an exam was looked at; the
proxy was made small enough to be quick and not tuned. The best share inside is chosen on the trials and compared on the
exams.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import hybrid_clipart, hybrid_kept, hybrid_page, hybrid_scenes
from benchmarks.hybrid_kept import Hits, Run
from benchmarks.hybrid_world import Arm, World
from benchmarks.measure import machine
from burnish import proxy as proxies
from burnish.arms import compare, lessons
from burnish.arms.exam import Exam
from burnish.evals import retrieval
from burnish.mixing import foresee, reading
from burnish.mixing.mixture import Mixture
from burnish.proxy import Epoch, Proxy
from burnish.train.builtin import clipart

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
SHARES = (0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0)
EPOCHS = 4
PROXY = "frozen_towers"
ALONE, CONTROL = "AltText", "shuffled"


def mixture(arm: Arm, share: float, seed: int) -> Mixture:
    """AltText in `share` of the draws, the arm's captions in the others; whoever lacks one trains with the other."""
    other = f", {json.dumps(arm.role)} = {1 - share:g}" if share < 1 else ""
    missing = json.dumps([arm.role, "alt"])
    return reading.bind(
        reading.parse(
            f"seed = {seed}\nexact = false\n[groups.all]\nmissing = {missing}\nroles = {{ alt = {share:g}{other} }}\n",
            "hybrid_sweep",
        ),
        [str(arm.path)],
    )


def one_seed(world: World, proxy: Proxy, work: Path, seed: int) -> dict[tuple[str, float], Run]:
    """Every arm at every share, by (arm, share), and the control; what is kept in `work` is not trained again.

    AltText alone is the same for all arms, and done once.
    """
    shared = hybrid_kept.about(proxy, world.gallery, (*world.exams, *world.trials), world.cut)

    def run(epochs: Sequence[Epoch]) -> Run:
        told = hybrid_kept.of(shared, epochs, seed)
        return hybrid_kept.trained(work, told, partial(_run, world, proxy, epochs, seed))

    found = {}
    for arm in world.arms:
        for share in SHARES[:-1]:
            found[arm.name, share] = run(_lessons(world, mixture(arm, share, seed)))
    alone = _lessons(world, mixture(world.arms[0], 1.0, seed))
    found[ALONE, 1.0] = run(alone)
    found[CONTROL, 1.0] = run(lessons.shuffled(alone, seed))
    return found


def _lessons(world: World, mixed: Mixture) -> tuple[Epoch, ...]:
    return lessons.epochs(mixed, _read(mixed), world.gallery.rows, EPOCHS)


_READ: dict[str, lessons.Reading] = {}


def _read(mixed: Mixture) -> lessons.Reading:
    """Each source is read once for all its mixtures."""
    (path,) = [rule.path for _, _, rule in mixed.entries()]
    if path not in _READ:
        _READ[path] = lessons.read(mixed)
    return _READ[path]


def _run(world: World, proxy: Proxy, epochs: Sequence[Epoch], seed: int) -> Run:
    student = proxy.train(world.gallery.seen, epochs, seed)

    def sat(exams: Sequence[Exam]) -> tuple[float, dict[str, dict[str, float]], Hits]:
        places = [(exam, exam.sit(student, world.gallery.seen)) for exam in exams]
        told = {exam.name: retrieval.measures(ranks) for exam, ranks in places}
        hits = [hit for exam, ranks in places for hit in exam.found(ranks, world.cut)]
        return float(np.mean([one[f"r{world.cut}"] for one in told.values()])), told, hits

    exam, measures, hits = sat(world.exams)
    return Run(trial=sat(world.trials)[0], exam=exam, measures=measures, hits=hits)


def swept(world: World, proxy: Proxy, work: Path, seeds: Sequence[int], jobs: int) -> dict[str, Any]:
    """All arms of a world at all shares, `jobs` seeds at a time."""
    started = time.monotonic()
    first = one_seed(world, proxy, work, seeds[0])  # the others get a proxy that knows the texts
    hybrid_kept.wrote(work, proxy)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        by_seed = [first, *pool.map(partial(one_seed, world, proxy, work), seeds[1:])]
    arms = {}
    for arm in world.arms:
        keys = {share: (arm.name, share) if share < 1 else (ALONE, 1.0) for share in SHARES}
        points = {share: [runs[key] for runs in by_seed] for share, key in keys.items()}
        arms[arm.name] = {
            "what": arm.what,
            "points": [_point(arm, share, found) for share, found in points.items()],
            "inside": _inside(world, points),
        }
    return {
        "what": world.what,
        "cut": world.cut,
        "facts": world.facts,
        "exams": {exam.name: _size(exam) for exam in world.exams},
        "trials": {exam.name: _size(exam) for exam in world.trials},
        "chance": float(np.mean([exam.chance(world.cut) for exam in world.exams])),
        "shuffled": _rounded(compare.spread([runs[CONTROL, 1.0].exam for runs in by_seed])),
        "arms": arms,
        "runs": len(seeds) * (len(world.arms) * (len(SHARES) - 1) + 2),
        "seconds": round(time.monotonic() - started),
        "jobs": jobs,
    }


def _size(exam: Exam) -> dict[str, int]:
    return {"pictures": len(exam.texts), "texts": len(retrieval.labels(exam.texts)[0])}


def _point(arm: Arm, share: float, found: Sequence[Run]) -> dict[str, Any]:
    got = [one.got for one in foresee(mixture(arm, share, 0)).shares if one.name == "alt"]
    names = found[0].measures
    return {
        "share": share,
        "share_got_seed_0": round(got[0], 4),
        **_rounded(compare.spread([run.exam for run in found])),
        "seeds": [round(run.exam, 4) for run in found],
        "trial": round(float(np.mean([run.trial for run in found])), 4),
        "measures": {
            exam: {key: round(float(np.mean([run.measures[exam][key] for run in found])), 4) for key in names[exam]}
            for exam in names
        },
    }


def _inside(world: World, points: dict[float, list[Run]]) -> dict[str, Any]:
    """The share inside that is best on the trials, against the end that is better on the exams: on the exams."""
    best = max(SHARES[1:-1], key=lambda share: np.mean([run.trial for run in points[share]]))
    end = max((SHARES[0], SHARES[-1]), key=lambda share: np.mean([run.exam for run in points[share]]))
    gain = compare.difference([run.exam for run in points[best]], [run.exam for run in points[end]])
    members = [groups for exam in world.exams for groups in exam.members()]
    gaps = [
        np.mean([run.hits[at] for run in points[best]], axis=0) - np.mean([run.hits[at] for run in points[end]], axis=0)
        for at in range(len(members))
    ]
    low, high = compare.bootstrap(list(zip(gaps, members, strict=True)))
    return {
        "best_share": best,
        "better_end": end,
        "gain": _rounded(gain),
        "gain_over_exam_pictures": [round(low, 4), round(high, 4)],
    }


def _rounded(found: compare.Spread) -> dict[str, float]:
    return {key: round(value, 4) for key, value in asdict(found).items()}


WORLDS = ("clipart", "scenes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clipart", type=Path, default=clipart.DEFAULT_CLIPART)
    parser.add_argument("--work", type=Path, required=True, help="keep what is rendered and captioned here")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1, help="seeds at a time, each in a process")
    parser.add_argument("--worlds", default=",".join(WORLDS))
    parser.add_argument("--captioner", type=Path, help="a model of tools.train_tiny_captioner, as an arm of scenes")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    proxy = hybrid_kept.read(options.work, proxies.load(PROXY))
    path = FIGURES / "hybrid_sweep.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"worlds": {}}
    for name in options.worlds.split(","):
        made = hybrid_clipart.world(options.clipart, options.work, proxy) if name == "clipart" else None
        world = made or hybrid_scenes.world(options.work, proxy, options.captioner)
        found["worlds"][world.name] = {
            **swept(world, proxy, options.work, range(options.seeds), options.jobs),
            "proxy": proxy.identity,
            "seeds": options.seeds,
            "machine": machine(["numpy", "torch", "onnxruntime"]),
        }
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    FIGURES.joinpath("hybrid_sweep.md").write_text(hybrid_page.page(found), encoding="utf-8")
    FIGURES.joinpath("hybrid_sweep.svg").write_text(hybrid_page.plot(found), encoding="utf-8")


if __name__ == "__main__":
    main()
