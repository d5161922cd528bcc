"""How far a local model's answers depend on what else is computed with them.

    python -m benchmarks.batch_invariance MODEL [--pairs 40] [--device cpu] [--dtype fp32]

Rows computed alone ("exact") against rows computed together in batches of several bounds: largest difference of a
score, scores that differ after rounding, decisions and rewrites that flip. Writes docs/figures/batch_invariance.json,
one entry a device and number format.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import tiny_measures
from benchmarks.scenes import CRITERIA, Scene, held_out
from burnish.chat.local.model import LocalModel
from burnish.chat.local.options import Options

RESULT = Path(__file__).parents[1] / "docs" / "figures" / "batch_invariance.json"
BOUNDS = (4_096, 32_768, 262_144)
THRESHOLDS = (2.5, 3.0, 3.5, 4.0)


def answers(model: LocalModel, scenes: list[Scene]) -> tuple[list[float], list[str]]:
    """Scores of four criteria (a failure as -1) and rewrites."""
    values = [value for name in CRITERIA[:4] for value in tiny_measures.scores(model, scenes, name)]
    return [-1.0 if value is None else value for value in values], tiny_measures.rewrites(model, scenes)


def differences(one: tuple[list[float], list[str]], other: tuple[list[float], list[str]]) -> dict[str, float | int]:
    """Between two runs over the same scenes."""
    pairs = list(zip(one[0], other[0], strict=True))
    flips = sum((a < t) != (b < t) for a, b in pairs for t in THRESHOLDS)
    return {
        "scores": len(pairs),
        "largest_difference": round(max(abs(a - b) for a, b in pairs), 6),
        "differ_at_4_digits": sum(a != b for a, b in pairs),
        "differ_at_3_digits": sum(round(a, 3) != round(b, 3) for a, b in pairs),
        "decisions": len(pairs) * len(THRESHOLDS),
        "flipped_decisions": flips,
        "rewrites": len(one[1]),
        "other_rewrites": sum(a != b for a, b in zip(one[1], other[1], strict=True)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="fp32")
    given = parser.parse_args()
    scenes = held_out(given.pairs, seed=3)

    def load(exact: str, bound: int) -> LocalModel:
        chosen = Options(
            model=str(given.model), device=given.device, dtype=given.dtype, exact=exact, batch_tokens=bound
        )
        return LocalModel(chosen)

    alone = answers(load("yes", BOUNDS[0]), scenes)
    shuffled = answers(load("yes", BOUNDS[0]), scenes[::-1])
    turned = (
        [value for at in range(4) for value in shuffled[0][at * len(scenes) : (at + 1) * len(scenes)][::-1]],
        shuffled[1][::-1],
    )
    found = {"exact, other order": differences(alone, turned)}
    for bound in BOUNDS:
        found[f"together, batch_tokens={bound}"] = differences(alone, answers(load("no", bound), scenes))
    known = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    known[f"{given.device}/{given.dtype}"] = {"pairs": given.pairs, "seed": 3} | found
    RESULT.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
