"""Does `burnish eval layers` find how obedient a captioner is, where that is known?

    python -m benchmarks.layers

Runs the command on the bundled pairs against the fake server: a captioner that keeps a set share of what it is asked
for, and one of random words. Writes docs/figures/layers.json and layers.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from burnish.evals.layers import CATEGORIES, MAX_LAYERS, OWN
from burnish.fakeserver import FakeServer, Settings

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
SAMPLE = str(files("burnish.sample"))
PICTURES = 240
CAPTIONERS = {
    "keeps all": Settings(mode="obedient", obedience=1.0),
    "keeps 80 %": Settings(mode="obedient", obedience=0.8),
    "keeps 50 %": Settings(mode="obedient", obedience=0.5),
    "random words": Settings(mode="hash"),
}

_HEAD = """# Layered instructions

`python -m benchmarks.layers`: `burnish eval layers` on {pictures} bundled pictures, against fake captioners behind a
server: three that keep a set share of the instructions beside the format's own length, one of random words. Figures of
the measure, not of a model. Shares with 95 % intervals (Wilson).
"""


def measured(settings: Settings) -> dict[str, Any]:
    """What the command prints as JSON."""
    with FakeServer(settings) as server:
        asked = ["eval", "layers", SAMPLE, "--backend", "openai", "--limit", str(PICTURES), "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "burnish", *asked],
            env={**os.environ, "OPENAI_BASE_URL": server.url},
            check=True,
            capture_output=True,
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def page(rows: dict[str, Any]) -> str:
    """The figures for people."""
    head = f"| | {' | '.join(rows)} |\n|---|{'---|' * len(rows)}\n"
    parts = [_HEAD.format(pictures=PICTURES), "", head]

    def line(name: str, part: str, key: str) -> None:
        told = " | ".join(_told(found[part][key]) for found in rows.values())
        parts.append(f"| {name} | {told} |\n")

    for name in CATEGORIES:
        line(f"kept: {name}", "categories", name)
    for number in map(str, range(1, MAX_LAYERS + 1)):
        shares = " | ".join(f"{found['share'][number]:.1%}" for found in rows.values())
        parts.append(f"| {number} layers, mean share kept | {shares} |\n")
        line(f"{number} layers, all kept", "whole", number)
    for name in OWN:
        line(f"the format's own: {name}", "own", name)
    return "\n".join(parts[:2]) + "".join(parts[2:])


def _told(rate: dict[str, Any]) -> str:
    return f"{rate['share']:.1%} ({rate['low']:.1%} to {rate['high']:.1%}), n {rate['n']}"


def main() -> None:
    """Measure and write."""
    rows = {name: measured(settings) for name, settings in CAPTIONERS.items()}
    found = {"command": "python -m benchmarks.layers", "pictures": PICTURES, "rows": rows}
    (FIGURES / "layers.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "layers.md").write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
