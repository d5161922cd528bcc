"""A model that rewrites does not say what was junk: what is known to be junk is no protected name or number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import asks, edits, recipes
from burnish.plan import Plan, RewriteRules
from burnish.values import Draft, Record, Score
from tests.builders import record

FILE_NAMES = ("DSC00200", "IMG_7061.jpg", "Screenshot 0417", "DSC_0417.JPG")


def folded(before: str, after: str, **rules: object) -> Record:
    plan = Plan(source="s", rewrite=RewriteRules(**rules))  # type: ignore[arg-type]
    made = record(before)
    low = (Score(criterion="overall", value=1.2, confidence=1.0),)
    made = replace(made, captions=(replace(made.captions[0], scores=low),))
    terms = asks.Terms(plan=plan, recipe=recipes.load("aitqe"), maker="tester")
    draft = Draft(text=after, edits=edits.diff(before, after, "rewritten by the model"))
    return asks.load("rewrite", terms).fold(made, [draft])


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_file_name_may_become_words(name: str) -> None:
    original, rewrite = folded(name, "a yellow ring", max_inserted=3).captions
    assert rewrite.verdict == ""
    assert rewrite.edits[0].junk
    assert edits.apply(original.text, rewrite.edits) == "a yellow ring"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Boeing 747 at the airport", "a plane at the airport"),
        ("IMG_7061.jpg Boeing 747 at the airport", "a plane at the airport"),
        ('a sign that says "DSC00200"', "a sign"),
    ],
)
def test_what_is_no_junk_stays_protected(before: str, after: str) -> None:
    assert folded(before, after).reason == "rewrite_rejected:protected_span_changed"


def test_junk_that_a_model_keeps_is_no_edit() -> None:
    rewrite = folded("DSC00200 a dgo in the snow", "DSC00200 a dog in the snow").captions[1]
    assert not any(edit.junk for edit in rewrite.edits)


@given(st.lists(st.sampled_from(("DSC00200", "a", "dog", "img_2.png", "free shipping", "'", '"', "50%")), max_size=8))
def test_the_edits_always_lead_to_the_draft(words: list[str]) -> None:
    before = " ".join(words)
    for caption in folded(before, "a dog in the snow", max_inserted=9, max_changed=1.0).captions[1:]:
        assert edits.apply(before, caption.edits) == "a dog in the snow"
