"""Claims: how well captions are taken apart and checked, and what formats say, on scenes whose truth is known.

    python -m benchmarks.claims --scenes 1000 --seed 11

Each sentence says one fact of a scene, half of the time with one thing changed, in one wording; what it claims and
whether that holds is known by construction (`burnish.scenes.phrasing.meant`, `facts.altered`), never from the code that
is measured. The wordings held out (every third) are in no caption, and the rules were written without looking at them.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, what it claims, and which of that is false (none or one)."""

    scene: Scene
    form: str
    wording: str
    text: str
    claims: tuple[Claim, ...]
    false: Claim | None


def sentences(scene: Scene, *, held_out: bool) -> Iterator[Said]:
    """One sentence a fact of the scene, every second one made false where that is sure."""
    lots = random.Random(f"claims {scene.seed} {scene.number} {held_out}")
    for fact in facts.facts(scene):
        wrong = facts.altered(scene, fact, lots) if lots.random() < 0.5 else None
        claim = wrong or fact
        if claim.kind is Kind.COUNT and claim.value == "1":  # "a dog" counts nothing
            continue
        form = phrasing.form_of(fact, scene)
        wording = lots.choice(phrasing.wordings(form, held_out=held_out))
        text = phrasing.say(claim, scene, wording, 2 if held_out else lots.randrange(2))
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


def splitter(scenes: int, seed: int, *, held_out: bool) -> dict[str, Any]:
    """Counts over all sentences, by form, and by wording."""
    groups: dict[str, Counter[str]] = {}
    for number in range(scenes):
        for said in sentences(compose.scene(seed, number), held_out=held_out):
            for name in ("all", f"form {said.form}", f"wording {said.wording}"):
                count(said, groups.setdefault(name, Counter()))
    return {name: shares(counts) for name, counts in sorted(groups.items())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    results = {
        "scenes": options.scenes,
        "seed": options.seed,
        "wordings used": splitter(options.scenes, options.seed, held_out=False),
        "wordings held out": splitter(options.scenes, options.seed, held_out=True),
        "formats": claims_formats.measured(options.scenes // 4, options.seed),
        "machine": measure.machine(["burnish", "pillow"]),
    }
    (FIGURES / "claims.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "claims.md").write_text(claims_page.page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
