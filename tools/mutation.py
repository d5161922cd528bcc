"""How many changes to journal, commit, ledger and guards the tests notice: ``make mutation`` (F22).

mutmut makes the changes and runs the tests that reach them; this counts, and writes docs/figures/mutation.json.
Exits with 1 below 90 %.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "mutants"
FIGURES = ROOT / "docs" / "figures" / "mutation.json"
TARGET = 0.9
MEMORY = Path("/dev/shm")  # noqa: S108 -- the tests' folders: they sync thousands of times, and power is not cut
SURVIVED, UNREACHED = 0, 33
"""Of mutmut's exit codes: the tests passed, no test reaches it. None: not run. Every other one: noticed."""


def main() -> int:
    """Run mutmut, then count."""
    mutmut = Path(sys.executable).with_name("mutmut")
    # Children of tests import the mutants too, not the installed package. A folder that is not there when Python starts
    # would be taken for missing until it ends.
    (WORK / "src").mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": f"{WORK / 'src'}:{ROOT / 'tools'}"}  # quick_first is a plugin in tools
    if MEMORY.is_dir():
        environment["TMPDIR"] = str(MEMORY)
    subprocess.run([str(mutmut), "run"], cwd=ROOT, env=environment, check=False)  # noqa: S603 -- our own tool
    figures = counted()
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps({key: figures[key] for key in ("mutants", "noticed", "score")}))
    return 0 if float(figures["score"]) >= TARGET else 1


def counted() -> dict[str, object]:
    """The score over all mutants that were run, by module, and those that the tests did not notice."""
    modules: dict[str, Counter[str]] = {}
    unnoticed: list[str] = []
    for path in sorted(WORK.rglob("*.meta")):
        codes = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        tally = modules.setdefault(path.name.removesuffix(".py.meta"), Counter())
        for name, code in codes.items():
            state = "not run" if code is None else "unnoticed" if code in {SURVIVED, UNREACHED} else "noticed"
            tally[state] += 1
            if state == "unnoticed":
                unnoticed.append(name.rpartition(".")[2])
    noticed = sum(tally["noticed"] for tally in modules.values())
    run = noticed + len(unnoticed)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "mutants": run,
        "noticed": noticed,
        "score": round(noticed / run, 4) if run else 0.0,
        "modules": {name: dict(sorted(tally.items())) for name, tally in modules.items()},
        "unnoticed": sorted(unnoticed),
    }


if __name__ == "__main__":
    sys.exit(main())
