"""For `make mutation`, as a plugin of pytest: the quickest tests first.

mutmut stops at the first test that notices a mutant, but gives the tests in no order; what it measured is in its file.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

MEASURED = Path("mutmut-stats.json")
"""In the folder of the mutants, where mutmut starts pytest; not there while it measures."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort in place: by seconds measured, those never measured last."""
    if not MEASURED.is_file():
        return
    seconds: dict[str, float] = json.loads(MEASURED.read_text("utf-8"))["duration_by_test"]
    items.sort(key=lambda item: seconds.get(item.nodeid, float("inf")))
