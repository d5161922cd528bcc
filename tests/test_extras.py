"""Where an extra is missing, tests leave themselves out and say so: none falls over on its way in."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def wanted(distribution: str, extra: str = "") -> list[Requirement]:
    """What an installed distribution asks for here, with one of its extras or with none."""
    try:
        listed = [Requirement(line) for line in requires(distribution) or []]
    except PackageNotFoundError:
        return []
    return [one for one in listed if one.marker is None or one.marker.evaluate({"extra": extra})]


def present(roots: list[Requirement]) -> set[str]:
    """The names of all that an installation of `roots` brings."""
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(one.name), extra) for one in roots for extra in ("", *one.extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) not in seen:
            seen.add((name, extra))
            further = wanted(name, extra)
            waiting += [(canonicalize_name(one.name), each) for one in further for each in ("", *one.extras)]
    return {name for name, _ in seen}


def missing_modules() -> set[str]:
    """What the extras bring and `make test` on a clean checkout does not: the names to import, where installed."""
    listed = [Requirement(line) for line in requires("burnish") or []]
    asked = {canonicalize_name(one.name) for one in listed}
    absent = asked - present(wanted("burnish", "dev"))
    owners = packages_distributions()
    return {module for module, names in owners.items() if absent.intersection(map(canonicalize_name, names))}


@pytest.mark.slow
def test_every_test_file_is_collected_without_the_extras() -> None:
    """A developer's environment hides it: CI's fast tier once fell over a file that asked for one extra of two."""
    absent = missing_modules()
    if "torch" not in absent:
        pytest.skip("no extra is installed: `make test` shows the same")
    code = "import sys; sys.modules.update(dict.fromkeys(sys.argv[1].split(','))); import pytest; "
    code += "sys.exit(pytest.main(['--collect-only', '-q', '-q']))"
    command = [sys.executable, "-c", code, ",".join(sorted(absent))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
