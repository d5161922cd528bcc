"""Hazard 47: the server holds another model than the one named: refused at the start, stopped later."""

import pytest

from burnish.backends.openai import BACKEND
from burnish.errors import StopError, UsageError
from burnish.fakeserver import FakeServer, Settings
from tests.chat.openai.questions import assess, backend


def test_a_model_that_the_server_does_not_have_is_refused_before_any_call():
    with FakeServer(Settings(model_id="small")) as server:
        with pytest.raises(UsageError, match=r"no model 'large'\.\nIt has: small"):
            BACKEND({"base_url": server.url, "model": "large"})
        assert server.stats()["calls"] == 0


def test_an_answer_that_names_another_model_is_refused_at_the_start():
    with FakeServer(Settings(faults=("other_model",), model_id="one")) as server:
        with pytest.raises(UsageError, match="'one-other' answers"):
            BACKEND({"base_url": server.url})
        assert server.stats()["calls"] == 1


def test_an_answer_that_names_another_model_later_stops_the_run():
    with FakeServer(Settings(faults=("other_model@6-",))) as server, backend(server.url, concurrency="1") as model:
        with pytest.raises(StopError, match="another model answers now"):
            model.answer([assess(f"a dog {i}") for i in range(9)])
        assert server.stats()["calls"] == 6
