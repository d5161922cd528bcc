"""Our columns: always the same keys and non-null types; originals survive a second run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import orjson
import pytest

from burnish.columns import MAX_REASON_CHARS, MISSING_SCORE, columns, continued, earlier, from_cell, to_cell
from burnish.values import Caption, Decision, Edit, Json, Record, Score, State
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


def rewritten() -> Record:
    """ "a dog.jpg", rewritten to "a dog" with a score of 4."""
    made = judged(2.0)
    edit = Edit(start=5, before=".jpg", after="", why="file extension", junk=True)
    scores = (Score(criterion="overall", value=4.0, confidence=0.5),)
    better = Caption(text="a dog", role="rewrite", maker="m", edits=(edit,), scores=scores, verdict="accepted")
    return replace(made, captions=(*made.captions, better), chosen=1, decision=Decision.REWRITTEN)


def after(fields: Mapping[str, Json], text: str) -> Record:
    """The record of a pair with `text` and with our `fields` of an earlier run, kept as it is."""
    made = record(text, decision=Decision.KEPT)
    return continued(replace(made, pair=replace(made.pair, fields=fields)))


def test_the_chosen_caption_brings_its_edits_and_scores() -> None:
    row = columns(rewritten())
    assert row["caption_original"] == "a dog.jpg"
    assert row["burnish_score_overall"] == 4.0
    assert [c["text"] for c in row["burnish_captions"]] == ["a dog.jpg", "a dog"]
    assert orjson.loads(row["burnish_edits"])[0]["why"] == "file extension"


@pytest.mark.parametrize("text", ["\udcff broken", "half a pair \ud83d"])
def test_text_that_is_no_unicode_can_be_stored_and_recovered(text: str) -> None:
    row = columns(record(text))
    orjson.dumps(row)
    assert row["caption_original_raw"]


def test_a_second_run_keeps_the_first_original_and_every_caption() -> None:
    first = columns(rewritten())
    again = after(first, "a dog")
    assert [(c.role, c.text) for c in again.captions] == [("alt", "a dog.jpg"), ("rewrite", "a dog")]
    assert (again.chosen, again.caption.maker, again.decision) == (1, "m", Decision.KEPT)
    row = columns(again)
    assert row["caption_original"] == "a dog.jpg"
    assert row["burnish_captions"] == first["burnish_captions"]
    assert row["burnish_edits"] == first["burnish_edits"]
    assert row["burnish_score_overall"] == 4.0


def test_a_text_changed_by_others_between_two_runs_is_called_edited() -> None:
    again = after(columns(rewritten()), "a brown dog")
    roles = [(c.role, c.text) for c in again.captions]
    assert roles == [("alt", "a dog.jpg"), ("rewrite", "a dog"), ("edited", "a brown dog")]
    assert again.chosen == 2


def test_a_second_rewrite_follows_the_first() -> None:
    made = record("a dog")
    better = Caption(text="A dog.", role="rewrite", maker="n", verdict="accepted")
    made = replace(made, pair=replace(made.pair, fields=columns(rewritten())), captions=(*made.captions, better))
    again = continued(replace(made, chosen=1))
    assert [(c.text, c.maker) for c in again.captions] == [("a dog.jpg", "source"), ("a dog", "m"), ("A dog.", "n")]
    assert again.chosen == 2


def test_an_original_that_is_no_unicode_survives_two_runs() -> None:
    odd = "\udcff broken"
    assert after(columns(record(odd)), odd).captions[0].text == odd
    assert columns(after(columns(record(odd)), odd)) == columns(record(odd)) | {"burnish_decision": "kept"}


@pytest.mark.parametrize(
    "broken",
    [
        {"burnish_captions": None},
        {"burnish_captions": [3, None, {"role": "rewrite"}, {"role": 1, "text": "", "maker": "", "overall": 1}]},
        {"burnish_captions": [{"role": "ssc", "text": "", "maker": "", "verdict": "", "overall": True}]},
        {"burnish_captions": [{"role": "ssc", "text": "", "maker": "", "verdict": "", "overall": 2**70}]},
        {"burnish_captions": "[{"},
        {"burnish_edits": '[{"start": "x"}]'},
        {"burnish_edits": 7},
        {"burnish_score_overall": "high"},
        {"burnish_state_overall": "splendid"},
        {"caption_original_raw": "not base64!"},
    ],
)
def test_fields_of_ours_that_others_broke_do_no_harm(broken) -> None:
    again = after(columns(record("a dog")) | broken, "a dog")
    assert [(c.role, c.text) for c in again.captions] == [("alt", "a dog")]
    columns(again)


def looked_at_again(**more: object) -> Record:
    """Scored 2.0 with a spread, without the picture 1.9, and told why."""
    made = judged(2.0)
    score = replace(made.captions[0].scores[0], spread=0.7, blind=1.9, reason="the text is a file name")
    return replace(made, captions=(replace(made.captions[0], scores=(score,)),), **more)


def test_reasons_and_blind_scores_have_columns_where_a_run_asks_for_them_and_there_for_every_pair() -> None:
    asked, other = looked_at_again(extra=("blind", "explain")), judged(None)
    row, missing = columns(asked), columns(replace(other, extra=("blind", "explain")))
    assert (row["burnish_spread_overall"], row["burnish_blind_overall"]) == (0.7, 1.9)
    assert row["burnish_reason_overall"] == "the text is a file name"
    assert list(row) == list(missing)
    assert (missing["burnish_blind_overall"], missing["burnish_reason_overall"]) == (MISSING_SCORE, "")
    plain = columns(looked_at_again())
    assert not {"burnish_blind_overall", "burnish_reason_overall"} & plain.keys()
    assert plain["burnish_spread_overall"] == 0.7


@pytest.mark.parametrize("in_csv", [False, True])
def test_reasons_blind_scores_and_spreads_are_read_back(in_csv) -> None:
    row = columns(looked_at_again(extra=("blind", "explain")))
    fields = {name: from_cell(name, to_cell(value)) for name, value in row.items()} if in_csv else row
    (caption,), _ = earlier(replace(record("a dog.jpg").pair, fields=fields))
    (read,) = caption.scores
    assert read == looked_at_again().captions[0].scores[0]


def test_a_second_run_leaves_no_reason_or_blind_score_of_another_score() -> None:
    first = columns(looked_at_again(extra=("blind", "explain")))
    made = replace(judged(4.0), pair=replace(record("a dog.jpg").pair, fields=first))
    row = columns(continued(made))
    assert row["burnish_score_overall"] == 4.0
    assert (row["burnish_blind_overall"], row["burnish_reason_overall"]) == (MISSING_SCORE, "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "=-"])
def test_a_reason_is_one_bounded_line_that_opens_no_formula(start: str) -> None:
    made = looked_at_again(extra=("explain",))
    told = replace(made.captions[0].scores[0], reason=f"{start}HYPERLINK(1)\n\x1b[31m" + "so " * 900)
    cell = columns(replace(made, captions=(replace(made.captions[0], scores=(told,)),)))["burnish_reason_overall"]
    assert isinstance(cell, str)
    assert cell.startswith("HYPERLINK(1) so so")
    assert len(cell) <= MAX_REASON_CHARS


def test_a_foreign_field_of_the_same_name_is_not_taken_for_ours() -> None:
    made = record("a dog")
    theirs = {"caption_original": "someone else's \ud83d", "caption_original_raw": [1], "captions": ["a", "b"]}
    made = replace(made, pair=replace(made.pair, fields=theirs))
    found = columns(made)
    assert found["caption_original"] == "a dog"
    assert found["source_caption_original"] == "someone else's \ufffd"
    assert found["source_caption_original_raw"] == "[1]"
    assert "captions" not in found
    again = replace(made, pair=replace(made.pair, fields=theirs | found))
    assert "source_caption_original" not in columns(again)  # it is there as it is, like any field


def test_writing_that_an_earlier_run_read_is_not_lost_by_one_that_does_not_look() -> None:
    read = columns(replace(judged(2.5), evidence=("GIVE WAY", "Gate 42")))
    assert read["burnish_text_in_image"] == "GIVE WAY\nGate 42"
    again = columns(after(read, "a dog.jpg"))
    assert again["burnish_text_in_image"] == "GIVE WAY\nGate 42"
    assert columns(record("a dog"))["burnish_text_in_image"] == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"caption_original_raw": "\x80"},
        {"burnish_score_x": 1.0, "burnish_confidence_x": 1.0, "burnish_state_x": ["ok"]},
        {"burnish_score_x": 10**400, "burnish_confidence_x": 1, "burnish_state_x": "ok"},
        {"burnish_edits": [{"start": 10**30, "before": "a", "after": "b", "why": "c", "junk": True}]},
        {"burnish_claims": [{"kind": "k", "says": "s", "verdict": "v", "start": 0, "stop": 10**30}]},
    ],
)
def test_columns_that_only_look_like_ours_are_no_error(fields: Mapping[str, Json]) -> None:
    made = record("a dog")
    ours = {"burnish_decision": "kept", "caption_original": "a dog", "burnish_claims": "[]", **fields}
    made = continued(replace(made, pair=replace(made.pair, fields=ours)))
    row = columns(made)
    assert orjson.loads(orjson.dumps(row)) == row
    assert row["caption_original"] == "a dog"
