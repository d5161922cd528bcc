"""The same model is let go on, another one is not."""

import math

import pytest

from burnish.chat import Chosen
from burnish.chat.openai import canaries
from burnish.errors import StopError
from burnish.values import Failure, State
from tests.chat.openai.questions import model, question
from tests.chat.openai.stub import Stub, chosen, response


def asked(*shares: float, how: str = "logprobs") -> list[Chosen]:
    return [Chosen(shares=shares, outside=max(1 - sum(shares), 0.0), how=how)] * 2


FAILED = [Failure(state=State.UNPARSABLE, detail="")] * 2


def test_small_changes_are_the_same_model_and_large_ones_are_not():
    before = asked(0.1, 0.2, 0.7)
    assert canaries.changed(before, asked(0.2, 0.2, 0.6)) == ""
    assert "0.40" in canaries.changed(before, asked(0.5, 0.2, 0.3))
    assert canaries.changed(before, FAILED)
    assert canaries.changed(FAILED, FAILED) == ""


def test_samples_may_move_further():
    before = asked(0.0, 1.0, how="samples:8")
    assert canaries.changed(before, asked(0.5, 0.5, how="samples:8")) == ""
    assert canaries.changed(before, asked(1.0, 0.0, how="samples:8"))


def test_the_picture_shows_what_its_caption_says():
    rgb = canaries.picture().rgb
    assert rgb.shape == (canaries.SIDE_PX, canaries.SIDE_PX, 3)
    assert rgb[0, 0].tolist() == [255, 255, 255]
    assert rgb[112, 112].tolist() == [200, 20, 30]


def drifting(after: int, until: int = 10**9):
    async def handler(call):
        likely = {"5": -0.1, "1": -3.0} if after <= call.number < until else {"1": -0.1, "5": -3.0}
        return response(chosen(likely))

    return handler


def test_a_server_that_changes_stops_the_run():
    with Stub(drifting(20)).running() as stub, model(stub.options, canary_every="10") as made:
        made.choose([question(str(i)) for i in range(12)])
        with pytest.raises(StopError, match="model_drift"):
            made.choose([question(str(i)) for i in range(12)])


def test_one_odd_answer_is_asked_about_once_more():
    odd = 1 + 2 + 10  # the look at the server, the canaries, the batch: then the first canary again
    with Stub(drifting(odd, odd + 1)).running() as stub, model(stub.options, canary_every="10") as made:
        made.choose([question(str(i)) for i in range(10)])
        assert len(stub.calls) == odd + 4


@pytest.mark.parametrize(("every", "extra"), [("0", 0), ("1000", 2), ("10", 4)])
def test_canaries_cost_what_was_asked_for(every, extra):
    with Stub().running() as stub, model(stub.options, canary_every=every) as made:
        made.choose([question(str(i)) for i in range(12)])
        assert len(stub.calls) == 1 + 12 + extra


def test_a_model_that_cannot_tell_the_canaries_apart_is_remarked_on_once(caplog):
    async def blind(_call):
        return response(chosen({"3": math.log(0.9)}))

    caplog.set_level("WARNING", "burnish")
    with Stub(blind).running() as stub, model(stub.options, canary_every="5") as made:
        for _ in range(3):
            made.choose([question(str(i)) for i in range(5)])
    assert sum("does it see images" in message for message in caplog.messages) == 1
