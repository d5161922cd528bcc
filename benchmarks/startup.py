"""How long `import burnish` and `burnish --help` take, as medians: writes docs/figures/startup.json.

    python benchmarks/startup.py [--runs 21]

Targets: 0.25 s and 0.35 s. Each run is a fresh process; the first two of each kind are thrown away (cold caches).
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

FIGURE = Path(__file__).resolve().parents[1] / "docs" / "figures" / "startup.json"
KINDS = {
    "python -c pass": ["-c", "pass"],
    "import burnish": ["-c", "import burnish"],
    "import burnish, use enhance": ["-c", "import burnish; burnish.enhance"],
    "burnish --help": ["-m", "burnish", "--help"],
    "burnish enhance --help": ["-m", "burnish", "enhance", "--help"],
}
TARGETS_S = {"import burnish": 0.25, "burnish --help": 0.35}
WARM_UP = 2


def seconds(arguments: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    times = {kind: [seconds(arguments) for _ in range(runs + WARM_UP)][WARM_UP:] for kind, arguments in KINDS.items()}
    figure = {
        "command": f"python benchmarks/startup.py --runs {runs}",
        "n": runs,
        "python": platform.python_version(),
        "median_s": {kind: round(statistics.median(found), 3) for kind, found in times.items()},
        "max_s": {kind: round(max(found), 3) for kind, found in times.items()},
        "target_s": TARGETS_S,
    }
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    FIGURE.write_text(json.dumps(figure, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figure, indent=2))


if __name__ == "__main__":
    main()
