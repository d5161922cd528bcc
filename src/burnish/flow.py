"""One shard's whole way, top to bottom: read -> decode -> ask, ask, ask -> decide -> write -> commit.

One item in, one outcome out, in order, always: a `Record` for a pair, the `Fault` or `Gap` itself otherwise.
Images are decoded one batch ahead in a bounded child process. Nothing here knows a form, a model or an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from burnish import texts
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
    State,
)

Outcome: TypeAlias = Record | Fault | Gap

RAW_CAP_BYTES = 16 * 1024 * 1024
"""Of an undecodable image at most this much goes into quarantine; the rest is still in the source."""


def enhance(items: Iterable[Item], tools: Tools, known: Mapping[int, Record] | None = None) -> Iterator[Outcome]:
    """One outcome per item, same order. `known` holds finished records by ordinal: they are not asked again."""
    known = known or {}
    for batch, pictures in _decoded(items, tools, known):
        yield from _finish_batch(batch, pictures, tools, known)


def _decoded(
    items: Iterable[Item], tools: Tools, known: Mapping[int, Record]
) -> Iterator[tuple[list[Item], list[Picture | ImageFault]]]:
    """Batches with the pictures of their unknown pairs, the next batch decoding while this one is used."""
    stream = iter(items)

    def submit() -> list[Item]:
        batch = list(islice(stream, tools.plan.batch_size))
        tools.decoder.submit([item.image for item in _fresh(batch, known)])
        return batch

    batch = submit()
    while batch:
        pictures = tools.decoder.collect()
        following = submit()
        yield batch, pictures
        batch = following
    tools.decoder.collect()


def _fresh(batch: Iterable[Item], known: Mapping[int, Record]) -> list[Pair]:
    return [item for item in batch if isinstance(item, Pair) and item.origin.ordinal not in known]


def _finish_batch(
    batch: Sequence[Item], pictures: Sequence[Picture | ImageFault], tools: Tools, known: Mapping[int, Record]
) -> list[Outcome]:
    opened = {
        pair.origin.ordinal: open_record(pair, picture, tools.plan)
        for pair, picture in zip(_fresh(batch, known), pictures, strict=True)
    }
    records = [outcome for outcome in opened.values() if isinstance(outcome, Record)]
    for ask in tools.asks:
        assert tools.backend is not None
        records = put(ask, records, tools.backend)
    opened.update({r.pair.origin.ordinal: decide(r, tools.plan, asked=bool(tools.asks)) for r in records})

    def outcome(item: Item) -> Outcome:
        if not isinstance(item, Pair):
            return item
        ordinal = item.origin.ordinal
        return replace(known[ordinal], pair=item) if ordinal in known else opened[ordinal]

    return [outcome(item) for item in batch]


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
    )


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


def decide(record: Record, plan: Plan, *, asked: bool) -> Record:
    """The record with its decision: rewritten if a rewrite was accepted, kept if good, else passed with the reason."""
    if record.chosen:
        return replace(record, decision=Decision.REWRITTEN, reason="")
    if not asked:
        return replace(record, decision=Decision.PASSED, reason="not_assessed")
    overall = record.captions[0].score("overall")
    if overall is None or overall.value is None:
        state = State.NOT_ASKED if overall is None else overall.state
        return replace(record, decision=Decision.PASSED, reason=f"unassessed:{state}")
    if overall.value >= plan.rewrite.below:
        return replace(record, decision=Decision.KEPT, reason="")
    return replace(record, decision=Decision.PASSED, reason=record.reason or "below_threshold")


Progress: TypeAlias = Callable[[Outcome], None]
