"""The second judge: what it accepts as worse, and that a failure is never a low score."""

import pytest

from burnish import api, images
from burnish.backends.oracle import OracleBackend
from burnish.negatives.comparing import (
    JUDGE_DOUBTS,
    NOT_BAD,
    NOT_REFUTED,
    NOT_WORSE,
    UNJUDGED,
    Judge,
    Judged,
    Shown,
)
from burnish.negatives.settings import Settings
from burnish.scenes import captions, questions
from burnish.scenes.scene import from_json
from burnish.values import Score, State


def said(value, refuted=None, state=State.OK):
    score = Score(criterion="overall", value=value, confidence=1.0, state=state)
    return Judged(scores={"overall": score}, refuted=refuted)


def judge(scenes, settings=None, **options):
    backend = OracleBackend({"truth": str(scenes), **{name: str(value) for name, value in options.items()}})
    return Judge(backend, settings or Settings())


@pytest.mark.parametrize(
    ("good", "bad", "reason"),
    [
        (said(5.0), said(2.0), ""),
        (said(4.0), said(3.5), NOT_WORSE),
        (said(5.0), said(3.5), NOT_BAD),
        (said(5.0), said(None, state=State.UNPARSABLE), UNJUDGED),
        (said(None, state=State.REFUSED), said(1.0), UNJUDGED),
    ],
)
def test_worse_is_lower_by_the_margin_and_low(scenes, good, bad, reason):
    assert judge(scenes).refuses(good, bad) == reason


def test_by_claims_only_what_the_original_does_not_say_counts(scenes):
    by_claims = judge(scenes, Settings(test="claims"))
    assert by_claims.refuses(said(5.0, frozenset()), said(2.0, frozenset({"a"}))) == ""
    assert by_claims.refuses(said(5.0, frozenset({"a"})), said(2.0, frozenset({"a"}))) == NOT_REFUTED
    assert by_claims.refuses(said(5.0, frozenset()), said(4.0, frozenset({"a"}))) == NOT_BAD


def test_a_pair_that_the_judge_does_not_take_for_good_is_doubted(scenes):
    assert judge(scenes).doubts(said(3.9)) == JUDGE_DOUBTS
    assert judge(scenes).doubts(said(None, state=State.REFUSED)) == UNJUDGED
    assert judge(scenes).doubts(said(4.0)) == ""


@pytest.mark.parametrize("test", ["scores", "claims"])
def test_a_judge_that_knows_the_truth_takes_false_twins_for_worse(scenes, test):
    known = judge(scenes, Settings(test=test))
    for pair in list(api.open(scenes))[:12]:
        scene, picture = from_json(pair.fields["scene"]), images.decode(pair.image, 384)
        (good,) = known.judge([Shown(picture=picture, text=captions.dsc(scene))])
        for twin in questions.negatives(scene):
            texts = f"{captions.dsc(scene)} {twin.false}", f"{captions.dsc(scene)} {twin.true}"
            false, true = known.judge([Shown(picture=picture, text=text) for text in texts])
            assert known.refuses(good, false) == ""
            assert known.refuses(good, true) == (NOT_REFUTED if test == "claims" else NOT_WORSE)


def test_a_judge_that_fails_says_nothing(scenes):
    pair = next(iter(api.open(scenes)))
    (word,) = judge(scenes, fail=1).judge([Shown(picture=images.decode(pair.image, 384), text="A dog.")])
    assert word.value("overall") is None
    assert word.values() == {}
