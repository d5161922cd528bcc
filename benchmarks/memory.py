"""Memory of a long run: 100,000 pairs, the bundled sample again and again under new keys.

    python -m benchmarks.memory --work DIR [--recipes none,aitqe] [--pairs 100000,10000]

The process tree's memory (proportional set size, shared pages once) is sampled four times a second. Growth compares
the median over the second quarter of the run with the median over its last quarter; start and end are in neither.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import corpus, measure

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
CURVE_POINTS = 40


def watched(work: Path, recipe: str, pairs: int) -> dict[str, Any]:
    """One run over `pairs` pairs and the curve of its memory."""
    from benchmarks.data_path import clear

    source, out = corpus.repeated(work, pairs), work / "out" / "memory"
    clear(out)
    command = [sys.executable, "-m", "burnish", "enhance", str(source), "-o", str(out)]
    command += ["--set", f"recipe={recipe}", "--workers", "2"]
    run = measure.run(command, log=out.with_suffix(".log"), timeout_s=3_600)
    clear(out)
    return {"pairs": pairs, **measure.as_dict(run), **measure.growth(run), "curve": _thinned(run.memory)}


def _thinned(memory: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    step = max(1, len(memory) // CURVE_POINTS)
    return list(memory[::step])


def page(results: dict[str, Any]) -> str:
    """docs/figures/memory.md."""
    rows = [
        f"| {recipe} | {r['pairs']:,} | {r['pairs'] / r['wall_s']:,.0f} | {r['early_mb']:.0f} | {r['late_mb']:.0f} |"
        f" {r['growth']:+.1%} | {r['peak_mb']:.0f} |"
        for recipe, r in results["runs"].items()
    ]
    lines = [
        "# Memory of a long run",
        "",
        "Made by `python -m benchmarks.memory --work DIR`. The bundled sample again and again under new keys,",
        "two workers; proportional set size of all processes, sampled four times a second; one run each.",
        "",
        "| recipe | pairs | pairs/s | MB, second quarter | MB, last quarter | growth | peak MB |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in results["machine"].items()) + ".",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, write the figures, print the page."""
    parser = corpus.arguments(str(__doc__))
    parser.add_argument("--recipes", default="none,aitqe", help="recipes to run: %(default)s")
    parser.add_argument("--pairs", default="100000,10000", help="pairs for each of them: %(default)s")
    options = parser.parse_args()
    path = FIGURES / "memory.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"runs": {}}
    results["machine"] = measure.machine(("pillow", "simplejpeg", "pyarrow", "numpy", "onnxruntime"))
    for recipe, pairs in zip(options.recipes.split(","), options.pairs.split(","), strict=True):
        results["runs"][recipe] = watched(options.work, recipe, int(pairs))
        path.write_text(json.dumps(results) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(page(results), encoding="utf-8")
    print(page(results))


if __name__ == "__main__":
    main()
