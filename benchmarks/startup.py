"""How long `import burnish` and `burnish --help` take, and what an install weighs: writes docs/figures/startup.json.

    python -m benchmarks.startup [--runs 21]

Targets: 0.25 s, 0.35 s and 400 MB. Times are medians, by the clock and of the CPU (which other load disturbs less);
each run is a fresh process, and the first two of each kind are thrown away (cold caches). The install is
`pip install .` into a fresh environment; counted are the files of every package it brings (10^6 bytes a MB), with the
byte code that pip compiles and without; pip itself is left out.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from benchmarks.measure import machine

ROOT = Path(__file__).resolve().parents[1]
FIGURE = ROOT / "docs" / "figures" / "startup.json"
KINDS = {
    "python -c pass": ["-c", "pass"],
    "import burnish": ["-c", "import burnish"],
    "import burnish, use enhance": ["-c", "import burnish; burnish.enhance"],
    "burnish --help": ["-m", "burnish", "--help"],
    "burnish enhance --help": ["-m", "burnish", "enhance", "--help"],
}
TARGETS_S = {"import burnish": 0.25, "burnish --help": 0.35}
TARGET_MB = 400
WARM_UP = 2
BYTE_CODE = ".pyc"
TOOLS = frozenset(("pip", "setuptools"))  # what a fresh environment has of its own
PILLARS = ("burnish", "numpy", "onnxruntime", "pillow", "pyarrow")  # no smaller build of these is on PyPI


def seconds(arguments: list[str]) -> tuple[float, float]:
    """By the clock, and of the CPU."""
    started, before = time.perf_counter(), _cpu_s()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started, _cpu_s() - before


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def megabytes(package: Distribution) -> tuple[float, float]:
    """With byte code and without."""
    files = [Path(str(file.locate())) for file in package.files or []]
    sizes = [(path.stat().st_size / 1e6, path.suffix) for path in files if path.exists()]
    return sum(size for size, _ in sizes), sum(size for size, suffix in sizes if suffix != BYTE_CODE)


def install() -> dict[str, Any]:
    """What `pip install .` leaves behind."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder, "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "-qq", "--no-input", ROOT], check=True)
        (site,) = Path(folder, "lib").glob("python*/site-packages")
        sizes = {p.name.lower(): megabytes(p) for p in distributions(path=[str(site)]) if p.name not in TOOLS}
    largest = sorted(sizes, key=lambda name: -sizes[name][0])
    return {
        "target_mb": TARGET_MB,
        "mb": round(sum(both for both, _ in sizes.values()), 1),
        "mb_without_byte_code": round(sum(bare for _, bare in sizes.values()), 1),
        "pillars_mb": round(sum(sizes[name][0] for name in PILLARS), 1),
        "pillars_mb_without_byte_code": round(sum(sizes[name][1] for name in PILLARS), 1),
        "packages": len(sizes),
        "package_mb": {name: round(sizes[name][0], 1) for name in largest},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    before = machine([])
    times = {kind: [seconds(arguments) for _ in range(runs + WARM_UP)][WARM_UP:] for kind, arguments in KINDS.items()}
    figure = {
        "command": f"python -m benchmarks.startup --runs {runs}",
        "n": runs,
        "machine": before,
        "median_s": {kind: round(statistics.median(clock for clock, _ in found), 3) for kind, found in times.items()},
        "median_cpu_s": {kind: round(statistics.median(cpu for _, cpu in found), 3) for kind, found in times.items()},
        "max_s": {kind: round(max(clock for clock, _ in found), 3) for kind, found in times.items()},
        "target_s": TARGETS_S,
        "install": install(),
    }
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    FIGURE.write_text(json.dumps(figure, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figure, indent=2))


if __name__ == "__main__":
    main()
