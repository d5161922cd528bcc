"""A really trained tiny enhancer, through `burnish enhance`, against the built-in model and its own untrained base.

    python -m tools.train_tiny_captioner CAPTIONER --seed 0
    python -m tools.train_tiny_enhancer CAPTIONER WORK --seed 0       # makes WORK/base and WORK/model
    python -m benchmarks.enhancer WORK [WORK ...] [--scenes 140] [--seed 83] [--clipart DIR] [--page enhancer]

Scenes that no training saw, seven in eight with a spoilt alt text, go through the whole recipe: scores, rewrites of
what stands low under the budget of a run, the second look. The truth of the scenes says how well the scores rank the
texts, and what the texts are worth before and after. With `--clipart` (a folder of Debian's openclipart-svg) the models
are also asked about real titles of real drawings (`benchmarks.enhancer_clipart`). Several WORKs are several training
seeds. Writes docs/figures/enhancer.{json,md}, or what `--page` says: `enhancer_large` is that of 12 million weights,
which learnt from real titles too:

    python -m tools.train_tiny_captioner CAPTIONER --width 384 --peak 1e-3 --telling 300 \
        --reading 0 --fusing 0 --rereading 0 --settling 0
    python -m tools.train_tiny_enhancer CAPTIONER WORK --pairs 800 --reading 1200 --steps 300 --rate 7e-4 \
        --clipart DIR --titles 1200
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks import enhancer_clipart, enhancer_measures, measure, planted
from benchmarks.enhancer_measures import CRITERION, Case
from burnish import records
from burnish.backends.builtin.backend import BuiltinBackend
from burnish.recipes import Recipe
from burnish.scenes import compose
from burnish.storage.opening import open_files
from tools import enhancer_reading
from tools.train_tiny_enhancer import SIDE_PX, TAUGHT

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "figures"
NOISE = 7 / 8
RECIPE = Recipe(name="aitqe_taught", paper="arXiv 2410.16166", criteria=(TAUGHT,), asks=("assess", "rewrite", "verify"))
"""AITQE's with the criterion that the samples teach."""
INSERTED = "rewrite.max_inserted=8"
"""New words of a rewrite: what most spoilt alt texts need."""
BUILT_IN = "built-in"
READ = 100
"""Texts that models are to give back, of the same seed as the scenes."""
SHOWN = 10
"""Scenes whose texts the page shows, the first ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of each scene's text, in order: its score as found, and the text that stands in the end."""

    values: list[float | None]
    texts: list[str]
    decisions: Counter[str]


def enhanced(source: Path, output: Path, backend: Sequence[str]) -> Outcome:
    """`burnish enhance` over a source with a backend."""
    command = [
        *(sys.executable, "-m", "burnish", "enhance", str(source), "-o", str(output), "--workers", "1"),
        *("--recipe", "benchmarks.enhancer:RECIPE", "--set", INSERTED, *backend),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    found = Outcome(values=[], texts=[], decisions=Counter())
    files = open_files(str(output))
    for name in records.names(files):
        with files.open(name) as file:
            for row in records.rows(file):
                captions = records.captions(row)
                score = captions[0].score(CRITERION)
                found.values.append(None if score is None else score.value)
                found.texts.append(captions[row["chosen"]].text)
                found.decisions.update([str(row["decision"])])
    return found


def local(model: Path) -> tuple[str, ...]:
    """The options for a model's folder."""
    given = (f"model={model}", "device=cpu", "exact=no", f"side_px={SIDE_PX}")
    return ("--backend", "transformers", *(part for one in given for part in ("--set", f"backend_options.{one}")))


def measured(asked: Sequence[Case], outcome: Outcome) -> dict[str, Any]:
    """All figures of one model."""
    after = [enhancer_measures.worth(case.scene, text) for case, text in zip(asked, outcome.texts, strict=True)]
    return {
        "judge": enhancer_measures.judged(asked, outcome.values),
        "editor": enhancer_measures.edited(asked, outcome.texts),
        "worth": {"before": round(fmean(case.truth for case in asked), 4), "after": round(fmean(after), 4)},
        "decisions": dict(outcome.decisions),
        "shown": [[case.kind, case.text, text] for case, text in zip(asked[:SHOWN], outcome.texts, strict=False)],
    }


def page(found: Mapping[str, Any]) -> str:
    """Markdown."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    models = found["models"]
    yield "# A trained tiny enhancer"
    yield ""
    yield f"`python -m {found['command']}`: {found['scenes']} scenes that no training saw (seed {found['seed']}),"
    yield "through `burnish enhance` with the criterion that its samples teach and 8 new words a rewrite. Trained"
    yield "models are named by their folder; *base* is the captioner that they began from, *built-in* the model that"
    yield "comes with burnish, which was never made for drawings on a grid. AUC: clean alt texts against spoilt ones."
    yield "Worth, gain: the truth's scale of 1 to 5."
    yield ""
    for name, one in found["trained"].items():
        learnt, loss = one["samples"]["train"], one["loss"]
        yield f"- {name}: {one['weights']:,} weights, {one['reading']} steps of texts without pictures, then"
        yield f"  {one['steps']} steps on {learnt:,} samples of scenes{' and of real titles' if one['titles'] else ''};"
        yield f"  loss {loss['first']:.2f} to {loss['last']:.2f}."
    yield ""
    yield "| model | AUC | Spearman | unanswered | worth before | after | gain, spoilt | edit (needed) | gain, clean |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, one in models.items():
        judge, spoilt, clean = one["judge"], one["editor"]["spoilt"], one["editor"]["clean"]
        yield (
            f"| {name} | {judge['auc']} | {judge['spearman']} | {judge['unanswered']} of {judge['n']} |"
            f" {one['worth']['before']} | {one['worth']['after']} | {spoilt['gain']} |"
            f" {spoilt['edit']} ({spoilt['edit_needed']}) | {clean['gain']} |"
        )
    yield ""
    yield f"AUC of the {next(iter(models.values()))['judge']['clean']} clean texts against each kind of spoilt one:"
    yield ""
    kinds = sorted({kind for one in models.values() for kind in one["judge"]["auc_by_kind"]})
    yield f"| model | {' | '.join(kind.replace('_', ' ') for kind in kinds)} |"
    yield f"|---|{'---|' * len(kinds)}"
    for name, one in models.items():
        cells = (one["judge"]["auc_by_kind"].get(kind) for kind in kinds)
        shown = " | ".join("-" if cell is None else f"{cell[0]} ({cell[1]})" for cell in cells)
        yield f"| {name} | {shown} |"
    yield ""
    for name, one in models.items():
        yield f"- {name}: {', '.join(f'{decision} {number}' for decision, number in sorted(one['decisions'].items()))}"
    yield ""
    yield "Giving back texts without pictures that say how they are to be mended (clean, seo, boilerplate, truncated):"
    for name, one in found["read"].items():
        yield f"{name} {one['texts']:.0%} of {one['n']} texts word for word, {one['tokens']:.0%} of tokens."
    yield from _clipart(found.get("clipart", {}))
    yield ""
    yield "## The first texts, as found and as they stand in the end"
    yield ""
    for at in range(min(len(one["shown"]) for one in models.values())):
        kind, text, _ = next(iter(models.values()))["shown"][at]
        ends = "; ".join(f"{name}: {_said(text, one['shown'][at][2])}" for name, one in models.items())
        yield f'- {kind.replace("_", " ")} "{text}". {ends}'


def trained(work: Path) -> dict[str, Any]:
    """How the model in WORK came about."""
    done = json.loads((work / "model" / ".training" / "done.json").read_text("utf-8"))
    titles = (work / "titles").exists()
    return {"reading": enhancer_reading.steps_read(work / "reader"), "titles": titles, **done}


def _said(before: str, after: str) -> str:
    return "left as it is" if before == after else f'"{after}"'


def _clipart(told: Mapping[str, Any]) -> Iterator[str]:
    """The part about real titles; nothing if nothing was asked."""
    if not told:
        return
    first = next(iter(told.values()))
    yield ""
    yield "## Real titles of real drawings"
    yield ""
    yield f"{first['judge']['pictures']} drawings of openclipart that the built-in model was not trained on, each with"
    yield f"its title as people gave it and in five of eleven spoilt forms (n {first['judge']['n']}). Of"
    yield f"{first['editor']['good']['n']} drawings the title and one spoilt form are rewritten, all of them, without a"
    yield "gate: gain is how much nearer to the title the rewrite is than what was given, a share of words."
    yield ""
    yield "| model | AUC | above its spoilt forms | unanswered | gain, spoilt | right | gain, good | good untouched |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, one in told.items():
        judge, spoilt, good = one["judge"], one["editor"]["spoilt"], one["editor"]["good"]
        yield (
            f"| {name} | {judge['auc']} | {judge['above']} | {judge['unanswered']} of {judge['n']} |"
            f" {spoilt['gain']} | {spoilt['right']} | {good['gain']} | {good['untouched']} |"
        )


def of_scenes(backends: Mapping[str, Sequence[str]], count: int, seed: int) -> dict[str, Any]:
    """All models, by name, through `burnish enhance` on `count` scenes."""
    scenes = [compose.scene(seed, number, NOISE) for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "scenes"
        source.mkdir()
        planted.write(source, scenes)
        asked = [
            Case(scene=scene, picture=picture, kind=scene.alt.kind, text=pair.text)
            for pair, picture, scene in planted.read(str(source))
        ]
        return {
            name: measured(asked, enhanced(source, Path(folder) / name, backend)) for name, backend in backends.items()
        }


def of_clipart(folder: Path, models: Mapping[str, Path]) -> dict[str, Any]:
    """All models, by name, and the built-in one on real titles."""
    asked = enhancer_clipart.items(folder)
    backends = {name: enhancer_measures.local(model, SIDE_PX) for name, model in models.items()}
    return {
        name: enhancer_clipart.measured(backend, asked)
        for name, backend in {**backends, BUILT_IN: BuiltinBackend({})}.items()
    }


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", type=Path, nargs="+")
    parser.add_argument("--scenes", type=int, default=140)
    parser.add_argument("--seed", type=int, default=83)
    parser.add_argument("--clipart", type=Path)
    parser.add_argument("--page", default="enhancer", help="name of the figures' files")
    given = parser.parse_args()
    folders = {work.name: work.resolve() / "model" for work in given.works}
    folders["base"] = given.works[0].resolve() / "base"
    backends = {**{name: local(folder) for name, folder in folders.items()}, BUILT_IN: ("--backend", "builtin")}
    found = {
        "command": "benchmarks.enhancer WORK" + ("" if given.page == "enhancer" else f" --page {given.page}"),
        "scenes": given.scenes,
        "seed": given.seed,
        "trained": {work.name: trained(work) for work in given.works},
        "models": of_scenes(backends, given.scenes, given.seed),
        "read": {name: enhancer_reading.right(folder, READ, given.seed) for name, folder in folders.items()},
        "clipart": {} if given.clipart is None else of_clipart(given.clipart, folders),
        "machine": measure.machine(("torch", "transformers", "llguidance")),
    }
    (FIGURES / f"{given.page}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / f"{given.page}.md").write_text(page(found), encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    main()
