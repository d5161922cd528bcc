"""Measurements behind docs/figures/: each module runs as ``python -m benchmarks.NAME``; none is part of the tests."""
