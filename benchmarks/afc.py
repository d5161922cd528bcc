"""What becomes of true and false facts of an alt text in a fused caption (afc): of a model alone, and under the rules.

    python -m benchmarks.afc --scenes 300 --seeds 3

Every alt text says what is to be seen, and then facts: a person, a place, a year and an event with its number, which no
picture refutes; a quotation of the sign, where there is one; and one or two quotations of signs that are not there. The
oracle writes; its faults are set: it takes a share of the facts for the opposite of what they are, or leaves a share of
the true ones out without a word. The writing in the picture is given from the truth, or nobody has looked. Writes
docs/figures/afc.json and afc.md.
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
from burnish import asks, edits, flow, recipes
from burnish.asks import recaption
from burnish.backends.oracle import OracleBackend
from burnish.evals.editor import wilson
from burnish.plan import Plan, RecaptionRules
from burnish.scenes import captions, compose
from burnish.scenes.scene import AltText, Scene
from burnish.values import CaptionRequest, Draft, Record

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
FAULTS: tuple[dict[str, float], ...] = (
    {},
    *({"misjudge": share} for share in (0.05, 0.1, 0.2)),
    *({"forget": share} for share in (0.05, 0.1, 0.2)),
)
BLOCK = 100
"""Scenes at a time."""
WAYS = ("model alone", "rules", "rules, writing read")
_PEOPLE = ("Maria Lopez", "Jonas Weber", "Aiko Tanaka", "Peter Novak", "Grace Okafor", "Lena Fischer", "Omar Haddad")
_CITIES = ("Lisbon", "Oslo", "Nairobi", "Toronto", "Kyoto", "Valencia", "Gdansk", "Melbourne")
_EVENTS = ("Expo", "Regatta", "Biennale", "Marathon")
_SIGNS = ("Hotel", "Cafe", "Club", "Museum")


def with_facts(scene: Scene) -> Scene:
    """The scene with an alt text of true and false facts."""
    lots = random.Random(f"afc {scene.seed} {scene.number}")
    who, where, year = lots.choice(_PEOPLE), lots.choice(_CITIES), str(lots.randint(1999, 2019))
    event = f"{lots.choice(_EVENTS)} {lots.randint(2, 49)}"
    false = [f"{kind} {lots.randint(100, 999)}" for kind in lots.sample(_SIGNS, lots.randint(1, 2))]
    true = [scene.sign.text] if scene.sign else []
    quoted = lots.sample([*true, *false], len(true) + len(false))
    tail = f"by {who} at {event}, {where} {year}"
    body = captions.plain(scene)
    signs = captions.listed([f'the sign "{text}"' for text in quoted])
    kept = f' with the sign "{true[0]}"' if true else ""
    alt = AltText(
        text=f"{body} with {signs} {tail}",
        kind="partly_true",
        repaired=f"{body}{kept} {tail}",
        true_names=(who, where, year, event, *true),
        false_names=tuple(false),
    )
    return replace(scene, alt=alt)


def alone(known: Sequence[Known], backend: OracleBackend) -> Iterator[str]:
    """What the model writes when it is asked once, "" for no answer."""
    for pair, picture, _ in known:
        (reply,) = backend.answer([CaptionRequest(picture=picture, format="afc", text=pair.text)])
        yield reply.text if isinstance(reply, Draft) else ""


def ruled(known: Sequence[Known], backend: OracleBackend, *, ocr: bool) -> Iterator[Record]:
    """The pairs after everything that `burnish recaption --format afc` asks, the scene's writing given as read."""
    plan = Plan(source="memory", recipe="recaption", ocr=ocr, recaption=RecaptionRules(formats="afc"))
    terms = asks.Terms(plan=plan, recipe=recipes.load("recaption"), maker=backend.identity)
    records = []
    for pair, picture, scene in known:
        opened = flow.open_record(pair, picture, plan)
        assert isinstance(opened, Record)
        records.append(replace(opened, evidence=scene.texts() if ocr else ()))
    for name in asks.names(terms):
        records = flow.put(asks.load(name, terms), records, backend)
    yield from (recaption.settled(record, "") for record in records)


def fates(scene: Scene, text: str) -> Iterator[str]:
    """What became of each fact."""
    said = f" {' '.join(edits.words(text))} "
    for kind, names in (("true", scene.alt.true_names), ("false", scene.alt.false_names)):
        for name in names:
            yield f"{kind} {'kept' if f' {chr(32).join(edits.words(name))} ' in said else 'dropped'}"


def measured(known: Sequence[Known], backend: OracleBackend, way: str) -> Counter[str]:
    """Fates of all facts, and how many captions were written, asked for again, and marked as low."""
    counts: Counter[str] = Counter()
    if way == WAYS[0]:
        for (_, _, scene), text in zip(known, alone(known, backend), strict=True):
            counts.update(fates(scene, text))
            counts["written"] += bool(text)
        return counts
    for (_, _, scene), record in zip(known, ruled(known, backend, ocr=way == WAYS[2]), strict=True):
        new = recaption.new(record)
        counts.update({"written": len(new), "pairs without": not new})
        for caption in new:
            found = list(fates(scene, caption.text))
            counts.update(found)
            notes = recaption.notes(caption)
            counts.update({"asked again": "reasked" in notes, "low": "low" in notes})
            if "low" in notes:
                counts["false kept, caption marked low"] += found.count("false kept")
        counts.update(f"not written: {flag.partition(':')[2]}" for flag in record.flags if flag.startswith("no_afc"))
    return counts


def counted(folder: str, known: Sequence[Known]) -> dict[str, dict[str, Counter[str]]]:
    """By faults and way. All of them look at the same scenes in turn: what a text was found to be is still known."""
    backends = {_told(faults): OracleBackend({"truth": folder} | _set(faults)) for faults in FAULTS}
    counts = {name: {way: Counter[str]() for way in WAYS} for name in backends}
    for first in range(0, len(known), BLOCK):
        for name, backend in backends.items():
            for way in WAYS:
                counts[name][way].update(measured(known[first : first + BLOCK], backend, way))
        print(f"{first + BLOCK} scenes", flush=True)
    return counts


def _told(faults: dict[str, float]) -> str:
    return ", ".join(f"{key} {value:.0%}" for key, value in faults.items()) or "none"


def _set(faults: dict[str, float]) -> dict[str, str]:
    return {key: str(value) for key, value in faults.items()}


def row(counts: Counter[str]) -> dict[str, Any]:
    """Counts, and shares with Wilson's 95 % intervals."""
    true = counts["true kept"] + counts["true dropped"]
    false = counts["false kept"] + counts["false dropped"]
    return {
        "true kept": asdict(wilson(counts["true kept"], true)),
        "false dropped": asdict(wilson(counts["false dropped"], false)),
        "counts": dict(sorted(counts.items())),
    }


_PAGE = """# Facts of the alt text in fused captions

`{command}`; {pairs} clip-art scenes ({seeds} seeds), each alt text with four or five true facts (a person, a place, a
year, an event with its number, the sign where there is one) and one or two quotations of signs that are not there. The
oracle writes, so these are figures of the rules around a model, not of a model.

*misjudge*: share of facts that the model takes for the opposite (a true one is listed as refuted, a false one kept).
*forget*: share of true facts it leaves out without a word. *rules*: what `burnish recaption --format afc` makes of the
same model; *writing read*: with `--ocr`, the reading given from the truth. Facts are counted in captions that were
written. Shares with 95 % intervals (Wilson).

| faults | | true kept | false dropped | true kept / lost | false dropped / kept | of those, marked low | asked again |\
 not written |
|---|---|---|---|---:|---:|---:|---:|---:|
"""

_END = """
What the rules add: a fact that is left out in silence is asked for again, and a caption that still lacks it is not
written. What a model lists as refuted is believed, except a quotation that can be read in the image. A false quotation
that a model believes is kept by both: the text said it, and a reading that has not found it refutes nothing. The second
look marks such captions as low (the oracle's judge is strict), so they never become the text.
"""


def page(found: dict[str, Any]) -> str:
    """The figures for people."""
    lines = []
    for faults, ways in found["rows"].items():
        for way, each in ways.items():
            c = each["counts"]
            true, false = (
                f"{s['share']:.1%} ({s['low']:.1%} to {s['high']:.1%})"
                for s in (each["true kept"], each["false dropped"])
            )
            lines.append(
                f"| {faults} | {way} | {true} | {false} | {c.get('true kept', 0)} / {c.get('true dropped', 0)} "
                f"| {c.get('false dropped', 0)} / {c.get('false kept', 0)} "
                f"| {c.get('false kept, caption marked low', '-')} | {c.get('asked again', '-')} "
                f"| {c.get('pairs without', '-')} |\n"
            )
    return _PAGE.format_map(found) + "".join(lines) + _END


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        numbers = ((seed, number) for seed in range(options.seeds) for number in range(options.scenes))
        write(Path(folder), (with_facts(compose.scene(200 + seed, number)) for seed, number in numbers))
        known = read(folder)
        rows = {name: {way: row(each) for way, each in ways.items()} for name, ways in counted(folder, known).items()}
    found = {
        "command": f"python -m benchmarks.afc --scenes {options.scenes} --seeds {options.seeds}",
        "pairs": len(known), "seeds": options.seeds, "rows": rows, "machine": measure.machine(["burnish", "pillow"]),
    }  # fmt: skip
    (FIGURES / "afc.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "afc.md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
