"""AITQE's ablation in the small: do negatives help the judge, and does each half help the other? (arXiv 2410.16166)

    python -m tools.train_tiny_captioner CAPTIONER --seed 0       # the base; once
    python -m benchmarks.ablation CAPTIONER --work WORK --clipart /usr/share/openclipart
                                  [--seeds 3] [--steps 120] [--only rules-both-0 ...] [--page]

{no negatives, negatives by rule, negatives by a teacher} x {scores and rewrites, scores only, rewrites only} x seeds:
each cell is one fine-tuning of the same base, of equally many steps on equally large batches, through `burnish
negatives` and `burnish train enhancer`; then it is asked through the chat backend about scenes that no cell learnt
from, and with `--clipart` about real titles of real drawings (`benchmarks.enhancer_clipart`), beside the base and the
built-in model. The teacher is the oracle, so its captions are as good as a teacher's can be. "No negatives" has the raw
pairs only, good and bad, the bad ones with their rewrites. A seed has its own scenes and its own order. A finished cell
lies in WORK/cells-STEPS, what it says of clip art in WORK/clipart-STEPS; neither is done again, and a stopped one goes
on. The page, docs/figures/ablation.{json,md}, is written from whatever there is.

Arms are equal in steps, not in samples: a set without negatives is about half as large and is passed over twice as
often.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import torch

from benchmarks import ablation_page, enhancer_clipart, enhancer_measures, measure
from burnish.backends.builtin.backend import BuiltinBackend
from burnish.evals.trials import Item
from burnish.protocols import Backend
from burnish.train.tuning import run, settings
from tools import train_tiny_enhancer as tiny

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
ARMS = {"none": "", "rules": tiny.RULES, "teacher": "teacher"}
TASKS = {"both": "assess,rewrite", "score": "assess", "rewrite": "rewrite"}
RAW = ("good_raw", "bad_raw")
SCENES, FIRST = 400, 1000
"""To learn from, of each seed; a seed's scenes have the number `FIRST` + seed after the enhancer's own."""
STEPS, SEEDS = 120, 3
TEST_SCENES, TEST_SEED, EDITED = 105, 81, 35
"""Held-out scenes, and of how many of them texts are rewritten (clean and spoilt)."""
SIDE_PX = 192
"""Of the picture that the base's tower takes."""
TUNED = {"rate": 1e-3, "batch": 16, "warmup": 0.05, "device": "cpu", "side_px": SIDE_PX, "tower": True}
HOW = {"save_every": 40, "held_out": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One training."""

    arm: str
    tasks: str
    seed: int

    @property
    def name(self) -> str:
        """In file names and on the command line."""
        return f"{self.arm}-{self.tasks}-{self.seed}"


class Ablation:
    """All cells in one folder of work."""

    def __init__(self, captioner: Path, work: Path, steps: int) -> None:
        self._work, self._steps = work, steps
        self._cells, self._models = work / f"cells-{steps}", work / f"models-{steps}"
        self._clipart = work / f"clipart-{steps}"
        for folder in (self._cells, self._clipart):
            folder.mkdir(parents=True, exist_ok=True)
        tiny.base(captioner, work / "base")

    def cell(self, cell: Cell) -> dict[str, Any]:
        """What a cell is worth; trained now if it has not been."""
        return _once(self._cells / f"{cell.name}.json", lambda: self._trained(cell))

    def untrained(self) -> dict[str, Any]:
        """The base, asked the same."""
        return _once(self._cells / "base.json", lambda: measured(self._work / "base", "both"))

    def clipart(self, cells: Sequence[Cell], asked: Sequence[Item]) -> None:
        """Ask the base, the built-in model and finished `cells` about clip art."""
        for name, tasks in {"base": "both", "builtin": "both", **{cell.name: cell.tasks for cell in cells}}.items():
            told = _once(self._clipart / f"{name}.json", lambda name=name, tasks=tasks: self._told(name, tasks, asked))
            print(json.dumps({name: told}), flush=True)

    def of_clipart(self) -> dict[str, dict[str, Any]]:
        """What there is of it, by name."""
        return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(self._clipart.glob("*.json"))}

    def _told(self, name: str, tasks: str, asked: Sequence[Item]) -> dict[str, Any]:
        folder = self._work / "base" if name == "base" else self._models / name
        backend: Backend = BuiltinBackend({}) if name == "builtin" else enhancer_measures.local(folder, SIDE_PX)
        return enhancer_clipart.measured(backend, asked, judge=tasks != "rewrite", editor=tasks != "score")

    def done(self, cells: Sequence[Cell]) -> dict[str, dict[str, Any]]:
        """Of these cells those that are finished, by name."""
        return {cell.name: self.cell(cell) for cell in cells if (self._cells / f"{cell.name}.json").exists()}

    def _trained(self, cell: Cell) -> dict[str, Any]:
        given = {**TUNED, **HOW, "tasks": TASKS[cell.tasks], "steps": self._steps, "seed": cell.seed}
        model = self._models / cell.name
        job = run.Job(
            role="enhancer",
            samples=str(self._samples(cell.arm, cell.seed)),
            output=model,
            base=str(self._work / "base"),
            settings=settings.build("enhancer", given),
        )
        took = run.run(job, lambda done, of, loss: print(f"{cell.name} {done}/{of} {loss:.3f}", flush=True))
        return {**measured(model, cell.tasks), "learnt": took["samples"]["train"], "loss": took["loss"]}

    def _samples(self, arm: str, seed: int) -> Path:
        """The samples of an arm, made once. What has no negatives is what the rules have, without them."""
        output = self._work / f"{arm}-{seed}"
        if arm == "none":
            whole = self._samples("rules", seed)
            lines = (whole / "samples.jsonl").read_text("utf-8").splitlines(keepends=True)
            output.mkdir(exist_ok=True)
            (output / "samples.jsonl").write_text("".join(line for line in lines if _raw(line)), encoding="utf-8")
            if not (output / "images").exists():
                (output / "images").symlink_to(whole / "images")
            return output
        source = self._work / f"scenes-{seed}"
        tiny.scenes(source, SCENES, FIRST + seed)
        tiny.negatives(source, output, ARMS[arm], "--set=criteria=overall")
        return output


def _raw(line: str) -> bool:
    return json.loads(line)["kind"] in RAW


def _once(path: Path, measuring: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `measuring` found, now or earlier."""
    if not path.exists():
        began = time.process_time()
        found = measuring() | {"cpu_s": round(time.process_time() - began)}
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return dict(json.loads(path.read_text("utf-8")))


def measured(model: Path, tasks: str) -> dict[str, Any]:
    """What a model is worth at the tasks that it was taught."""
    backend = enhancer_measures.local(model, SIDE_PX)
    asked = enhancer_measures.cases(TEST_SCENES, TEST_SEED)
    found: dict[str, Any] = {}
    values = enhancer_measures.scores(backend, asked) if tasks != "rewrite" else []
    if values:
        found["judge"] = enhancer_measures.judged(asked, values)
    if tasks != "score":
        few = [at for at, case in enumerate(asked) if case.scene.number < EDITED]
        some = [asked[at] for at in few]
        texts = enhancer_measures.rewrites(backend, some)
        found["editor"] = enhancer_measures.edited(some, texts)
        if values:
            found["together"] = enhancer_measures.enhanced(some, [values[at] for at in few], texts)
    return found


def main() -> None:
    """Train what is left of the cells asked for; write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captioner", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--only", nargs="+", help="names of cells, such as rules-both-0")
    parser.add_argument("--clipart", type=Path, help="a folder of openclipart-svg: ask about its titles, too")
    parser.add_argument("--page", action="store_true", help="train nothing, write the page from what is there")
    given = parser.parse_args()
    cells = [Cell(arm=a, tasks=t, seed=s) for t, s, a in product(TASKS, range(given.seeds), ARMS)]
    torch.set_num_threads(1)
    ablation = Ablation(given.captioner, given.work, given.steps)
    base = ablation.untrained()
    asked = [cell for cell in cells if not given.page and (given.only is None or cell.name in given.only)]
    for cell in asked:
        print(json.dumps({cell.name: ablation.cell(cell)}), flush=True)
    if given.clipart is not None and not given.page:
        ablation.clipart(asked, enhancer_clipart.items(given.clipart))
    found = {
        "cells": ablation.done(cells),
        "clipart": ablation.of_clipart(),
        "planned": len(cells),
        "base": base,
        "steps": given.steps,
        "batch": TUNED["batch"],
        "scenes": SCENES,
        "test": {"scenes": TEST_SCENES, "seed": TEST_SEED, "rewritten": EDITED},
        "machine": measure.machine(("torch", "transformers", "accelerate")),
    }
    (FIGURES / "ablation.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "ablation.md").write_text(ablation_page.page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
