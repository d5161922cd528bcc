"""Rows as columns are the rows themselves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from burnish import records, standing
from burnish.report import reading
from burnish.report.opened import open_run
from burnish.values import Caption, Score, State
from tests.report import outputs


@pytest.fixture
def run(tmp_path):
    first = [outputs.kept(0), outputs.rewritten(1, "IMG_1 a red pear", "a red pear"), outputs.fault(2)]
    third = replace(outputs.kept(0, "x"), captions=(Caption(text="x", role="alt", maker="source"),), flags=("a", "b"))
    none = Score(criterion="text_quality", value=None, confidence=0.0, state=State.ABSTAINED)
    fourth = replace(
        outputs.rewritten(1, "y", "z"),
        captions=(
            Caption(text="y", role="alt", maker="source", scores=(none,)),
            Caption(text="no", role="rewrite", maker="m", verdict="rejected:no_gain"),
            Caption(
                text="z", role="rewrite", maker="m", scores=(outputs.scored(3.0, "text_quality"), outputs.scored(2.0))
            ),
        ),
        chosen=2,
    )
    stored = outputs.plan(**{"rewrite.weights": {"overall": 3, "text_quality": 1}})
    return open_run(str(outputs.lay(tmp_path / "out", [first, [third, fourth]], stored)))


def whole(run):
    for name in run.records:
        with run.files.open(name) as file:
            yield from records.rows(file)


def test_texts_decisions_and_flags(run):
    expected = list(whole(run))
    at = 0
    for batch in reading.batches(run):
        rows = expected[at : at + batch.size]
        at += batch.size
        assert batch.original.to_pylist() == [row["captions"][0]["text"] for row in rows]
        assert batch.text.to_pylist() == [row["captions"][row["chosen"]]["text"] for row in rows]
        assert [reading.DECISIONS[code] for code in batch.decision] == [row["decision"] for row in rows]
        assert batch.changed.tolist() == [row["chosen"] > 0 for row in rows]
        assert batch.keys == [row["key"] for row in rows]
        assert batch.images == [row["image_xxh128"] for row in rows]
        flags = [(i, flag) for i, row in enumerate(rows) for flag in row["flags"]]
        assert list(zip(*map(list, batch.flags), strict=True)) == flags
    assert at == len(expected) == 4


def test_scores_and_standings_are_those_of_the_run(run):
    expected = [(records.captions(row), row["chosen"]) for row in whole(run)]
    found = {side: [] for side in (0, 1)}
    for batch in reading.batches(run):
        for side in (0, 1):
            found[side] += batch.stands[side].tolist()
            assert np.isnan(batch.scores("nobody asked")[side]).all()
    for side in (0, 1):
        for value, (captions, chosen) in zip(found[side], expected, strict=True):
            stands = standing.standing(captions[chosen if side else 0], run.weights)
            assert (stands is None and math.isnan(value)) or value == pytest.approx(stands)


def test_whole_rows_at_some_places(run):
    expected = list(whole(run))
    found = reading.rows(run, [(1, 1), (0, 0), (1, 1)])
    assert found == {(0, 0): expected[0], (1, 1): expected[3]}


def test_batches_do_not_depend_on_their_size(tmp_path, monkeypatch):
    out = outputs.lay(tmp_path / "out", [[outputs.kept(at, f"text {at}", 1 + at % 5) for at in range(50)]])
    run = open_run(str(out))

    def told():
        batches = list(reading.batches(run))
        numbers = np.concatenate([batch.number for batch in batches])
        return numbers.tolist(), np.concatenate([batch.stands[1] for batch in batches]).tolist(), len(batches)

    one = told()
    monkeypatch.setattr(reading, "ROWS", 7)
    many = told()
    assert one[:2] == many[:2]
    assert (one[2], many[2]) == (1, 8)
    assert len(set(one[0])) == 50


def test_another_seed_draws_others(tmp_path):
    out = outputs.lay(tmp_path / "out", [[outputs.kept(at) for at in range(50)]])
    first, second = (
        np.argsort(next(reading.batches(open_run(str(out), seed=seed))).number)[:10].tolist() for seed in (0, 1)
    )
    assert first != second
