"""What `--claims` does to captions with planted false statements, beside a plain rewrite of the same captions.

    python -m benchmarks.corrections --scenes 50 --seeds 3

Each caption is a true opening and four more statements of its scene, of which up to two have one thing changed so that
it is false by construction. The oracle judges, checks and mends; its faults are set: it misjudges a share of all
scores, those of single claims too, and a share of its rewrites also loses something true. Its plain rewrite knows the
truth, whatever it has judged; told which claims are refuted, it believes that, right or wrong. The writing in the
picture is given from the truth. Writes docs/figures/corrections.json and corrections.md.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.planted import Known, read, write
from burnish import asks, edits, flow
from burnish.backends.oracle import OracleBackend
from burnish.claims import Key, Verdict
from burnish.claims.rules import split
from burnish.evals.editor import wilson
from burnish.plan import Plan, RewriteRules
from burnish.recipes import Recipe
from burnish.scenes import captions, compose, facts, phrasing
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import AltText, Scene
from burnish.values import Record, Reply, Request

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
ERRORS = (0.0, 0.05, 0.1, 0.2)
STRAY = 0.3
_MODES = {"plain": {}, "claims": {"claims": True}, "claims, all": {"claims": True, "claims_all": True}}
_FAULTS = [
    *({"error": error} for error in ERRORS),
    {"stray": STRAY},
    {"error": 0.1, "stray": STRAY},
]
_STATEMENTS, _FALSE = 4, 2
RECIPE = Recipe(
    name="corrections",
    paper="none",
    criteria=("overall", "text_quality", "image_text_matching"),
    asks=("assess", "rewrite", "verify"),
)


def planted(scene: Scene) -> Scene:
    """The scene with a caption some of whose statements are false, and with the caption it should be."""
    lots = random.Random(f"corrections {scene.seed} {scene.number}")
    known = [fact for fact in facts.facts(scene) if fact.value != "1"]
    said = lots.sample(known, min(_STATEMENTS, len(known)))
    wrong, right = [captions.plain(scene) + "."], [captions.plain(scene) + "."]
    for at, fact in enumerate(said):
        wording = lots.choice(phrasing.wordings(phrasing.form_of(fact, scene), held_out=False))
        shown = facts.altered(scene, fact, lots) if at < _FALSE else None
        wrong.append(phrasing.say(shown or fact, scene, wording))
        right.append(phrasing.say(fact, scene, wording))
    return replace(scene, alt=AltText(text=" ".join(wrong), kind="partly_true", repaired=" ".join(right)))


class Counting:
    """The oracle, its requests counted."""

    def __init__(self, backend: OracleBackend) -> None:
        self.identity, self.side_px, self.calls = backend.identity, backend.side_px, 0
        self._backend = backend

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """The oracle's replies."""
        self.calls += len(requests)
        return self._backend.answer(requests)


def enhanced(known: Sequence[Known], backend: Counting, rules: RewriteRules) -> Iterator[Record]:
    """The pairs after the run's questions, the scene's writing given as read."""
    plan = Plan(source="memory", ocr=True, rewrite=rules)
    terms = asks.Terms(plan=plan, recipe=RECIPE, maker=backend.identity)
    records = []
    for pair, picture, scene in known:
        opened = flow.open_record(pair, picture, plan)
        assert isinstance(opened, Record)
        records.append(replace(opened, evidence=scene.texts()))
    for name in asks.names(terms):
        records = flow.put(asks.load(name, terms), records, backend)
    yield from records


def claims_of(scene: Scene, text: str) -> dict[Key, Verdict]:
    """What a text claims, and what is true of it."""
    found = split(text)
    return {claim.key: verdict for claim, verdict in zip(found, TruthChecker(scene)(found), strict=True)}


def measured(known: Sequence[Known], records: Sequence[Record]) -> Counter[str]:
    """What became of the claims of all captions."""
    counts: Counter[str] = Counter()
    for (pair, _, scene), record in zip(known, records, strict=True):
        before, after = claims_of(scene, pair.text), claims_of(scene, record.caption.text)
        for key, verdict in before.items():
            if verdict is not Verdict.UNKNOWN:
                counts.update({str(verdict): 1, f"{verdict} gone": key not in after})
        new = [verdict for key, verdict in after.items() if key not in before]
        counts.update({"pairs": 1, "rewritten": record.chosen > 0, "new false": new.count(Verdict.REFUTED)})
        counts.update({"right": Verdict.REFUTED not in after.values(), "words": len(edits.words(pair.text))})
        if record.chosen:
            share = edits.changed_share(pair.text, record.caption.text)
            counts.update({"changed": round(share * 1000), record.caption.verdict: 1})
        else:
            counts[record.reason or "stood well"] += 1
    return counts


def row(counts: Counter[str], calls: int) -> dict[str, Any]:
    """Counts as shares, with Wilson's 95 % intervals."""
    false, true = counts["refuted"], counts["supported"]
    return {
        "false claims gone": asdict(wilson(counts["refuted gone"], false)),
        "true claims kept": asdict(wilson(true - counts["supported gone"], true)),
        "captions right": asdict(wilson(counts["right"], counts["pairs"])),
        "new false claims": counts["new false"],
        "rewritten": counts["rewritten"],
        "changed words": round(counts["changed"] / 1000 / max(1, counts["rewritten"]), 4),
        "calls a pair": round(calls / counts["pairs"], 2),
        "counts": dict(sorted(counts.items())),
    }


_PAGE = """# Captions with false statements, corrected

`{command}`; {pairs} clip-art scenes ({seeds} seeds), {false} false and {true} true claims in their captions; the oracle
judges, checks and mends, with the faults named. No real model and no real photo: these are figures of the rules around
a model.

*error*: share of all scores turned round, those of single claims too. *stray*: share of rewrites that also lose
something true. The oracle's plain rewrite knows the truth whatever it has judged, so error spares it; with `--claims`
it mends what it was told is refuted, also where that is wrong. Shares with 95 % intervals (Wilson).

| faults | rewriting | false claims gone | true claims kept | captions without a false claim | new false claims |\
 rewritten | words changed in one | calls a pair |
|---|---|---|---|---|---:|---:|---:|---:|
"""


def page(found: dict[str, Any]) -> str:
    """The figures for people."""
    lines = []
    for faults, modes in found["rows"].items():
        for mode, each in modes.items():
            shares = (each[name] for name in ("false claims gone", "true claims kept", "captions right"))
            told = " | ".join(f"{s['share']:.1%} ({s['low']:.1%} to {s['high']:.1%})" for s in shares)
            lines.append(
                f"| {faults} | {mode} | {told} | {each['new false claims']} | {each['rewritten']} "
                f"| {each['changed words']:.1%} | {each['calls a pair']} |\n"
            )
    return _PAGE.format_map(found) + "".join(lines)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        numbers = ((seed, number) for seed in range(options.seeds) for number in range(options.scenes))
        write(Path(folder), (planted(compose.scene(100 + seed, number)) for seed, number in numbers))
        known = read(folder)
        rows: dict[str, dict[str, Any]] = {}
        for faults in _FAULTS:
            name = ", ".join(f"{key} {value:.0%}" for key, value in faults.items() if value) or "none"
            for mode, rules in _MODES.items() if "error" in faults else list(_MODES.items())[:2]:
                backend = Counting(OracleBackend({"truth": folder, **{k: str(v) for k, v in faults.items()}}))
                records = list(enhanced(known, backend, RewriteRules(**rules)))  # type: ignore[arg-type]
                rows.setdefault(name, {})[mode] = row(measured(known, records), backend.calls)
                print(name, mode, rows[name][mode], flush=True)
    some = rows["none"]["plain"]["counts"]
    found = {
        "command": f"python -m benchmarks.corrections --scenes {options.scenes} --seeds {options.seeds}",
        "pairs": some["pairs"], "seeds": options.seeds, "false": some["refuted"], "true": some["supported"],
        "rows": rows, "machine": measure.machine(["burnish", "pillow"]),
    }  # fmt: skip
    (FIGURES / "corrections.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "corrections.md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
