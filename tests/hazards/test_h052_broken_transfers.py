"""Hazard 52: drips, hangs, HTML, half bodies, wrong lengths, bombs: bounded in time and memory, then repeated."""

import resource

import pytest

from burnish.fakeserver import FakeServer, Settings
from tests.chat.openai.questions import assess, backend

PAIRS = [assess(f"a dog {i}") for i in range(6)]
FAULTS = [
    "slow_loris",
    "hang",
    "html_200",
    "half_json",
    "empty_body",
    "cut_body",
    "length_too_long",
    "length_too_short",
]


@pytest.fixture(scope="module")
def clean() -> list[str]:
    with FakeServer() as server, backend(server.url) as model:
        return [repr(reply) for reply in model.answer(PAIRS)]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_transfer_is_repeated(fault, clean):
    settings = Settings(faults=(f"{fault}@3,5",), drip_ms=50)
    with FakeServer(settings) as server, backend(server.url, timeout_s="0.5") as model:
        assert [repr(reply) for reply in model.answer(PAIRS)] == clean
        assert server.stats()["faults"][fault] == 2


def test_a_bomb_takes_no_memory(clean):
    settings = Settings(faults=("gzip_bomb@3",), bomb_mb=1024)
    with FakeServer(settings) as server, backend(server.url, timeout_s="30") as model:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert [repr(reply) for reply in model.answer(PAIRS)] == clean
        grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 200  # the server, in this process too, holds the packed bomb of 1 MB for each GiB
