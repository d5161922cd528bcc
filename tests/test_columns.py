"""Our columns: always the same keys and non-null types; originals survive a second run."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from burnish.columns import MISSING_SCORE, columns
from burnish.values import Caption, Decision, Edit, Record, Score, State
from tests.builders import record


def judged(value: float | None) -> Record:
    made = record("a dog.jpg")
    state = State.OK if value is not None else State.ABSTAINED
    scores = (Score(criterion="overall", value=value, confidence=0.4, state=state),)
    return replace(made, captions=(replace(made.captions[0], scores=scores),))


def test_keys_and_types_do_not_depend_on_what_happened() -> None:
    plain, missing = columns(judged(2.5)), columns(judged(None))
    assert list(plain) == list(missing)
    assert [type(v) for v in plain.values()] == [type(v) for v in missing.values()]
    assert missing["burnish_score_overall"] == MISSING_SCORE
    assert missing["burnish_state_overall"] == "abstained"
    assert None not in plain.values()


def test_the_chosen_caption_brings_its_edits_and_scores() -> None:
    made = judged(2.0)
    edit = Edit(start=5, before=".jpg", after="", why="file extension", junk=True)
    better = Caption(
        text="a dog",
        role="rewrite",
        maker="m",
        edits=(edit,),
        scores=(Score(criterion="overall", value=4.0, confidence=0.5),),
        verdict="accepted",
    )
    row = columns(replace(made, captions=(*made.captions, better), chosen=1, decision=Decision.REWRITTEN))
    assert row["caption_original"] == "a dog.jpg"
    assert row["burnish_score_overall"] == 4.0
    assert [c["text"] for c in row["captions"]] == ["a dog.jpg", "a dog"]
    assert orjson.loads(row["burnish_edits"])[0]["why"] == "file extension"


@pytest.mark.parametrize("text", ["\udcff broken", "half a pair \ud83d"])
def test_text_that_is_no_unicode_can_be_stored_and_recovered(text: str) -> None:
    row = columns(record(text))
    orjson.dumps(row)
    assert row["caption_original_raw"]


def test_a_second_run_keeps_the_first_original_and_every_caption() -> None:
    first = columns(judged(2.0))
    again = record("a dog")
    again = replace(again, pair=replace(again.pair, fields=first))
    row = columns(again)
    assert row["caption_original"] == "a dog.jpg"
    assert [c["text"] for c in row["captions"]] == ["a dog", "a dog.jpg"]


def test_a_foreign_field_of_the_same_name_is_not_taken_for_ours() -> None:
    made = record("a dog")
    made = replace(made, pair=replace(made.pair, fields={"caption_original": "someone else's"}))
    assert columns(made)["caption_original"] == "a dog"
