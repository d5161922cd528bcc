"""A really trained tiny captioner, through the product's own path, against chance (figure of captions in formats).

    python -m tools.train_tiny_captioner MODEL --seed 0        # once a model
    python -m benchmarks.captioner MODEL [MODEL ...] [--scenes 100] [--seed 71]

`burnish recaption` writes captions in four formats of scenes that no training saw, with the grammar, the contracts, the
second try and the check; the truth of the scenes says what holds of them. Chance is the same captions beside other
pictures, the same model shown blank pictures, and the one caption that fits training scenes best. Every interval is a
bootstrap over scenes. Writes docs/figures/captioner.{json,md} and captioner.png, the pictures of the examples.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import captioner_measures as measures
from benchmarks import captioner_page, captioner_sources, measure, planted
from benchmarks.captioner_measures import FORMATS, Told
from burnish import backends, formats
from burnish.values import Caption, CaptionRequest, Draft
from tools.train_tiny_captioner import TOOK

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
OTHERS = 40
"""Scenes with an object in a colour that no training saw it in, and as many with names in their alt texts."""
EXAMPLES, NAMED = 10, 6
AT_ONCE = 8


def written(source: Path, output: Path, model: Path, formats: Sequence[str]) -> list[Told]:
    """What `burnish recaption` makes of a source with a model, a scene each."""
    command = [
        *(sys.executable, "-m", "burnish", "recaption", str(source), "-o", str(output)),
        *("--backend", "transformers", "--format", ",".join(formats), "--workers", "1"),
        *("--set", f"backend_options.model={model}", "--set", "backend_options.device=cpu"),
        *("--set", "backend_options.exact=no"),  # rows together: five times as fast, and repeated runs are not compared
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return measures.read(source, output)


def alone(source: Path, model: Path, form: str) -> list[Told]:
    """What the model writes when it is asked once, whether or not it keeps the contract."""
    options = {"model": str(model), "device": "cpu", "exact": "no"}
    backend = backends.load("transformers", options)
    known = planted.read(str(source))
    wanted = formats.load(form)
    asked = [
        CaptionRequest(picture=seen, format=form, version=wanted.digest, text=pair.text if wanted.sees_text else "")
        for pair, seen, _ in known
    ]
    told = []
    for first in range(0, len(asked), AT_ONCE):
        for (_, _, scene), reply in zip(known[first:], backend.answer(asked[first : first + AT_ONCE]), strict=False):
            made = (
                [Caption(text=reply.text, role=form, maker="", edits=reply.edits)] if isinstance(reply, Draft) else []
            )
            told.append(Told(scene=scene, captions={form: tuple(made)}))
    return told


def measured(model: Path, work: Path) -> dict[str, Any]:
    """All figures of one model."""
    told = written(work / "scenes", work / f"{model.name}-captioned", model, FORMATS)
    blank = written(work / "blank", work / f"{model.name}-blank", model, FORMATS)
    fresh = written(work / "fresh", work / f"{model.name}-fresh", model, ("ssc",))
    named = written(work / "named", work / f"{model.name}-named", model, ("afc",))
    unseen = written(work / "named-blank", work / f"{model.name}-named-blank", model, ("afc",))
    arms = {
        "model": told,
        "other scenes": measures.shuffled(told),
        "blank picture": measures.beside(blank, told),
        "best constant": measures.constant(told),
        "truth": measures.true(told),
    }
    return {
        "model": model.name,
        "trained": json.loads((model / TOOK).read_text("utf-8")),
        "contracts": measures.contracts(told),
        "formats": {form: measures.of_format(arms, form) for form in FORMATS},
        "ana": measures.steps(told),
        "names": measures.names([*told, *named]),
        "names in first answers": measures.names(alone(work / "named", model, "afc")),
        "names without pictures": measures.names(unseen),
        "fused": measures.contracts(named)["afc"],
        "check": measures.check(told),
        "colours": measures.colours([*told, *fresh]),
        "examples": captioner_page.examples(told, EXAMPLES),
        "examples with names": captioner_page.fused(named, NAMED),
    }


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--scenes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=71)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        captioner_sources.write(work, given.scenes, OTHERS, given.seed)
        models = [measured(model.resolve(), work) for model in given.models]
        captioner_page.sheet(work / "scenes", models[0]["examples"]).save(FIGURES / "captioner.png")
    found = {
        "scenes": given.scenes,
        "seed": given.seed,
        "others": OTHERS,
        "models": models,
        "machine": measure.machine(("torch", "transformers", "llguidance")),
    }
    (FIGURES / "captioner.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "captioner.md").write_text(captioner_page.page(found), encoding="utf-8")
    print(captioner_page.page(found))


if __name__ == "__main__":
    main()
