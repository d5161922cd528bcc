"""The page of figures of models: every figure with what knowing nothing gives, and parts that are kept."""

from __future__ import annotations

import pytest

from benchmarks import models


def figure(value: float | None) -> dict[str, object]:
    return {"value": value, "low": 0.1, "high": 0.9, "spread": 0.02, "n": 1_200, "by_seed": {}}


def mark(**figures: dict[str, object]) -> dict[str, object]:
    return {"exam": "x", "of": "texts", "chance": {"recall@1": 0.05}, "missing": 0, **figures}


def test_a_line_a_figure_and_a_column_a_model():
    rows = {name: [mark(**{"recall@1": figure(value)})] for name, value in (("one", 0.5), ("other", None))}
    _, _, line = models.table(rows).splitlines()
    assert line == "| texts: recall@1 | 50.0% (10.0% to 90.0%), +- 0.020 over seeds, n 1,200 | -, n 1,200 | 5.0% |"


def test_what_is_measured_is_kept(tmp_path):
    assert models.kept(tmp_path, "a part", lambda: {"n": 3}) == {"n": 3}

    def again():
        pytest.fail("it was measured before")

    assert models.kept(tmp_path, "a part", again) == {"n": 3}
