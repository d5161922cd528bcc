"""Every fault that the fake server knows, at the beginning, in the middle and at the end: nothing is lost, nothing is
given twice, and no pair is blamed for what is the server's fault.
"""

import pytest

from burnish.errors import StopError
from burnish.fakeserver import FakeServer, Settings, faults
from burnish.values import Failure, Reply
from tests.chat.openai.questions import assess, backend, rewrite

REQUESTS = [assess(f"a dog {i}") for i in range(12)] + [rewrite(f"a dgo {i}") for i in range(6)]
CHOICES, TEXTS = range(2, 14), range(15, 21)
"""Numbers of the calls for them: call 1 looks at the server, call 14 finds out how it writes."""
POSITIONS = (CHOICES[0], CHOICES[5], CHOICES[-1], TEXTS[0], TEXTS[-1])

STOPS = {"status_401", "status_403", "model_not_found", "insufficient_quota", "status_429_hours", "other_model"}
PAIRS = {"context_length", "content_policy", "status_413", "content_filter"}
"""Refused for the request's sake. Once only, so the first two are cured by a smaller image."""
FIRST_TOKENS = {"same_score", "refusal", "nan_score", "out_of_range", "swapped", "duplicate_keys", "repeats"}
"""A single-token answer is what it is: no second look could tell that it is wrong."""
UNNOTICED = {"same_score", "prose", "code_fence", "single_quotes", "no_usage"}

SLOW = {"hang", "slow_loris"}


def answered(settings: Settings, **options: str) -> list[Reply]:
    with FakeServer(settings) as server, backend(server.url, **options) as made:
        replies = made.answer(REQUESTS)
        assert not settings.faults or server.stats()["faults"]
        return replies


@pytest.fixture(scope="module")
def clean() -> list[str]:
    return [repr(reply) for reply in answered(Settings())]


def at(fault: str) -> int:
    """One position for each fault, another one for the next."""
    return POSITIONS[sorted(faults.load()).index(fault) % len(POSITIONS)]


def cases(wanted: set[str]) -> list[object]:
    """Each fault at one position, and in the full tier at all others too."""
    return [
        pytest.param(
            fault, position, id=f"{fault}@{position}", marks=[pytest.mark.full("F11")] * (position != at(fault))
        )
        for fault in sorted(wanted)
        for position in POSITIONS
    ]


def struck(fault: str, position: int) -> list[str]:
    """The replies with the fault at a position."""
    options = {"timeout_s": "0.4"} if fault in SLOW else {}
    settings = Settings(faults=(f"{fault}@{position}",), retry_after_s=0.05, bomb_mb=8)
    return [repr(reply) for reply in answered(settings, **options)]


@pytest.mark.parametrize(("fault", "position"), cases(set(faults.load()) - STOPS - PAIRS - FIRST_TOKENS - UNNOTICED))
def test_what_is_the_servers_fault_leaves_no_trace(fault, position, clean):
    replies = struck(fault, position)
    assert replies[:12] == clean[:12]
    changed = [i for i in range(12, 18) if replies[i] != clean[i]]
    assert len(changed) <= 1  # a text that was asked for again was drawn with another seed
    assert not any("Failure" in replies[i] for i in changed)


@pytest.mark.parametrize(("fault", "position"), cases(FIRST_TOKENS | UNNOTICED))
def test_what_the_model_says_stays_with_the_one_it_is_about(fault, position, clean):
    replies = struck(fault, position)
    assert len(replies) == len(clean)
    assert sum(a != b for a, b in zip(replies, clean, strict=True)) <= 1


@pytest.mark.parametrize(("fault", "position"), cases(PAIRS))
def test_what_is_refused_for_its_own_sake_hits_one_pair(fault, position, clean):
    replies = struck(fault, position)
    changed = [new for new, old in zip(replies, clean, strict=True) if new != old]
    assert len(changed) <= 1
    assert all("request_rejected" in reply or "Failure" not in reply for reply in changed)


@pytest.mark.parametrize("fault", sorted(STOPS))
def test_what_only_a_person_can_change_stops_at_once(fault):
    for position in (2, 8):
        with FakeServer(Settings(faults=(f"{fault}@{position}-",))) as server, backend(server.url) as made:
            with pytest.raises(StopError) as caught:
                made.answer(REQUESTS)
            assert server.stats()["calls"] <= 13
        assert len(str(caught.value).splitlines()) <= 6


@pytest.mark.parametrize("fault", ["status_500", "reset", "html_200", "cut_body", "outage"])
def test_a_server_that_stays_broken_stops_the_run_and_blames_no_pair(fault):
    with FakeServer(Settings(faults=(f"{fault}@8-",))) as server, backend(server.url, patience_s="0.2") as made:
        with pytest.raises(StopError, match="No pair is blamed"):
            made.answer(REQUESTS)
        server.reset()  # the call numbers begin again, so the next seven are answered
        assert not isinstance(made.answer(REQUESTS[:1])[0], Failure)


def test_an_outage_is_waited_out(clean):
    settings = Settings(faults=("outage@t0.3-1.5",), latency_ms=50)
    with FakeServer(settings) as server, backend(server.url, concurrency="2", patience_s="20") as made:
        assert [repr(reply) for reply in made.answer(REQUESTS)] == clean
        assert server.stats()["faults"]["outage"] >= 1


def test_a_third_of_all_calls_failing_changes_nothing(clean):
    settings = Settings(faults=("status_500@15%", "reset@10%", "cut_body@5%", "empty_body@5%"))
    assert [repr(reply) for reply in answered(settings, retries="12")][:12] == clean[:12]


def test_one_request_that_always_breaks_the_server_is_blamed_when_others_are_answered():
    # 5 % of the requests fail at each attempt: which ones is decided by their content
    with FakeServer(Settings(faults=("status_500@5%always",), seed=4)) as server, backend(server.url) as made:
        replies = made.answer([assess(f"a dog {i}") for i in range(60)])
    blamed = [reply for reply in replies if isinstance(reply, Failure)]
    assert 0 < len(blamed) < 10
    assert all("while the server answered others" in reply.detail for reply in blamed)


def test_an_overloaded_server_is_given_what_it_can_take():
    settings = Settings(max_in_flight=4, latency_ms=10, retry_after_s=0.01)
    with FakeServer(settings) as server, backend(server.url, concurrency="32", patience_s="30") as made:
        replies = made.answer(REQUESTS)
        stats = server.stats()
    assert not any(isinstance(reply, Failure) for reply in replies)
    assert stats["max_in_flight"] <= 4
    assert stats["billed_calls"] == len(REQUESTS) + 2
