"""Fixtures of the hazard tests."""

from tests.storage.conftest import quick_path

__all__ = ["quick_path"]
