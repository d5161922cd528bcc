"""Claims: how well captions are taken apart and checked, and what formats say, on scenes whose truth is known.

    python -m benchmarks.claims --scenes 1000 --seed 11 --count NAME

Each sentence says one fact of a scene, half of the time with one thing changed, in one wording; what it claims and
whether that holds is known by construction (`burnish.scenes.phrasing.meant`, `facts.altered`), never from the code that
is measured. Three parts: wordings that scenes'
captions have and that the rules were written with; every third wording, which was held out when they were written; and
fresh ones (`phrasing.FRESH`), written after the first count and before the rules were changed for it. Counts over what
was held out are kept under their name: a later one never replaces an earlier one.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import claims_formats, claims_page, measure
from burnish.claims import Claim, Kind, Verdict
from burnish.claims.rules import split
from burnish.scenes import compose, facts, phrasing
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import Scene

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"


USED, HELD_OUT, FRESH = "used", "held out", "fresh"
_PHRASES = {USED: (0, 1), HELD_OUT: (2,), FRESH: (0, 3)}
"""Which words for a relation a part has (`phrasing.PHRASES`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, what it claims, and which of that is false (none or one)."""

    scene: Scene
    form: str
    wording: str
    text: str
    claims: tuple[Claim, ...]
    false: Claim | None


def sentences(scene: Scene, part: str) -> Iterator[Said]:
    """One sentence a fact of the scene, every second one made false where that is sure."""
    lots = random.Random(f"claims {scene.seed} {scene.number} {part == HELD_OUT}")
    for fact in facts.facts(scene):
        wrong = facts.altered(scene, fact, lots) if lots.random() < 0.5 else None
        claim = wrong or fact
        if claim.kind is Kind.COUNT and claim.value == "1":  # "a dog" counts nothing
            continue
        form = phrasing.form_of(fact, scene)
        fresh = phrasing.FRESH[form] if part == FRESH else phrasing.wordings(form, held_out=part == HELD_OUT)
        wording = lots.choice(fresh)
        text = phrasing.say(claim, scene, wording, lots.choice(_PHRASES[part]))
        claims = phrasing.meant(claim, scene, wording)
        yield Said(
            scene=scene, form=form, wording=wording, text=text, claims=claims, false=claims[-1] if wrong else None
        )


def count(said: Said, into: Counter[str]) -> None:
    """Add what happened to one sentence."""
    meant = {claim.key: claim for claim in said.claims}
    found = {claim.key: claim for claim in split(said.text)}
    both = meant.keys() & found.keys()
    verdicts = dict(zip(found, TruthChecker(said.scene)(list(found.values())), strict=True))
    false = said.false.key if said.false else None
    refuted = {key for key, verdict in verdicts.items() if verdict is Verdict.REFUTED}
    right = [verdicts[key] is (Verdict.REFUTED if key == false else Verdict.SUPPORTED) for key in both]
    into.update(
        sentences=1,
        meant=len(meant),
        found=len(found),
        both=len(both),
        whole=meant.keys() == found.keys(),
        verdicts_right=sum(right),
        false=false is not None,
        refuted=len(refuted),
        false_refuted=false in refuted,
    )


def shares(counts: Counter[str]) -> dict[str, Any]:
    """Counts as precision and recall."""
    return {
        **counts,
        "precision": round(counts["both"] / max(counts["found"], 1), 4),
        "recall": round(counts["both"] / max(counts["meant"], 1), 4),
        "verdict_accuracy": round(counts["verdicts_right"] / max(counts["both"], 1), 4),
        "refuted_precision": round(counts["false_refuted"] / max(counts["refuted"], 1), 4),
        "refuted_recall": round(counts["false_refuted"] / max(counts["false"], 1), 4),
    }


def splitter(scenes: int, seed: int, part: str) -> dict[str, Any]:
    """Counts over all sentences, by form, and by wording."""
    groups: dict[str, Counter[str]] = {}
    for number in range(scenes):
        for said in sentences(compose.scene(seed, number), part):
            for name in ("all", f"form {said.form}", f"wording {said.wording}"):
                count(said, groups.setdefault(name, Counter()))
    return {name: shares(counts) for name, counts in sorted(groups.items())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--count", default="", help="count what was held out, under this new name")
    options = parser.parse_args()
    path = FIGURES / "claims.json"
    counts = json.loads(path.read_text(encoding="utf-8"))["counts"] if path.exists() else {}
    if options.count in counts:
        raise SystemExit(f"count {options.count!r} exists: counts are never replaced")
    if options.count:
        counts[options.count] = {part: splitter(options.scenes, options.seed, part) for part in (HELD_OUT, FRESH)}
    results = {
        "scenes": options.scenes,
        "seed": options.seed,
        "used": splitter(options.scenes, options.seed, USED),
        "counts": counts,
        "formats": claims_formats.measured(options.scenes // 4, options.seed),
        "machine": measure.machine(["burnish", "pillow"]),
    }
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "claims.md").write_text(claims_page.page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
