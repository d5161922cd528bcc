"""A trained judge in ONNX beside its source in transformers: rate, start, memory, and how far their scores differ.

    python -m benchmarks.onnx_judge MODEL [--pairs 60] [--rounds 5] [--seed 21] [--side-px 192]

MODEL is exported to a scratch folder. Both backends then answer the same questions in this process, each on one thread,
in turns. Rates are pairs over CPU seconds of the process, which on one thread are what a free core takes, whatever else
the machine does. Starts are processes of their own: import, load, one answer. Writes docs/figures/onnx_judge.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from burnish import backends, recipes
from burnish.protocols import Backend
from burnish.scenes import compose, draw
from burnish.values import AssessRequest, Picture, Reply, Score

FIGURES = Path(__file__).parents[1] / "docs" / "figures"
PACKAGES = ("torch", "transformers", "onnxruntime", "tokenizers")
NAMES = ("transformers", "onnx")
ASKED = {"one question a pair": ("overall",), "all six of the recipe aitqe": recipes.load("aitqe").criteria}
NOISE = 0.5
"""Half of the texts are spoilt, so that scores differ."""


def requests(pairs: int, seed: int, criteria: Sequence[str]) -> list[AssessRequest]:
    """Scenes with their alt texts, by each of `criteria`."""
    made = []
    for number in range(pairs):
        scene = compose.scene(seed, number, NOISE)
        rgb = np.asarray(draw.draw(scene).convert("RGB"))
        picture = Picture(rgb=rgb, width=rgb.shape[1], height=rgb.shape[0], format="PNG", mode="RGB")
        made += [AssessRequest(picture=picture, text=scene.alt.text, criterion=name) for name in criteria]
    return made


def rates(both: dict[str, Backend], asked: Sequence[AssessRequest], pairs: int, rounds: int) -> dict[str, Any]:
    """Pairs a CPU second of each, medians over rounds in which each answers once; one round before does not count."""
    spent: dict[str, list[float]] = {name: [] for name in both}
    for turn in range(rounds + 1):
        for name, backend in both.items():
            started = time.process_time()
            backend.answer(asked)
            if turn:
                spent[name].append(time.process_time() - started)
    found: dict[str, Any] = {name: measure.median(pairs / each for each in times) for name, times in spent.items()}
    ratios = [slow / fast for slow, fast in zip(spent["transformers"], spent["onnx"], strict=True)]
    return {**found, "ratio": measure.median(ratios), "lowest": round(min(ratios), 3), "highest": round(max(ratios), 3)}


def differences(ours: Sequence[Reply], theirs: Sequence[Reply]) -> dict[str, Any]:
    """Between the scores of the two, and whether both fail on the same requests."""
    scored = [(a, b) for a, b in zip(ours, theirs, strict=True) if isinstance(a, Score) and isinstance(b, Score)]
    apart = [abs(float(a.value or 0) - float(b.value or 0)) for a, b in scored]
    return {
        "requests": len(ours),
        "scores_of_both": len(scored),
        "failures_of_one_alone": sum(
            isinstance(a, Score) != isinstance(b, Score) for a, b in zip(ours, theirs, strict=True)
        ),
        "largest_difference": round(max(apart, default=0.0), 6),
        "not_equal_at_4_digits": sum(each > 0 for each in apart),
        "different_scores": len({a.value for a, _ in scored}),
    }


def start(name: str, model: Path) -> dict[str, float]:
    """A process that loads the backend and answers one question."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.onnx_judge", str(model), "--start", name]
        done = measure.run(command, log=Path(folder) / "log", env={"OMP_NUM_THREADS": "1"})
    return {"cpu_s": round(done.cpu_s, 2), "peak_mb": round(done.peak_mb, 1)}


def load(name: str, folder: Path) -> Backend:
    """The backend called `name`, on one thread."""
    if name == "onnx":
        return backends.load(name, {"model": str(folder)})
    import torch

    torch.set_num_threads(1)
    return backends.load(name, {"model": str(folder), "device": "cpu"})


def compared(given: argparse.Namespace, judge: Path) -> dict[str, Any]:
    """All figures."""
    from burnish.train.onnx.export import export

    started = time.process_time()
    exported = export(str(given.model), judge, given.side_px)
    folders = {"transformers": given.model, "onnx": judge}
    taken = {"cpu_s": round(time.process_time() - started, 1), "mb": round(exported.size / 1e6, 1)}
    starts = {name: start(name, folder) for name, folder in folders.items()}
    both = {name: load(name, folder) for name, folder in folders.items()}
    found: dict[str, Any] = {}
    for told, criteria in ASKED.items():
        asked = requests(given.pairs, given.seed, criteria)
        found[told] = rates(both, asked, given.pairs, given.rounds)
        found[told] |= differences(both["onnx"].answer(asked), both["transformers"].answer(asked))
    return {"export": taken, "probes": {"questions": exported.questions, "largest_difference_of_a_probability":
            float(f"{exported.difference:.2g}")}, "starts": starts, "asked": found}  # fmt: skip


PAGE = """# A judge in ONNX beside its source

Made by `{command}`.
A trained judge of {weights:,} weights (fp32, {mb} MB in ONNX); {pairs} scenes with their alt texts (seed {seed}, half
of the texts spoilt), {rounds} rounds in turns, one thread each, in one process. Rates are pairs a second of CPU time,
medians over the rounds; *ratio* is ONNX over transformers within a round, from its lowest to its highest. Both were
asked the same: same prompts, same tokens, same pixels.

| asked | `--backend transformers` | `--backend onnx` | ratio |
| --- | --- | --- | --- |
{rates}

| asked | scores of both | different values among them | largest difference | not equal at 4 digits | only one failed |
| --- | --- | --- | --- | --- | --- |
{scores}

| a process that loads it and answers once | CPU seconds | peak memory, MB |
| --- | --- | --- |
{starts}

The export took {cpu_s} CPU seconds and compared {questions} questions: probabilities differ by {apart} at most. Scores
have four digits, so that 0.0001 is one step of rounding.

{machine}

Read with care: one small model, scenes, a CPU that others used too. Of a model this small much of the time is the
library's work round each call, so a larger one can be expected to gain less; that was not measured.
"""


def page(found: dict[str, Any], command: str) -> str:
    """The figures to read."""
    asked = found["asked"]
    rows = {
        "rates": (
            f"| {told} | {one['transformers']} | {one['onnx']} | {one['ratio']} ({one['lowest']} to {one['highest']}) |"
            for told, one in asked.items()
        ),
        "scores": (
            f"| {told} | {one['scores_of_both']} of {one['requests']} | {one['different_scores']} | "
            f"{one['largest_difference']} | {one['not_equal_at_4_digits']} | {one['failures_of_one_alone']} |"
            for told, one in asked.items()
        ),
        "starts": (f"| {name} | {one['cpu_s']} | {one['peak_mb']} |" for name, one in found["starts"].items()),
    }
    machine = ", ".join(f"{key} {value}" for key, value in found["machine"].items())
    given = {key: found[key] for key in ("weights", "pairs", "seed", "rounds")} | found["export"]
    apart = found["probes"]["largest_difference_of_a_probability"]
    told = {name: "\n".join(lines) for name, lines in rows.items()}
    return PAGE.format(
        command=command, machine=machine, apart=apart, questions=found["probes"]["questions"], **given, **told
    )


def weights(model: Path) -> int:
    """How many numbers the model's file holds."""
    from safetensors import safe_open

    with safe_open(model / "model.safetensors", framework="np") as file:
        return sum(int(np.prod(file.get_slice(key).get_shape())) for key in file.keys())  # noqa: SIM118


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--side-px", type=int, default=192)
    parser.add_argument("--start", choices=NAMES, help="only load this backend from MODEL and answer once")
    given = parser.parse_args()
    if given.start:
        load(given.start, given.model).answer(requests(1, given.seed, ("overall",)))
        return
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        found = compared(given, Path(folder) / "judge")
    told = {"pairs": given.pairs, "rounds": given.rounds, "seed": given.seed, "weights": weights(given.model), **found}
    told["machine"] = measure.machine(PACKAGES)
    command = f"python -m benchmarks.onnx_judge MODEL --pairs {given.pairs} --rounds {given.rounds} --seed {given.seed}"
    (FIGURES / "onnx_judge.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "onnx_judge.md").write_text(page(told, command), encoding="utf-8")


if __name__ == "__main__":
    main()
