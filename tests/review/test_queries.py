"""The index holds what the records hold, and every filter and order says what a plain loop over the records says."""

from __future__ import annotations

import pytest

from burnish.errors import UsageError
from burnish.report.opened import open_run
from burnish.review.decisions import Action
from burnish.review.index import FILE, MAX_CRITERIA, open_index
from burnish.review.queries import After, Filter, Queries
from burnish.review.session import Review, Wish, folder_of
from tests.report import outputs


@pytest.fixture
def review(out):
    with Review(str(out)) as found:
        yield found


def keys(rows):
    return [(row["file"], row["key"]) for row in rows]


def every(review, wanted=None, order="output", most=3):
    """All pages one after the other."""
    found, after = [], None
    while page := review.queries.page(wanted or Filter(), order, after=after, most=most):
        found += page
        after = After(value=page[-1]["at"], id=page[-1]["id"])
    return found


def test_all_rows_in_the_order_of_the_output(review):
    found = every(review)
    assert [row["id"] for row in found] == list(range(20))
    assert [row["ordinal"] for row in found] == list(range(20))
    assert [row["original"] for row in found[12:14]] == ["IMG_0.JPG blue door", "IMG_1.JPG blue door"]
    assert [row["chosen"] for row in found[12:14]] == ["A blue door 0.", "A blue door 1."]
    assert [row["decision"] for row in found] == ["kept"] * 12 + ["rewritten"] * 8
    assert {row["role"] for row in found} == {"alt", "rewrite"}
    assert [(row["before"], row["after"]) for row in found[11:13]] == [(4.1, 4.1), (1.5, 4.5)]


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (Filter(decision="rewritten"), lambda r: r["decision"] == "rewritten"),
        (Filter(role="alt"), lambda r: r["role"] == "alt"),
        (Filter(shard="00001.tar"), lambda r: r["file"] == 1),
        (Filter(text="BLUE door 3"), lambda r: r["chosen"] == "A blue door 3."),
        (Filter(text="img_3.jpg"), lambda r: "IMG_3.JPG" in r["original"]),
        (Filter(text="000000013"), lambda r: r["key"] == "000000013"),
        (Filter(text="100%' OR 1=1 --"), lambda _: False),
        (Filter(low=3.3, high=3.7), lambda r: 3.3 <= r["after"] <= 3.7),
        (Filter(low=3.3, criterion=0, side="before"), lambda r: r["before"] >= 3.3),
        (Filter(decision="kept", high=3.0), lambda r: r["decision"] == "kept" and r["after"] <= 3.0),
        (Filter(flag="none of that name"), lambda _: False),
        (Filter(reason="'; DROP TABLE pairs; --"), lambda _: False),
    ],
)
def test_a_filter_is_what_a_loop_would_find(wanted, holds, review):
    all_rows = every(review)
    assert keys(every(review, wanted)) == keys(row for row in all_rows if holds(row))
    assert review.queries.count(wanted) == sum(map(holds, all_rows))


@pytest.mark.parametrize(
    ("order", "number"),
    [
        ("worst", lambda r: r["after"]),
        ("best", lambda r: -r["after"]),
        ("gain", lambda r: r["before"] - r["after"]),
        ("changed", lambda r: -r["changed"]),
        ("borderline", lambda r: abs(r["before"] - 3.0)),
        ("before:0", lambda r: r["before"]),
    ],
)
def test_an_order_is_what_sorting_gives(order, number, review):
    found = every(review, order=order)
    assert keys(found) == keys(sorted(every(review), key=lambda row: (number(row), row["id"])))


def test_the_random_order_is_another_one_and_the_same_each_time(review):
    first = keys(every(review, order="random"))
    assert first == keys(every(review, order="random"))
    assert sorted(first) == sorted(keys(every(review)))
    assert first != keys(every(review))


@pytest.mark.parametrize("order", ["", "key", "before:7", "after:-1", "after:0; DROP TABLE pairs", "id:0"])
def test_an_unknown_order_is_refused(order, review):
    with pytest.raises(UsageError):
        review.queries.page(Filter(), order)


@pytest.mark.parametrize("wanted", [Filter(shard="../etc"), Filter(criterion=9, low=1.0), Filter(side="x", low=1.0)])
def test_an_unknown_place_or_criterion_is_refused(wanted, review):
    with pytest.raises(UsageError):
        review.queries.page(wanted)


def test_decisions_can_be_asked_for(review):
    review.decide(3, Wish(action=Action.ACCEPT, version=0, by="Ada"))
    review.decide(14, Wish(action=Action.REJECT, version=0, by="Ben"))
    for wanted, ids in {
        Filter(verdict="any"): [3, 14],
        Filter(verdict="accept"): [3],
        Filter(by="Ben"): [14],
        Filter(verdict="none", low=4.5): [12, 13, 15, 16, 17, 18, 19],
    }.items():
        assert [row["id"] for row in every(review, wanted)] == ids
    review.decide(3, Wish(action=Action.UNDO, version=1))
    assert review.queries.count(Filter(verdict="any")) == 1


def test_what_can_be_chosen_is_counted(review):
    found = review.queries.facets()
    assert found["decision"] == [("kept", 12), ("rewritten", 8)]
    assert found["shard"] == [("00000.tar", 12), ("00001.tar", 8)]
    assert found["reason"] == []


def test_the_index_is_made_once_and_again_when_the_records_change(out, tmp_path):
    run, folder = open_run(str(out)), folder_of(str(out))
    made = []
    for _ in range(2):
        open_index(run, folder, made.append).database.close()
    assert made == [12, 20]
    other = open_run(str(outputs.lay(tmp_path / "other", [[outputs.kept(0)]])))
    index = open_index(other, folder, made.append)
    assert (index.rows, made) == (1, [12, 20, 1])
    index.database.close()


@pytest.mark.parametrize("damage", [b"", b"no database at all", None])
def test_a_damaged_index_is_made_again(damage, out):
    run, folder = open_run(str(out)), folder_of(str(out))
    open_index(run, folder).database.close()
    file = folder / FILE
    file.write_bytes(file.read_bytes()[:5_000] if damage is None else damage)
    index = open_index(run, folder)
    assert Queries(index, 3.0).count(Filter()) == 20
    index.database.close()


def test_more_criteria_than_there_is_room_for_are_no_fault(tmp_path):
    from dataclasses import replace

    scored = tuple(outputs.scored(2.0, f'name "{at}"; --') for at in range(MAX_CRITERIA + 5))
    made = outputs.kept(0)
    out = outputs.lay(tmp_path / "out", [[replace(made, captions=(replace(made.captions[0], scores=scored),))]])
    with Review(str(out)) as review:
        assert len(review.index.criteria) == MAX_CRITERIA
        assert review.queries.page(Filter(low=2.0, high=2.0, criterion=39))[0]["a39"] == 2.0


def test_languages_are_told_while_people_review(tmp_path):
    texts = [
        "The quick brown fox jumps over the lazy dog again.",
        "Das ist ein Haus in der Stadt, und der Hund schläft nicht vor der Tür.",
        "x",
    ]
    out = outputs.lay(tmp_path / "out", [[outputs.kept(at, text) for at, text in enumerate(texts)]])
    for _ in range(2):  # what was found is kept
        with Review(str(out)) as review:
            review.languages.start()
            review.languages._thread.join(60)
            assert review.languages.is_done
            assert dict(review.queries.languages()) == {"en": 1, "de": 1, "?": 1}
            assert [row["id"] for row in review.queries.page(Filter(language="de"))] == [1]
