"""Settings all tests share, and the outcomes of the full tier."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import Phase, settings

# No deadline: a busy machine is no bug. The seed is fixed so that a failure can be run again.
settings.register_profile("burnish", deadline=None, derandomize=True)
# `make mutation` runs the same tests hundreds of times, and asks only whether they fail.
settings.register_profile(
    "mutation", settings.get_profile("burnish"), max_examples=25, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("burnish")

pytest_plugins = ("tests.ray_runs",)
"""One cluster for the tests of all folders that want one."""

FIGURES = "FULL_TIER_FIGURES"
"""Names the file that the outcomes of tests marked ``full("F1")`` are added to as they come, by figure and test."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever leaves itself out where an extra is missing runs once more where the extras are: `make test-slow`.
    There (`--dist loadgroup`) a file stays in one process, as what it trains once for all its tests takes minutes; and
    so does all that starts clusters: two at a time are more than a small machine holds.
    """
    for item in items:
        if _says(item.path, "importorskip(") or _says(item.path.with_name("conftest.py"), "importorskip("):
            item.add_marker("extras")
        starts_clusters = _says(item.path, "ray_cluster") or _says(item.path, "ray_runs")
        item.add_marker(pytest.mark.xdist_group("ray" if starts_clusters else item.path.as_posix()))


@cache
def _says(path: Path, words: str) -> bool:
    return path != Path(__file__) and path.exists() and words in path.read_text(encoding="utf-8")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("full"):
        item.user_properties.append(("figure", mark.args[0]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Of the full tier the CPU time too, of ended children with it: on a busy machine, seconds alone say little."""
    before = _cpu_s()
    try:
        return (yield)
    finally:
        if item.get_closest_marker("full"):
            item.user_properties.append(("cpu_s", round(_cpu_s() - before)))


def _cpu_s() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    told = dict(report.user_properties)
    figure = told.pop("figure", None)
    if figure is None or (report.when != "call" and report.outcome == "passed"):
        return
    why = {"why": str(report.longrepr[2])} if isinstance(report.longrepr, tuple) else {}
    entry = {"outcome": report.outcome, "s": round(report.duration), **told, **why}
    path = os.environ.get(FIGURES)
    if path and "PYTEST_XDIST_WORKER" not in os.environ:  # a worker's outcomes come to the process that started it
        note(Path(path), {str(figure): {report.nodeid: entry}}, datetime.now(UTC).date().isoformat())


def note(path: Path, outcomes: dict[str, dict[str, Any]], day: str) -> None:
    """Take `outcomes` into the file: what is there of other tests stays."""
    with FileLock(f"{path}.lock"):
        known: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        for figure, tests in outcomes.items():
            known.setdefault(figure, {}).update({test: {"date": day, **entry} for test, entry in tests.items()})
        text = json.dumps({figure: dict(sorted(tests.items())) for figure, tests in sorted(known.items())}, indent=1)
        path.write_text(text + "\n", "utf-8")
    Path(f"{path}.lock").unlink(missing_ok=True)
