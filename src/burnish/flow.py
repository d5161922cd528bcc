"""One shard's whole way, top to bottom: read -> decode -> ask, ask, ask -> decide -> write -> commit.

One item in, one outcome out, in order, always: a `Record` for a pair, the `Fault` or `Gap` itself otherwise.
Images are decoded, and read if the plan says so, one batch ahead in bounded child processes. Nothing here knows a
form, a model or an engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from typing import Protocol, TypeAlias

from burnish import columns, evidence, standing, texts
from burnish.asks import recaption
from burnish.entities import TEXT
from burnish.ocr import FAILED, Writing
from burnish.plan import Plan
from burnish.protocols import Ask, Backend
from burnish.tools import Tools
from burnish.values import (
    Caption,
    Decision,
    Fault,
    Gap,
    ImageFault,
    Item,
    Pair,
    Picture,
    Record,
    Request,
)

Outcome: TypeAlias = Record | Fault | Gap

RAW_CAP_BYTES = 16 * 1024 * 1024
"""Of an undecodable image at most this much goes into quarantine; the rest is still in the source."""

ORDERS_IN_IMAGE = "injection_in_image"
"""Flag of a pair in whose picture orders to its reader are written; no model is told of those lines."""


class Known(Protocol):
    """Records that earlier work has finished."""

    def get(self, pair: Pair) -> Record | None:
        """The finished record of exactly this pair, or None."""
        ...


class _Nothing:
    def get(self, pair: Pair) -> Record | None:  # noqa: ARG002 - the protocol's
        return None


NOTHING: Known = _Nothing()


def enhance(items: Iterable[Item], tools: Tools, known: Known = NOTHING) -> Iterator[Outcome]:
    """One outcome per item, same order. Pairs with a finished record in `known` are not asked again."""
    # Nothing may hold a batch while the next one comes: the pictures of 32 pairs are 5 MB.
    return chain.from_iterable(map(partial(_finish_batch, tools=tools), _decoded(items, tools, known)))


@dataclass(slots=True)
class _Batch:
    """Some items in order, what is known of them by their place here, and the pictures of the pairs that are new.

    Ordinals would not do: they begin anew with each shard, and a stream of several may have two in one batch.
    """

    items: list[Item]
    finished: dict[int, Record]
    pictures: list[Picture | ImageFault] = field(default_factory=list)
    writings: list[Writing] = field(default_factory=list)

    def fresh(self) -> list[tuple[int, Pair]]:
        """The pairs that have to be asked about, with their places."""
        pairs = ((at, item) for at, item in enumerate(self.items) if isinstance(item, Pair))
        return [(at, pair) for at, pair in pairs if at not in self.finished]


def _decoded(items: Iterable[Item], tools: Tools, known: Known) -> Iterator[_Batch]:
    """Batches with their pictures, the next batch decoding while this one is used."""
    stream = iter(items)

    def submit() -> _Batch:
        taken = list(islice(stream, tools.plan.batch_size))
        found = {at: known.get(item) for at, item in enumerate(taken) if isinstance(item, Pair)}
        batch = _Batch(taken, {at: record for at, record in found.items() if record is not None})
        images = [pair.image for _, pair in batch.fresh()]
        tools.decoder.submit(images)
        if tools.reader is not None:
            tools.reader.submit(images)
        return batch

    batch = submit()
    while batch.items:
        batch.pictures = tools.decoder.collect()
        batch.writings = tools.reader.collect() if tools.reader is not None else []
        following = submit()
        yield batch
        batch = following
    tools.decoder.collect()


def _finish_batch(batch: _Batch, tools: Tools) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {
        at: open_record(pair, picture, tools.plan)
        for (at, pair), picture in zip(batch.fresh(), batch.pictures, strict=True)
    }
    for (at, _), writing in zip(batch.fresh(), batch.writings, strict=False):  # none at all if nobody looks
        outcomes[at] = noted(outcomes[at], writing)
    opened = {at: named(outcome, tools) for at, outcome in outcomes.items() if isinstance(outcome, Record)}
    records = list(opened.values())
    for ask in tools.asks:
        assert tools.backend is not None
        records = put(ask, records, tools.backend)
    for at, record in zip(opened, records, strict=True):
        decided = columns.continued(decide(record, tools))
        if tools.captioning:
            decided = columns.uniform(decided, standing.criteria(tools.plan, tools.recipe))
        outcomes[at] = decided
    outcomes |= {at: replace(record, extra=tools.plan.extra) for at, record in batch.finished.items()}
    return [outcomes[at] if isinstance(item, Pair) else item for at, item in enumerate(batch.items)]


def open_record(pair: Pair, picture: Picture | ImageFault, plan: Plan) -> Record | Fault:
    """The record a pair starts as, or the fault it is if its image cannot be decoded."""
    if isinstance(picture, ImageFault):
        return Fault(
            origin=pair.origin,
            key=pair.key,
            reason=picture.reason,
            detail=picture.detail,
            raw=pair.image[:RAW_CAP_BYTES],
            raw_size=len(pair.image),
            members=(pair.image_name,),
            stage="decode",
        )
    view = texts.look(pair.text, max_chars=plan.text.max_chars, entities=plan.text.unescape_html)
    return Record(
        pair=pair,
        picture=picture,
        view=view.clean,
        captions=(Caption(text=pair.text, role="alt", maker="source"),),
        flags=tuple(dict.fromkeys((*pair.flags, *picture.flags, *view.flags))),
        extra=plan.extra,
    )


def noted(outcome: Outcome, writing: Writing) -> Outcome:
    """A record with the writing that was read in its picture, flagged if it gives orders or could not be looked for."""
    if not isinstance(outcome, Record):
        return outcome
    lines = writing.texts
    seen = ((FAILED, writing.failed), (ORDERS_IN_IMAGE, evidence.sound(lines) != lines))
    return replace(outcome, evidence=lines, flags=(*outcome.flags, *(flag for flag, holds in seen if holds)))


def named(record: Record, tools: Tools) -> Record:
    """A record with the names that the plan's table knows in its text and metadata."""
    if tools.linker is None:
        return record
    return replace(record, entities=tools.linker.link(dict(_named_in(record, tools.plan))))


def _named_in(record: Record, plan: Plan) -> Iterator[tuple[str, str]]:
    """What is looked through for names: the text, what it was before an earlier run, and fields of the metadata."""
    yield TEXT, record.view
    fields = record.pair.fields
    before = (columns.ORIGINAL,) if columns.earlier(record.pair)[1] else ()
    for name in (*before, *plan.entities.field_names):
        value = fields.get(name) if name != TEXT else None
        told = ", ".join(str(part) for part in value) if isinstance(value, list) else value
        if isinstance(told, str) and told:
            yield name, texts.look(told, max_chars=plan.text.max_chars).clean


def put(ask: Ask, records: Sequence[Record], backend: Backend) -> list[Record]:
    """Put `ask` to the records that want it, all their requests in one call; the others come back as they are."""
    wanted = [ask.requests(record) for record in records]
    flat: list[Request] = [request for requests in wanted for request in requests]
    if not flat:
        return list(records)
    replies = backend.answer(flat)
    if len(replies) != len(flat):
        raise AssertionError(f"{backend.identity} gave {len(replies)} replies to {len(flat)} requests")
    stream = iter(replies)
    return [
        ask.fold(record, list(islice(stream, len(requests)))) if requests else record
        for record, requests in zip(records, wanted, strict=True)
    ]


def decide(record: Record, tools: Tools) -> Record:
    """The record with its decision: recaptioned if a new caption was written, rewritten if a rewrite was accepted, kept
    if good, else passed with the reason.
    """
    if tools.captioning:
        record = recaption.settled(record, tools.plan.recaption.text)
    if recaption.wrote(record):
        return replace(record, decision=Decision.RECAPTIONED)
    if record.chosen:
        return replace(record, decision=Decision.REWRITTEN, reason="")
    decision, reason = _judged(record, tools)
    return replace(record, decision=decision, reason=reason)


def _judged(record: Record, tools: Tools) -> tuple[Decision, str]:
    """What becomes of a pair whose text stays, and why."""
    if not tools.asks:
        return Decision.PASSED, "not_assessed"
    if tools.captioning and not record.captions[0].scores:
        return Decision.PASSED, record.reason or "not_wanted"
    weights = standing.weights(tools.plan, tools.recipe)
    stands = standing.standing(record.captions[0], weights)
    if stands is None:
        return Decision.PASSED, f"unassessed:{standing.why_none(record.captions[0], weights)}"
    if stands >= tools.plan.rewrite.below:
        return Decision.KEPT, ""
    return Decision.PASSED, record.reason or "below_threshold"
