"""The three asks of the AITQE recipe, driven with replies made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from burnish import asks, recipes
from burnish.plan import Plan
from burnish.values import AssessRequest, Caption, Draft, Edit, Failure, Record, RewriteRequest, Score, State
from tests.builders import record

RECIPE = recipes.load("aitqe")
TERMS = asks.Terms(plan=Plan(source="s"), recipe=RECIPE, maker="tester")


def scored(text: str, overall: float | None, match: float | None = None) -> Record:
    state = State.OK if overall is not None else State.ABSTAINED
    scores = (
        Score(criterion="overall", value=overall, confidence=0.5, state=state),
        Score(
            criterion="image_text_matching", value=match, confidence=0.5, state=State.OK if match else State.ABSTAINED
        ),
    )
    made = record(text)
    return replace(made, captions=(replace(made.captions[0], scores=scores),))


def replies(overall: float, match: float | None = None, quality: float | None = None) -> list[Score | Failure]:
    given = {"overall": overall, "image_text_matching": match, "text_quality": quality}
    return [
        Failure(state=State.ABSTAINED, detail="")
        if given.get(name) is None
        else Score(criterion=name, value=given[name], confidence=1.0)
        for name in RECIPE.criteria
    ]


def test_assess_asks_every_criterion_and_keeps_failures_apart_from_low_scores() -> None:
    ask = asks.load("assess", TERMS)
    requests = ask.requests(record("a dog"))
    assert [r.criterion for r in requests if isinstance(r, AssessRequest)] == list(RECIPE.criteria)
    folded = ask.fold(record("a dog"), replies(4.0))
    assert folded.captions[0].score("overall").value == 4.0
    missing = folded.captions[0].score("text_quality")
    assert missing.value is None
    assert missing.state is State.ABSTAINED


@pytest.mark.parametrize(("overall", "asked"), [(2.99, 1), (3.0, 0), (4.5, 0), (None, 0)])
def test_rewrite_is_asked_only_below_the_threshold(overall: float | None, asked: int) -> None:
    requests = asks.load("rewrite", TERMS).requests(scored("a dog.jpg", overall))
    assert len(requests) == asked
    assert all(isinstance(r, RewriteRequest) for r in requests)


def test_a_text_the_model_saw_only_in_part_is_not_rewritten() -> None:
    low = replace(scored("a dog.jpg", 1.5), flags=("too_long",))
    assert asks.load("rewrite", TERMS).requests(low) == []


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ("a dog", "no_sure_rewrite"),
        ("", "rewrite_rejected:empty"),
        ("a dog 7", "rewrite_rejected:new_facts"),
        ("two green parrots eating seeds near water", "rewrite_rejected:over_budget"),
    ],
)
def test_drafts_that_break_the_rules_are_refused_with_the_reason(after: str, reason: str) -> None:
    folded = asks.load("rewrite", TERMS).fold(scored("a dog", 1.5), [Draft(text=after)])
    assert folded.reason == reason
    assert folded.chosen == 0


def test_a_failed_rewrite_leaves_the_original() -> None:
    folded = asks.load("rewrite", TERMS).fold(scored("a dog", 1.5), [Failure(state=State.REFUSED, detail="no")])
    assert folded.reason == "rewrite_failed:refused"
    assert len(folded.captions) == 1


def rewritten(overall: float | None, match: float | None = None) -> Record:
    made = scored("a dog IMG_1234.jpg", overall, match)
    edit = Edit(start=5, before=" IMG_1234.jpg", after="", why="camera file name", junk=True)
    return asks.load("rewrite", TERMS).fold(made, [Draft(text="a dog", edits=(edit,))])


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((2.0, None), (3.0, None), "accepted"),
        ((2.0, 3.0), (2.5, 2.9), "accepted"),
        ((2.0, 3.0), (4.0, 2.0), "rejected:match_lost"),
        ((2.0, None), (2.05, None), "rejected:no_gain"),
        ((2.0, None), (1.0, None), "rejected:no_gain"),
    ],
)
def test_a_rewrite_is_chosen_only_for_a_real_gain(
    before: tuple[float, float | None], after: tuple[float, float | None], verdict: str
) -> None:
    ask = asks.load("verify", TERMS)
    made = rewritten(*before)
    assert len(ask.requests(made)) == len(RECIPE.criteria)
    done = ask.fold(made, replies(*after))
    assert done.captions[1].verdict == verdict
    assert done.caption.text == ("a dog" if verdict == "accepted" else "a dog IMG_1234.jpg")


@pytest.mark.parametrize(
    ("match", "verdict"), [(2.3, "accepted"), (2.25, "accepted"), (2.2, "rejected:match_lost"), (None, "accepted")]
)
def test_taking_junk_out_is_rejected_only_for_a_match_lost_beyond_the_noise(match: float | None, verdict: str) -> None:
    done = asks.load("verify", TERMS).fold(rewritten(2.0, 3.0), replies(2.5, match))
    assert done.captions[1].verdict == verdict


def replaced(after: str, quality: float) -> Record:
    made = scored("a dog", 2.0, 3.0)
    known = Score(criterion="text_quality", value=quality, confidence=0.5)
    made = replace(made, captions=(replace(made.captions[0], scores=(*made.captions[0].scores, known)),))
    return asks.load("rewrite", TERMS).fold(made, [Draft(text=after)])


def test_words_that_changed_are_held_to_the_plan_and_better_wording_alone_is_a_gain_only_without_them() -> None:
    verify = asks.load("verify", TERMS)
    assert verify.fold(replaced("A dog", 2.0), replies(2.0, 3.0, 3.0)).captions[1].verdict == "accepted"
    assert verify.fold(replaced("A dog", 2.0), replies(2.0, 3.0, 2.0)).captions[1].verdict == "rejected:no_gain"
    assert verify.fold(replaced("A cat", 2.0), replies(2.0, 3.0, 3.0)).captions[1].verdict == "rejected:no_gain"
    assert verify.fold(replaced("A cat", 2.0), replies(2.5, 2.7, 3.0)).captions[1].verdict == "rejected:match_lost"


def test_verify_wants_only_undecided_rewrites() -> None:
    ask = asks.load("verify", TERMS)
    assert ask.requests(scored("a dog", 2.0)) == []
    refused = Caption(text="x", role="rewrite", maker="m", verdict="rejected:over_budget")
    made = scored("a dog", 2.0)
    assert ask.requests(replace(made, captions=(*made.captions, refused))) == []
