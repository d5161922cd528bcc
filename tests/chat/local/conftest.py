"""Tiny models on disk, made once for all tests here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import tiny_models


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The checkpoint folder of a family's tiny model."""
    made: dict[str, Path] = {}

    def of(family: str) -> Path:
        pytest.importorskip("torch", reason="models need the extra [transformers]")
        pytest.importorskip("transformers", reason="models need the extra [transformers]")
        pytest.importorskip("llguidance", reason="models need the extra [transformers]")
        if family not in made:
            made[family] = tmp_path_factory.mktemp(family)
            tiny_models.FAMILIES[family](made[family])
        return made[family]

    return of
