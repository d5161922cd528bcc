"""Fixtures of the hazard tests."""

from tests.storage.conftest import quick_path, quiet, s3_server, store

__all__ = ["quick_path", "quiet", "s3_server", "store"]
