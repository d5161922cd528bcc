"""The plan's rules as a worker's settings: shared out, checked, and hashable."""

import pytest

from burnish import plan as plans
from burnish.errors import UsageError
from burnish.fetching.settings import settings_of


def of(**fetching):
    plan = plans.build({"source": "x", "workers": 4, "fetching": fetching})
    return settings_of(plan, max_bytes=1, opt_outs=True, robots=True)


def test_what_holds_for_a_host_is_shared_out_among_workers():
    found = of(concurrency=64, per_host=8, per_host_rate=20.0)
    assert (found.concurrency, found.per_host, found.rate) == (16, 2, 5.0)
    assert (of(per_host=1).per_host, of(concurrency=1).concurrency) == (1, 1)
    assert len({of(), of(), of(ports="8080")}) == 2


def test_our_name():
    assert of().agent.startswith("burnish/")
    assert of(about="https://example.org/bot").agent.endswith(" (+https://example.org/bot)")


@pytest.mark.parametrize("fetching", [{"about": "a\r\nX: y"}, {"about": "a b"}, {"ports": "0"}, {"ports": "65536"},
                                      {"allow": "10.0.0.1/8"}, {"allow": "x"}])  # fmt: skip
def test_nonsense_is_refused(fetching):
    with pytest.raises(UsageError):
        of(**fetching)


@pytest.mark.parametrize("fetching", [{"concurrency": 0}, {"timeout_s": 0}, {"tries": 0}, {"per_host_rate": -1}])
def test_ranges(fetching):
    with pytest.raises(UsageError, match="fetching"):
        of(**fetching)


def test_none_of_it_is_part_of_what_was_done():
    one, other = plans.build({"source": "x"}), plans.build({"source": "x", "fetching": {"allow": "10.0.0.0/8"}})
    assert one.semantic() == other.semantic()
    assert plans.build({"source": "x", "fetch": True}).semantic() != one.semantic()
