"""Hazard 51: 400, 413, too long, filtered: the image is sent smaller once, then that pair alone is unassessed."""

import pytest

from burnish.fakeserver import Ability, FakeServer, Settings
from burnish.values import Failure, Score, State
from tests.chat.openai.questions import assess, backend, stop_of

PAIRS = [assess(f"a dog {i}") for i in range(10)]


@pytest.mark.parametrize(("fault", "tries"), [("context_length", 2), ("status_413", 2), ("content_policy", 1)])
def test_one_refused_pair_is_a_failure_of_its_own(fault, tries):
    refused = ",".join(str(number) for number in range(4, 4 + tries))
    with FakeServer(Settings(faults=(f"{fault}@{refused}",))) as server, backend(server.url, concurrency="1") as model:
        replies = model.answer(PAIRS)
        assert server.stats()["calls"] == 1 + len(PAIRS) + tries - 1
    (failed,) = (reply for reply in replies if isinstance(reply, Failure))
    assert replies.index(failed) == 2
    assert failed.state is State.REQUEST_REJECTED


def test_a_filtered_answer_is_a_failure_that_was_billed():
    with FakeServer(Settings(faults=("content_filter@4",))) as server, backend(server.url, concurrency="1") as model:
        replies = model.answer(PAIRS)
        assert model.usage().calls == server.stats()["billed_calls"]
    assert [type(reply) for reply in replies].count(Failure) == 1


def test_a_smaller_image_that_passes_is_no_failure():
    with FakeServer(Settings(faults=("status_413@4",))) as server, backend(server.url, concurrency="1") as model:
        assert all(isinstance(reply, Score) for reply in model.answer(PAIRS))


@pytest.mark.parametrize("fault", ["context_length", "status_413", "content_policy"])
def test_a_server_that_refuses_everything_stops_the_run(fault):
    why, _ = stop_of(Settings(faults=(f"{fault}@6-",)), PAIRS, concurrency="1")
    assert "takes no request any more" in why


def test_a_server_that_cannot_see_is_refused_at_the_start():
    from burnish.backends.openai import BACKEND
    from burnish.errors import UsageError

    with FakeServer(Settings(images=Ability.REFUSED)) as server, pytest.raises(UsageError, match="reads images"):
        BACKEND({"base_url": server.url})
