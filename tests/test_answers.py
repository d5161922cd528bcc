"""Paid answers: journalled before use, asked for once, found again after a crash; a budget is never passed."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import burnish
from burnish import criteria
from burnish.answers import Answered, reply_from, reply_json
from burnish.criteria import Criterion
from burnish.errors import StopError
from burnish.plan import CostRules
from burnish.purse import PROBE_CALLS, Account, Own, Shared, Unlimited
from burnish.storage.answers import AnswerFile, answers_folder, entries, spent
from burnish.storage.verify import verify
from burnish.usage import Usage
from burnish.values import (
    AssessRequest,
    Budget,
    Draft,
    Edit,
    ExplainRequest,
    Failure,
    JointReply,
    Picture,
    Reply,
    Request,
    RewriteRequest,
    Score,
    State,
)

SAMPLE = Path(burnish.__file__).parent / "sample" / "{00000..00001}.tar"


def picture(level: int = 0) -> Picture:
    return Picture(rgb=np.full((4, 4, 3), level, np.uint8), width=4, height=4, format="PNG", mode="RGB")


class Metered:
    """A model that counts its calls; each costs 10 tokens in and 1 out."""

    identity = "metered-1"
    side_px = 64

    def __init__(self, *, fail: frozenset[str] = frozenset()) -> None:
        self.asked: list[Request] = []
        self.fail = fail

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        self.asked += requests
        return [self._one(request) for request in requests]

    def usage(self) -> Usage:
        return Usage(calls=len(self.asked), prompt_tokens=10 * len(self.asked), written_tokens=len(self.asked))

    def _one(self, request: Request) -> Reply:
        if request.text in self.fail:
            return Failure(state=State.TRUNCATED, detail="cut")
        if isinstance(request, AssessRequest):
            return Score(criterion=request.criterion, value=1 + len(request.text) % 5 * 0.3, confidence=1 / 3)
        return Draft(text=request.text + "!", edits=(Edit(start=0, before="", after="!", why="tried"),))


def ask(text: str, criterion: str = "overall", level: int = 0) -> AssessRequest:
    return AssessRequest(picture=picture(level), text=text, criterion=criterion)


def make(folder: Path, model: Metered, purse: Shared | Unlimited | None = None) -> Answered:
    return Answered(model, AnswerFile(folder / "a.jsonl"), purse or Unlimited())


def test_reasons_and_blind_scores_are_journalled_each_as_its_own(tmp_path: Path) -> None:
    why = ExplainRequest(picture=picture(), text="a", criterion="overall", value=1.5)
    asked = [ask("a"), replace(ask("a"), blind=True), why, replace(why, value=1.6), replace(why, criterion="b"), why]
    model = Metered()
    first = make(tmp_path, model).answer(asked)
    assert len(model.asked) == 5
    assert isinstance(first[2], Draft)
    assert make(tmp_path, model).answer(asked) == first
    assert len(model.asked) == 5


def test_equal_requests_are_asked_once_and_fanned_out(tmp_path: Path) -> None:
    model = Metered()
    requests = [ask("a"), ask("b"), ask("a"), ask("a", "text_quality"), ask("a", level=9), ask("a")]
    replies = make(tmp_path, model).answer(requests)
    assert len(model.asked) == 4
    assert replies[0] == replies[2] == replies[5]
    criteria = [reply.criterion for reply in replies if isinstance(reply, Score)]
    assert criteria == ["overall"] * 3 + ["text_quality"] + ["overall"] * 2


def test_what_was_answered_is_not_asked_again_and_comes_back_equal(tmp_path: Path) -> None:
    rewrite = RewriteRequest(picture=picture(), text="x", budget=Budget(max_changed=1.0, max_inserted=2))
    first = make(tmp_path, Metered()).answer([ask("a"), rewrite])
    again = Metered()
    assert make(tmp_path, again).answer([rewrite, ask("a")]) == first[::-1]
    assert not again.asked


def test_another_model_is_another_answer(tmp_path: Path) -> None:
    make(tmp_path, Metered()).answer([ask("a")])
    other = Metered()
    other.identity = "metered-2"
    make(tmp_path, other).answer([ask("a")])
    assert len(other.asked) == 1


OWN = Criterion(name="tidy", question="Is it tidy?", anchors=("no", "little", "half", "mostly", "yes"), source="own")
"""A user's criterion: its name is where it stands, and what stands there may change."""


def test_a_question_of_ones_own_in_other_words_is_another_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, here = [ask("a", "overall"), ask("a", f"{__name__}:OWN")], sys.modules[__name__]
    for question, again in (("Is it tidy?", 2), ("Is it tidy?", 0), ("Is it very tidy?", 1), ("Is it tidy?", 0)):
        monkeypatch.setattr(here, "OWN", replace(OWN, question=question))
        criteria.load.cache_clear()
        model = Metered()
        make(tmp_path, model).answer(asked)
        assert len(model.asked) == again
    criteria.load.cache_clear()


def test_failures_are_worth_another_try(tmp_path: Path) -> None:
    replies = make(tmp_path, Metered(fail=frozenset("b"))).answer([ask("a"), ask("b")])
    assert isinstance(replies[1], Failure)
    again = Metered()
    assert isinstance(make(tmp_path, again).answer([ask("a"), ask("b")])[1], Score)
    assert [request.text for request in again.asked] == ["b"]


@pytest.mark.parametrize(("cut", "lost"), [(1, ["c"]), (2, ["b", "c"]), (40, ["b", "c"])])
def test_a_torn_line_is_asked_again_and_nothing_else(tmp_path: Path, cut: int, lost: list[str]) -> None:
    make(tmp_path, Metered()).answer([ask("a")])
    make(tmp_path, Metered()).answer([ask("b")])
    file = tmp_path / "a.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])
    again = Metered()
    make(tmp_path, again).answer([ask("a"), ask("b"), ask("c")])
    assert [request.text for request in again.asked] == lost
    third = Metered()
    make(tmp_path, third).answer([ask("a"), ask("b"), ask("c")])
    assert not third.asked


def test_any_changed_byte_is_found(tmp_path: Path) -> None:
    make(tmp_path, Metered()).answer([ask("a")])
    file = tmp_path / "a.jsonl"
    whole = file.read_bytes()
    for at in range(len(whole) - 1):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert not AnswerFile(file).known


@pytest.mark.parametrize(
    "reply",
    [
        Score(criterion="overall", value=3.1234, confidence=0.1, spread=0.5, reason="why"),
        Score(criterion="overall", value=None, confidence=0.0, state=State.ABSTAINED),
        Draft(text="ä 犬 🐶"),
        Draft(text="b", edits=(Edit(start=1, before="x", after="", why="junk", junk=True),)),
        JointReply(scores=(Score(criterion="overall", value=2.0, confidence=1.0),), draft=Draft(text="x")),
        JointReply(scores=()),
    ],
)
def test_replies_come_back_as_they_were(reply: Score | Draft | JointReply) -> None:
    assert reply_from(reply_json(reply)) == reply


def test_the_budget_stops_before_it_is_passed(tmp_path: Path) -> None:
    rules = CostRules(max_tokens=440)
    purse = Shared(tmp_path, rules)
    purse.fill()
    model = Metered()
    backend = make(tmp_path, model, purse)
    with pytest.raises(StopError, match=r"--max-tokens"):
        backend.answer([ask(f"{n}") for n in range(100)])
    assert 30 <= len(model.asked) <= 40
    assert spent(tmp_path)["calls"] == len(model.asked)
    more = Shared(tmp_path, CostRules(max_tokens=5_000))
    more.fill()
    again = Metered()
    make(tmp_path, again, more).answer([ask(f"{n}") for n in range(100)])
    assert len(again.asked) + len(model.asked) == 100


def test_what_a_stopped_batch_has_cost_counts_for_the_run_that_goes_on(tmp_path: Path) -> None:
    class Stops(Metered):
        def answer(self, requests: Sequence[Request]) -> list[Reply]:
            super().answer(requests)
            raise StopError("the server is gone")

    with pytest.raises(StopError, match="gone"):
        make(tmp_path, Stops()).answer([ask("a"), ask("b")])
    assert spent(tmp_path)["prompt_tokens"] == 20


def test_workers_wait_for_what_open_calls_cost_instead_of_stopping(tmp_path: Path) -> None:
    purse = Shared(tmp_path, CostRules(max_tokens=100_000))
    purse.fill()
    assert purse.reserve(64) == 1
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(purse.reserve, 64)
        time.sleep(0.2)
        assert not waiting.done()
        purse.settle(1, Usage(calls=1, prompt_tokens=100, written_tokens=1))
        assert waiting.result(timeout=30) == PROBE_CALLS
    purse.settle(PROBE_CALLS, Usage(calls=PROBE_CALLS, prompt_tokens=1_600, written_tokens=16))
    assert purse.reserve(64) == 64


@pytest.mark.parametrize("max_tokens", [1, 10, 15, 30, 100])
def test_a_tiny_budget_is_passed_by_its_first_call_at_most(tmp_path: Path, max_tokens: int) -> None:
    purse = Shared(tmp_path, CostRules(max_tokens=max_tokens))
    purse.fill()
    model = Metered()
    with pytest.raises(StopError, match="budget"):
        make(tmp_path, model, purse).answer([ask(f"{n}") for n in range(100)])
    assert len(model.asked) == 1 or len(model.asked) * 11 <= max_tokens


def test_a_question_that_takes_several_calls_counts_as_dear_as_it_is(tmp_path: Path) -> None:
    class Samples(Metered):
        def usage(self) -> Usage:
            return Usage(**{name: 8 * count for name, count in super().usage().as_json().items()})

    purse = Shared(tmp_path, CostRules(max_tokens=88 * 40))
    purse.fill()
    model = Samples()
    with pytest.raises(StopError, match="budget"):
        make(tmp_path, model, purse).answer([ask(f"{n}") for n in range(100)])
    assert 30 <= len(model.asked) <= 40


class Silent(Metered):
    """A model behind a server that counts the tokens of some answers, or of none."""

    def __init__(self, *, counts: int = 0) -> None:
        super().__init__()
        self.counts = counts

    def usage(self) -> Usage:
        calls = len(self.asked)
        counted = calls * self.counts // 10
        return Usage(calls=calls, prompt_tokens=10 * counted, written_tokens=counted, uncounted=calls - counted)


@pytest.mark.parametrize("rules", [CostRules(max_tokens=440), CostRules(max_cost=1.0, price_out=2.0)])
def test_a_limit_that_cannot_be_held_stops_at_once(tmp_path: Path, rules: CostRules) -> None:
    purse = Shared(tmp_path, rules)
    purse.fill()
    model = Silent()
    with pytest.raises(StopError, match=r"(?s)limit cannot be held.*without --max-tokens") as stopped:
        make(tmp_path, model, purse).answer([ask(f"{n}") for n in range(100)])
    assert len(model.asked) == 1
    assert str(stopped.value).count("\n") < 6
    again = Shared(tmp_path, rules)
    again.fill()
    with pytest.raises(StopError, match="limit cannot be held"):
        again.reserve(1)


def test_answers_without_counts_count_like_the_others(tmp_path: Path) -> None:
    purse = Shared(tmp_path, CostRules(max_tokens=440))
    purse.fill()
    purse.settle(0, Usage(calls=10, prompt_tokens=50, written_tokens=5, uncounted=5))
    model = Silent(counts=5)
    with pytest.raises(StopError, match="budget"):
        make(tmp_path, model, purse).answer([ask(f"{n}") for n in range(100)])
    assert 15 <= len(model.asked) <= 30


def test_calls_that_cost_nothing_are_not_made_one_by_one(tmp_path: Path) -> None:
    class Free(Metered):
        def usage(self) -> Usage:
            return Usage()

    purse = Shared(tmp_path, CostRules(max_tokens=440))
    purse.fill()
    model = Free()
    make(tmp_path, model, purse).answer([ask(f"{n}") for n in range(100)])
    assert len(model.asked) == 100
    assert purse.reserve(64) == PROBE_CALLS


def test_a_purse_of_ones_own_says_when_it_is_empty() -> None:
    purse = Own(Account(rules=CostRules(max_tokens=100)))
    assert purse.reserve(64) == 1
    purse.settle(1, Usage(calls=1, prompt_tokens=99, written_tokens=1))
    with pytest.raises(StopError, match="budget"):
        purse.reserve(64)
    assert purse.empty


def test_a_budget_in_money_needs_prices() -> None:
    with pytest.raises(burnish.UsageError, match="price_in"):
        CostRules(max_cost=1.0)
    assert CostRules(price_in=2.0, price_out=8.0).cost(Usage(prompt_tokens=500_000, written_tokens=250_000)) == 3.0


def test_a_stopped_run_goes_on_where_its_answers_end(tmp_path: Path) -> None:
    out = tmp_path / "out"
    settings = {"recipe": "aitqe", "batch_size": 8}
    with pytest.raises(StopError):
        burnish.enhance(SAMPLE, out, backend=Metered(), cost={"max_tokens": 5_000}, **settings)
    stopped = spent(answers_folder(str(out)))["calls"]
    assert stopped > 300
    model = Metered()
    burnish.enhance(SAMPLE, out, backend=model, **settings)
    whole = Metered()
    burnish.enhance(SAMPLE, tmp_path / "other", backend=whole, **settings)
    assert stopped + len(model.asked) == len(whole.asked)
    free = Metered()
    burnish.enhance(SAMPLE, tmp_path / "third", backend=free, answers=str(answers_folder(str(out))), **settings)
    assert not free.asked
    assert not verify(str(out))


def test_what_each_batch_asked_for_is_told_beside_its_cost(tmp_path: Path) -> None:
    used = {"calls": 2, "prompt_tokens": 30, "written_tokens": 4, "possibly_billed": 0}
    first, second = AnswerFile(tmp_path / "a.jsonl"), AnswerFile(tmp_path / "sub" / "b.jsonl")
    first.append({"1": {"Score": {}}, "2": {"Score": {}}}, used)
    first.append({}, {"calls": 1})
    second.append({"3": {"Draft": {}}}, used)
    with (tmp_path / "a.jsonl").open("ab") as file:
        file.write(b'00000000 {"answers":{"4":{"Score":{}}},"used":{"calls":9}}\ntorn')
    found = [(dict(kinds), cost["calls"]) for kinds, cost in entries(tmp_path)]
    assert found == [({"Score": 2}, 2), ({}, 1), ({}, 0), ({"Draft": 1}, 2)]
    assert sum(cost for _, cost in found) == spent(tmp_path)["calls"] == 5
