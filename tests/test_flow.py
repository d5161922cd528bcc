"""One item in, one outcome out, in order, whatever the batch size and whatever goes wrong."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import pytest

from burnish.backends.fake import FakeBackend
from burnish.backends.function import FunctionBackend
from burnish.flow import Outcome, enhance
from burnish.images import Decoder
from burnish.plan import Plan, RewriteRules
from burnish.records import Finished, row
from burnish.tools import load_tools
from burnish.values import (
    AssessRequest,
    Decision,
    Draft,
    Edit,
    Failure,
    Fault,
    Gap,
    ImageFault,
    Item,
    Origin,
    Picture,
    Reason,
    Record,
    Reply,
    Request,
    RewriteRequest,
    State,
)
from tests.builders import pair


def run(items: Sequence[Item], backend: object, **settings: object) -> list[Outcome]:
    plan = Plan(source="test", **settings)  # type: ignore[arg-type]
    with closing(load_tools(plan, backend=backend)) as tools:  # type: ignore[arg-type]
        return list(enhance(iter(items), tools))


def mixed() -> list[Item]:
    gap = Gap(origin=Origin(source="t", shard="s", ordinal=2), reason=Reason.BAD_HEADER, detail="", start=0, stop=512)
    fault = Fault(origin=Origin(source="t", shard="s", ordinal=4), key="k", reason=Reason.NO_IMAGE, detail="")
    return [pair(0), pair(1, image=b"not an image"), gap, pair(3), fault, pair(5, text="\udcff broken \x1b[31m")]


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_every_item_has_one_outcome_in_order(batch_size: int) -> None:
    outcomes = run(mixed(), FakeBackend({}), batch_size=batch_size)
    kinds = [type(o).__name__ for o in outcomes]
    assert kinds == ["Record", "Fault", "Gap", "Record", "Fault", "Record"]
    ordinals = [o.pair.origin.ordinal if isinstance(o, Record) else o.origin.ordinal for o in outcomes]
    assert ordinals == [0, 1, 2, 3, 4, 5]


def test_an_undecodable_image_goes_to_quarantine_with_its_bytes() -> None:
    fault = run(mixed(), FakeBackend({}))[1]
    assert isinstance(fault, Fault)
    assert (fault.raw, fault.stage, fault.raw_size) == (b"not an image", "decode", 12)


def test_no_picture_is_held_while_the_next_batch_comes() -> None:
    seen: list[weakref.ref[object]] = []
    held = []

    class Watched(Decoder):
        def collect(self) -> list[Picture | ImageFault]:
            held.append(sum(picture() is not None for picture in seen))
            found = super().collect()
            seen.extend(weakref.ref(picture.rgb) for picture in found if isinstance(picture, Picture))
            return found

    plan = Plan(source="test", batch_size=3)
    with closing(replace(load_tools(plan, backend=FakeBackend({})), decoder=Watched(plan.limits, 64))) as tools:
        deque(enhance((pair(ordinal) for ordinal in range(9)), tools), maxlen=0)
    assert len(seen) == 9
    assert held == [0, 0, 0, 0]


def test_batch_size_changes_nothing() -> None:
    items = [pair(i, text=f"caption number {i}") for i in range(40)]

    def shape(outcomes: list[Outcome]) -> list[object]:
        return [(o.captions, o.decision, o.reason, o.flags) for o in outcomes if isinstance(o, Record)]

    reference = shape(run(items, FakeBackend({}), batch_size=40))
    assert all(shape(run(items, FakeBackend({}), batch_size=n)) == reference for n in (1, 7, 64))


def judge(request: Request) -> Reply | float | str | None:
    if isinstance(request, AssessRequest):
        return 1.5 if request.text.endswith(".jpg") else 4.5
    assert isinstance(request, RewriteRequest)
    kept = request.text.removesuffix(" IMG_1234.jpg")
    edit = Edit(start=len(kept), before=" IMG_1234.jpg", after="", why="camera file name", junk=True)
    return Draft(text=kept, edits=(edit,)) if kept != request.text else Draft(text=kept)


def test_good_pairs_are_kept_bad_ones_rewritten_the_rest_passed() -> None:
    texts = ["a red apple", "a red apple IMG_1234.jpg", "IMG_9.jpg"]
    outcomes = run([pair(i, text=t) for i, t in enumerate(texts)], FunctionBackend(judge))
    records = [o for o in outcomes if isinstance(o, Record)]
    assert [r.decision for r in records] == [Decision.KEPT, Decision.REWRITTEN, Decision.PASSED]
    assert [r.caption.text for r in records] == ["a red apple", "a red apple", "IMG_9.jpg"]
    assert records[1].captions[0].text == "a red apple IMG_1234.jpg"
    assert records[2].reason == "no_sure_rewrite"


def test_a_model_that_fails_never_lowers_a_score() -> None:
    failing = FunctionBackend(lambda _request: Failure(state=State.REFUSED, detail="will not"))
    (record,) = run([pair(0)], failing)
    assert isinstance(record, Record)
    assert (record.decision, record.reason) == (Decision.PASSED, "unassessed:refused")
    assert all(score.value is None for score in record.caption.scores)


def test_finished_records_are_not_asked_again() -> None:
    asked: list[str] = []

    def counting(request: Request) -> float | str:
        asked.append(request.text)
        return judge(request)  # type: ignore[return-value]

    items = [pair(i, text=f"text {i}") for i in range(4)]
    plan = Plan(source="test")
    with closing(load_tools(plan, backend=FunctionBackend(counting))) as tools:
        first = [o for o in enhance(iter(items), tools) if isinstance(o, Record)]
        asked.clear()
        rows = [row(r) for r in first if r.pair.origin.ordinal != 2]
        changed = [*items[:3], pair(3, text="another text")]
        again = [o for o in enhance(iter(changed), tools, Finished(rows)) if isinstance(o, Record)]
    assert set(asked) == {"text 2", "another text"}
    assert [r.captions for r in again[:3]] == [r.captions for r in first[:3]]


def test_without_asks_everything_decodable_passes() -> None:
    outcomes = run(mixed(), None, recipe="none")
    assert [o.reason for o in outcomes if isinstance(o, Record)] == ["not_assessed"] * 3


def test_threshold_comes_from_the_plan() -> None:
    (record,) = run([pair(0, text="fine")], FunctionBackend(judge), rewrite=RewriteRules(below=4.6))
    assert isinstance(record, Record)
    assert record.decision is Decision.PASSED
