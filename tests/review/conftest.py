from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import browser as browsers
from tests.report import outputs
from tests.review.served import Served, served


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsers.launched() as found:
        yield found


def lay(out: Path) -> Path:
    """Twelve kept and eight rewritten pairs in two shards."""
    kept = [outputs.kept(at, f"A red apple number {at}.", 3 + at / 10) for at in range(12)]
    mended = [outputs.rewritten(12 + at, f"IMG_{at}.JPG blue door", f"A blue door {at}.") for at in range(8)]
    return outputs.lay(out, [kept, mended])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return lay(tmp_path / "out")


@pytest.fixture
def server(out: Path) -> Iterator[Served]:
    with served(out) as found:
        yield found
