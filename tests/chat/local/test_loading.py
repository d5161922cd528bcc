"""Loading a local model: nothing is said on the way, and what others have set of the library stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from burnish.chat.local.loading import load
from burnish.chat.local.options import Options

transformers = pytest.importorskip("transformers", reason="models need the extra [transformers]")


def test_no_progress_bar_gets_between_the_lines_of_a_run(
    folder_of: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of("siglip_qwen2")
    transformers.logging.enable_progress_bar()
    load(Options(model=str(folder), device="cpu"))
    assert capfd.readouterr() == ("", "")
    assert transformers.logging.is_progress_bar_enabled()
