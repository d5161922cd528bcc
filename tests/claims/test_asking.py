import pytest

from burnish.backends.function import FunctionBackend
from burnish.claims import Claim, Kind, Verdict
from burnish.claims.asking import AskingChecker
from burnish.claims.rules import split
from burnish.values import Failure, Score, State
from tests.builders import picture

DOG = Claim(kind=Kind.EXISTENCE, subject="dog")


def checker(judge):
    return AskingChecker(FunctionBackend(judge), picture())


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (5.0, Verdict.SUPPORTED),
        (3.5, Verdict.SUPPORTED),
        (3.0, Verdict.UNKNOWN),
        (2.5, Verdict.REFUTED),
        (1, Verdict.REFUTED),
        (None, Verdict.UNKNOWN),
        (Failure(state=State.REFUSED, detail="no"), Verdict.UNKNOWN),
        (Score(criterion="image_text_matching", value=None, confidence=0, state=State.ABSTAINED), Verdict.UNKNOWN),
    ],
)
def test_scores_become_verdicts_and_failures_never_refute(answer, verdict):
    assert checker(lambda _: answer)([DOG]) == [verdict]


def test_each_claim_is_asked_by_itself_as_a_sentence():
    asked = []
    claims = split('Two red apples left of an egg, and a sign reads "GO". A dog is at the top of the picture.')
    checker(lambda request: asked.append(request) or 3)(claims)
    assert {request.criterion for request in asked} == {"image_text_matching"}
    assert {request.text for request in asked} == {
        "There is an apple.", "There are exactly 2 apples.", "The apple is red.", "The apple is left of the egg.",
        "There is an egg.", "There is a sign.", 'There is the text "GO".', "There is a dog.",
        "The dog is at the top of the picture.",
    }  # fmt: skip


def test_a_denial_is_asked_the_other_way_round():
    (claim,) = split("There is no dog.")
    asked = []
    assert checker(lambda request: asked.append(request.text) or 5)([claim]) == [Verdict.REFUTED]
    assert asked == ["There is a dog."]
    assert checker(lambda _: 1)([claim]) == [Verdict.SUPPORTED]
    assert checker(lambda _: 3)([claim]) == [Verdict.UNKNOWN]


def test_no_claims_ask_nothing():
    assert checker(lambda _: pytest.fail("asked"))([]) == []
