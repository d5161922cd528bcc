"""One service for all tests that only ask it."""

from collections.abc import Iterator

import pytest

from tests.serve.servers import Site, served


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with served() as running:
        yield running
