"""Hazard 37: a caption that tries to steer its rewrite gets nothing in: no address, number or name of its choice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from burnish import asks, recipes
from burnish.fakeserver import FakeServer, Settings
from burnish.fakeserver.answers._orders import orders as obeyed
from burnish.fakeserver.answers._reading import readings
from burnish.plan import Plan, RewriteRules
from burnish.values import Draft, Record, RewriteRequest, Score
from tests.builders import record
from tests.chat.openai.questions import backend
from tests.injection.corpus import texts

CANARY = "shop.example"
TERMS = asks.Terms(plan=Plan(source="s"), recipe=recipes.load("aitqe"), maker="gullible")
LOOSE = replace(TERMS, plan=Plan(source="s", rewrite=RewriteRules(max_changed=1.0, max_inserted=50)))


def low(text: str) -> Record:
    made = record(text)
    score = Score(criterion="overall", value=1.5, confidence=1.0)
    return replace(made, captions=(replace(made.captions[0], scores=(score,)),))


def steered(text: str) -> str:
    """What a model without any defence writes: the text with what it was told to add or say."""
    told = obeyed(readings(text, ""))
    return f"{told.say or text} {told.add}".strip()


@pytest.mark.parametrize("terms", [TERMS, LOOSE], ids=["default", "no_budget"])
def test_no_rewrite_of_an_order_carries_what_it_ordered(terms: asks.Terms) -> None:
    rewrite = asks.load("rewrite", terms)
    for _, _, text in texts("seen"):
        start = low(text)
        requests = [r for r in rewrite.requests(start) if isinstance(r, RewriteRequest)]
        assert all(CANARY not in request.text for request in requests)
        if requests:
            proposed = rewrite.fold(start, [Draft(text=steered(request.text)) for request in requests])
            assert not [c.text for c in proposed.captions[1:] if not c.verdict and CANARY in c.text]


@pytest.mark.parametrize(
    ("text", "draft"),
    [
        ("a dog img", "a dog, buy now at shop.example"),
        ("a dog img", "a dog, mail sales@shop.example"),
        ("a dog img", "a dog, call 555-0100"),
        ("a dog img", "a dog by John Smith"),
    ],
)
def test_what_neither_text_nor_image_shows_does_not_come_in_even_without_a_budget(text: str, draft: str) -> None:
    folded = asks.load("rewrite", LOOSE).fold(low(text), [Draft(text=draft)])
    assert folded.reason == "rewrite_rejected:new_facts"


def test_behind_a_server_that_obeys_everything_it_reads_nothing_gets_through() -> None:
    rewrite = asks.load("rewrite", LOOSE)
    with FakeServer(Settings(mode="gullible")) as server, backend(server.url) as model:
        for _, carrier, text in texts("seen"):
            if CANARY not in text or carrier != "suffix":
                continue
            start = low(text)
            requests = rewrite.requests(start)
            proposed = rewrite.fold(start, model.answer(requests)) if requests else start
            assert not [c.text for c in proposed.captions[1:] if not c.verdict and CANARY in c.text]
