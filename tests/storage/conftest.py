"""Fixtures of the storage tests."""

import os
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def quick_path():
    """A new folder in memory where there is such a place: these tests sync thousands of times, and power is not cut."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="burnish-test-", dir=place) as folder:
        yield Path(folder)
