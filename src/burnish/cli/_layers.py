"""``burnish eval layers``: pairs decoded, a captioner asked, a table of what it kept to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import typer

from burnish import backends, images, plan
from burnish.errors import UsageError
from burnish.evals import layers as measure
from burnish.evals.editor import Rate
from burnish.evals.layers import Layers
from burnish.stores import open_store
from burnish.values import Pair, Picture

DECODED_AT_ONCE = 32


def run(source: str, backend: str, bases: Sequence[str], assignments: Sequence[str], limit: int) -> Layers:
    """Measure `backend` on the first `limit` pairs of `source`. Raises `UsageError` for what cannot be."""
    settings = plan.build({"source": source, "backend": backend}, *map(plan.override, assignments))
    model = backends.load(settings.backend, settings.backend_options)
    if not getattr(model, "can_caption", True):
        raise UsageError(f"the model {backend!r} cannot write captions.\nExample: --backend openai")
    with images.Decoder(settings.limits, model.side_px) as decoder:
        pairs = _pictures(islice(_pairs(source), limit), decoder)
        return measure.measure(pairs, model, bases, settings.recaption.tokenizer)


def _pairs(source: str) -> Iterator[Pair]:
    store = open_store(source)
    for shard in store.shards():
        yield from (item for item in store.read(shard) if isinstance(item, Pair))


def _pictures(pairs: Iterator[Pair], decoder: images.Decoder) -> Iterator[tuple[Pair, Picture]]:
    while batch := list(islice(pairs, DECODED_AT_ONCE)):
        decoded = decoder.decode_batch([pair.image for pair in batch])
        yield from ((pair, each) for pair, each in zip(batch, decoded, strict=True) if isinstance(each, Picture))


def show(found: Layers) -> None:
    """The table for people."""
    typer.echo(f"{found.answers} captions asked for, {found.unanswered} without an answer (they keep to nothing)")
    typer.echo("asked for      kept of    share  (95 %)")
    for name, rate in found.categories.items():
        _line(name, rate)
    typer.echo("layers  mean share  all kept of    share  (95 %)")
    for number, rate in found.whole.items():
        typer.echo(f"{number:<6}{found.share[number]:>12.1%}  {_told(rate)}")
    typer.echo("the formats' own, of the answers")
    for name, rate in found.own.items():
        _line(name, rate)


def _line(name: str, rate: Rate) -> None:
    typer.echo(f"{name:<12} {_told(rate)}")


def _told(rate: Rate) -> str:
    return f"{rate.count:>6} of {rate.n:>4}  {rate.share:>6.1%}  ({rate.low:.1%} to {rate.high:.1%})"
