"""``burnish eval data``: what a data set's captions are like, and how far they are from those before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli._judges import listed

if TYPE_CHECKING:
    from burnish.evals.data import Embedded, Found, Paired
    from burnish.evals.editor import Rate
    from burnish.evals.membership import Membership
    from burnish.evals.overlap import Overlap
    from burnish.passes.duplicates import Found as Alike

_SHRUNK = 0.1
"""Share of the vocabulary whose loss is worth a warning."""
_SIZES = ("captions", "empty", "words_mean", "words_p10", "words_p50", "words_p90", "vocabulary", "entropy_bits")


def data(  # noqa: PLR0913 - options are arguments here
    out: Annotated[str, typer.Argument(metavar="OUT", help="An output of burnish, or any source of pairs.")],
    *,
    against: Annotated[
        str, typer.Option(metavar="OTHER", help="Another output or source; source: OUT's own texts as found.")
    ] = "source",
    of: Annotated[str, typer.Option("--of", metavar="ROLE", help="Whose text: a role (alt, dsc, ...), or chosen.")] = (
        "chosen"
    ),
    unseen: Annotated[
        str, typer.Option(metavar="EVALSET", help="Pairs that should not be in OUT: are they, by text or picture?")
    ] = "",
    ngram: Annotated[int, typer.Option(metavar="N", min=2, help="Words of the n-grams by which texts are found.")] = 8,
    lm: Annotated[
        str, typer.Option(metavar="DIR", help="A causal language model: does it know OUT's texts from EVALSET's?")
    ] = "",
    duplicates: Annotated[
        str, typer.Option(metavar="WAYS", help="Count repetition: image, near_image, text, near_text, embedding.")
    ] = "",
    sample: Annotated[int, typer.Option(metavar="N", min=0, help="Captions to embed, or to ask about; 0: none.")] = (
        2_000
    ),
    as_json: opt.Json = False,
) -> None:
    """Measure captions: length, words, drift, surviving names, repetition, and whether an evaluation set is in them."""
    import orjson

    from burnish.cli import _log
    from burnish.errors import UsageError
    from burnish.evals import data as measure

    if lm and not (unseen and sample):
        raise UsageError(
            "--lm compares OUT's texts with those of an evaluation set.\nExample: --unseen EVALSET --lm DIR"
        )
    wanted = measure.Wanted(
        of=of, against=against, unseen=unseen, ngram=ngram, language_model=lm, alike=listed(duplicates), sample=sample
    )
    found = measure.measure(
        out, wanted, lambda said: None if _log.is_quiet() else typer.echo(f"looking at {said}", err=True)
    )
    if as_json:
        typer.echo(orjson.dumps(found.as_json()).decode())
        return
    typer.echo("\n".join(_lines(found)))


def _lines(found: Found) -> Iterator[str]:
    yield f"{'':<14}{'before':>12}{'now':>12}"
    for name in _SIZES:
        yield f"{name:<14}{found.before[name]:>12,}{found.now[name]:>12,}"
    lost = 1 - found.now["vocabulary"] / max(1, found.before["vocabulary"])
    if lost > _SHRUNK:
        yield f"warning: the vocabulary has shrunk by {lost:.0%}"
    for name, drift in found.drift.items():
        told = [_number(drift[part]) for part in ("sets", "halves", "floor")]
        yield f"{name}: drift {told[0]} bits; between halves of both {told[1]}, of one {told[2]}"
    for name, words in found.moved.items():
        yield f"{name}: " + (", ".join(f"{w.word} ({w.before:,.0f} to {w.now:,.0f})" for w in words) or "-")
    yield from _embedded(found.embedded)
    yield from _paired(found.paired)
    yield from _alike(found.duplicates)
    yield from _overlap(found.overlap)
    yield from _membership(found.membership)


def _alike(found: Alike | None) -> Iterator[str]:
    if found is not None:
        yield f"alike: {found.later:,} of {found.pairs:,} pairs beside the first of {found.groups:,} groups"


def _embedded(found: Embedded | None) -> Iterator[str]:
    if found is None:
        return
    yield (
        f"embeddings of {found.captions:,} captions: distance {found.sets:.4f}; between halves of both "
        f"{found.halves:.4f}, of one {found.floor:.4f}"
    )
    if found.cosine is not None:
        yield f"cosine with the caption before: {found.cosine[0]:.3f} +- {found.cosine[1]:.3f}"


def _paired(found: Paired | None) -> Iterator[str]:
    if found is None:
        return
    yield f"changed: {_rate(found.changed)}; of a changed one {found.changed_words:.1%} of the words"
    yield f"names, numbers and quotations that survive: {_rate(found.entities)}"
    if found.flips.n:
        yield f"decisions that differ: {_rate(found.flips)}"


def _overlap(found: Overlap | None) -> Iterator[str]:
    if found is None:
        return
    yield f"evaluation set: {found.items:,} items, {found.looked_for:,} with a text long enough to look for"
    yield f"  with an n-gram in OUT: {_rate(found.any_ngram)}; with half of them: {_rate(found.mostly)}"
    for way, rate in found.near.items():
        yield f"  with a {way.replace('_', ' ')} in OUT: {_rate(rate)}"
    if found.examples:
        yield f"  for example: {', '.join(found.examples)}"


def _membership(found: Membership | None) -> Iterator[str]:
    if found is None:
        return
    yield f"language model, {found.members:,} texts of OUT against {found.others:,} of the evaluation set (AUC):"
    for method, figure in found.auc.items():
        yield f"  {method:<6} {_number(figure.value)} ({_number(figure.low)} to {_number(figure.high)})"
    yield "  0.5: it knows both as well or as little; well above: it has seen OUT and not the evaluation set"
    if found.short > 1 / 2:
        yield f"  {found.short:.0%} of the texts have under 32 tokens: unreliable"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _rate(found: Rate) -> str:
    return f"{found.count:,} of {found.n:,}, {found.share:.1%} ({found.low:.1%} to {found.high:.1%})"
