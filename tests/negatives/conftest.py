"""Scenes with their truth, and an output of burnish made from them: two shards of thirty pairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from burnish import api
from burnish.scenes import writing

PAIRS = 60


@pytest.fixture(scope="session")
def scenes(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("negatives") / "scenes"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "PER_SHARD", PAIRS // 2)
        writing.write(folder, PAIRS, 12, 0.5)
    return folder


@pytest.fixture(scope="session")
def better(scenes, tmp_path_factory) -> Path:
    """Every bad pair that can be mended is."""
    folder = tmp_path_factory.mktemp("negatives") / "better"
    api.enhance(
        scenes,
        folder,
        backend="oracle",
        backend_options={"truth": str(scenes)},
        rewrite={"max_inserted": 60, "max_changed": 1.0},
        workers=1,
    )
    return folder
