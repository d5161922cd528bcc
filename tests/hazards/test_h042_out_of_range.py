"""Hazard 42: 11, 4.7, NaN, doubled keys: rejected, never clamped into the scale."""

import math

import pytest

from burnish.chat import Chosen
from burnish.fakeserver import Ability, FakeServer, Settings
from burnish.values import Draft, Failure, State
from tests.chat.openai.questions import assess, backend, model, question, rewrite
from tests.chat.openai.stub import Stub, chosen, completion, response


@pytest.mark.parametrize("fault", ["out_of_range", "nan_score", "duplicate_keys", "refusal"])
def test_a_choice_outside_the_scale_is_no_score(fault):
    with FakeServer(Settings(faults=(f"{fault}@2-",))) as server, backend(server.url) as made:
        (reply,) = made.answer([assess()])
    assert isinstance(reply, Failure)
    assert reply.state is State.UNPARSABLE


@pytest.mark.parametrize("said", ["11", "4.7", "NaN", "5/5", "0", "-3", "four", "", "4 or 5"])
def test_a_sample_outside_the_scale_counts_for_no_answer(said):
    async def handler(call):
        return response(completion("4" if call.body["seed"] % 2 else said))

    with Stub(handler).running() as stub, model(stub.options, choose="samples", samples="4") as made:
        (found,) = made.choose([question()])
    assert found == Chosen(shares=(0.0, 0.0, 0.0, 0.5, 0.0), outside=0.5, how="samples:4")


def test_impossible_probabilities_are_no_answer():
    async def handler(call):
        likely = {"4": math.log(0.9)} if call.number == 0 else {"4": -0.1, "5": -0.1}
        return response(chosen(likely))

    with Stub(handler).running() as stub, model(stub.options) as made:
        (found,) = made.choose([question()])
    assert isinstance(found, Failure)


@pytest.mark.parametrize("fault", ["duplicate_keys", "single_quotes"])
def test_doubled_keys_are_asked_about_once_more(fault):
    with FakeServer(Settings(faults=(f"{fault}@3",))) as server, backend(server.url) as made:
        (reply,) = made.answer([rewrite()])
    assert isinstance(reply, Draft)


def test_missing_logprobs_are_samples_and_not_scores_of_one():
    with FakeServer(Settings(logprobs=Ability.REFUSED)) as server, model({"base_url": server.url}, samples="6") as made:
        (found,) = made.choose([question()])
    assert isinstance(found, Chosen)
    assert found.how == "samples:6"
    assert sum(found.shares) + found.outside == pytest.approx(1)
