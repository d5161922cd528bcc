"""What models with two towers see in scenes, and what becomes of captions: `burnish eval models` and `eval captions`.

    python -m benchmarks.models --work DIR

Three encoders: the built-in model; a tiny CLIP of transformers' own class, trained here on other scenes; the same one
as it was before training, which knows nothing. Then the questions that a model without words can be asked, and noisy
captions of scenes before and after `burnish enhance`. Needs the extra [transformers]. Writes docs/figures/models.json
and models.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.tiny_clip import STEPS, TRAINED_ON, train

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
PICTURES, QUESTIONED, MENDED = 60, 20, 150
SEEDS = "0,1,2"

_HEAD = f"""# Models

`python -m benchmarks.models --work DIR`. Scenes of seeds {SEEDS}, {PICTURES} pictures each, 95 % intervals over
pictures. "Tiny CLIP" is a CLIP of transformers' own class of 173,000 parameters, trained for {STEPS} steps on
{TRAINED_ON:,} other scenes, which are made of the same drawings; "untrained" is the same one before. They are here to
show that the measure tells knowing from not knowing, not to be used. The built-in model has seen drawings of the
collection that the objects of scenes come from, so its figures are no zero-shot figures in the strict sense.
Nothing here is a photograph.
"""


def command(*arguments: object) -> str:
    """What a command of burnish prints."""
    line = [sys.executable, "-m", "burnish", *map(str, arguments)]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout


def models(exam: str, *who: object, limit: int = PICTURES) -> list[dict[str, Any]]:
    """Rows of one exam on fresh scenes."""
    asked = ("eval", "models", "--exam", exam, *who, "--limit", limit, "--seeds", SEEDS, "--json")
    found: list[dict[str, Any]] = json.loads(command(*asked))
    return found


def captions(work: Path) -> dict[str, Any]:
    """Of scenes half of whose alt texts are noisy, before and after the built-in editor."""
    scenes, mended = work / "noisy", work / "mended"
    if not scenes.exists():
        command("scenes", "-o", scenes, "--pairs", MENDED, "--seed", 41, "--noise", 0.5)
    command("enhance", scenes, "-o", mended, "--workers", 1)
    found: dict[str, Any] = json.loads(
        command("eval", "captions", mended, "--truth", scenes, "--encoder", "builtin", "--json")
    )
    return found


def kept(work: Path, name: str, measure: Callable[[], Any]) -> Any:
    """What has been measured before, so that a stopped run goes on."""
    path = work / f"{name.replace(' ', '-')}.json"
    if not path.exists():
        path.write_text(json.dumps(measure()), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def table(rows: dict[str, list[dict[str, Any]]]) -> str:
    """One line a figure, a column a model."""
    names = list(rows)
    lines = [f"| | {' | '.join(names)} | knowing nothing |", "|---|" + "---|" * (len(names) + 1)]
    first = rows[names[0]]
    for at, mark in enumerate(first):
        for figure in [name for name, value in mark.items() if isinstance(value, dict) and "by_seed" in value]:
            told = " | ".join(_told(of[at][figure]) for of in rows.values())
            chance = mark["chance"].get(figure)
            lines.append(f"| {mark['of']}: {figure} | {told} | {'-' if chance is None else f'{chance:.1%}'} |")
    return "\n".join(lines) + "\n"


def _told(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return f"-, n {figure['n']:,}"
    spread = "" if figure["spread"] is None else f", +- {figure['spread']:.3f} over seeds"
    between = "" if figure["low"] is None else f" ({figure['low']:.1%} to {figure['high']:.1%})"
    return f"{figure['value']:.1%}{between}{spread}, n {figure['n']:,}"


def caption_table(found: dict[str, Any]) -> str:
    """One line a figure, a column a role."""
    figures = [name for name, value in found["alt"].items() if isinstance(value, dict)]
    lines = [f"| | {' | '.join(found)} |", "|---|" + "---|" * len(found)]
    for name in figures:
        cells = []
        for of in found.values():
            each = of[name]
            cells.append(f"{each['value']:.3f} ({each['low']:.3f} to {each['high']:.3f}), n {each['n']:,}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="holds models and parts; a stopped one goes on")
    work: Path = parser.parse_args().work
    work.mkdir(parents=True, exist_ok=True)
    trained, untrained = train(work)
    who = {
        "built-in": ("--encoder", "builtin"),
        "tiny CLIP": ("--encoder", f"transformers:{trained}"),
        "untrained": ("--encoder", f"transformers:{untrained}"),
    }
    found: dict[str, Any] = {"command": "python -m benchmarks.models --work DIR", "seeds": SEEDS, "pictures": PICTURES}
    for exam in ("classification", "retrieval"):
        found[exam] = {name: kept(work, f"{exam} {name}", partial(models, exam, *one)) for name, one in who.items()}
    asked = partial(models, "options", "--backend", "builtin", limit=QUESTIONED)
    found["options"] = {"built-in": kept(work, "options", asked)}
    found["captions"] = kept(work, "captions", partial(captions, work))
    (FIGURES / "models.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "models.md").write_text(page(found), encoding="utf-8")


def page(found: dict[str, Any]) -> str:
    """The figures for people."""
    parts = [
        _HEAD,
        "## Zero-shot classes of cut-out objects\n",
        table(found["classification"]),
        "## Retrieval by plain captions\n",
        table(found["retrieval"]),
        f"## Questions with options, judged option by option ({QUESTIONED} pictures a seed)\n",
        table(found["options"]),
        f"## Captions of {MENDED} scenes, half of them noisy, before (alt) and after the built-in editor (chosen)\n",
        "References are the scene's true short captions; `rewrite` are the changed ones alone.\n",
        caption_table(found["captions"]),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    main()
