"""``burnish quantiles``: thresholds of a score over whole sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli import _passes

if TYPE_CHECKING:
    from burnish.passes.quantiles import Found


def quantiles(  # noqa: PLR0913 - options are arguments here
    src: _passes.Sources,
    *,
    best: Annotated[
        list[float] | None, typer.Option(metavar="SHARE", help="Keep this share, 0.3 for 30 %; may be repeated.")
    ] = None,
    criterion: Annotated[str, typer.Option(metavar="NAME", help="Which score.")] = "overall",
    of: _passes.Of = "chosen",
    keep: _passes.Keep = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The mixture's, for draws among duplicates (--keep).")] = 0,
    as_json: opt.Json = False,
) -> None:
    """Show how a score is spread over all pairs of one or more outputs, and the thresholds that keep the best of them.

    Exact, for any number of pairs; reads records alone and writes nothing.
    """
    import orjson

    from burnish.passes.quantiles import quantiles as find
    from burnish.passes.sources import given

    found = find(given(src, keep or ()), best or (), criterion=criterion, of=of, seed=seed)
    typer.echo(orjson.dumps(found.as_json()).decode() if as_json else "\n".join(_lines(found)))


def _lines(found: Found) -> Iterator[str]:
    from burnish.passes.quantiles import plain

    yield f"{found.criterion} of {found.of}: {found.scored:,} of {found.pairs:,} pairs have it"
    shown = (found.lowest, *found.deciles, found.highest)
    yield from _passes.table(("tenths", *map(str, range(11))), [("score", *(f"{value:.4g}" for value in shown))])
    for each in found.thresholds:
        share = each.kept / found.scored
        ties = f"; equal scores: the next would be {each.instead / found.scored:.2%}" if share != each.best else ""
        yield f"best {each.best:.2%}: from {plain(each.at)} on, {each.kept:,} pairs ({share:.2%}){ties}"
    if found.thresholds:
        yield "in a mixture:"
        yield "  [groups.all.scores]"
        yield f'  criterion = "{found.criterion}"'
        yield f'  of = "{found.of}"'
        yield "  unscored = 0"
        yield f"  weights = {found.thresholds[0].intervals}"
        yield "next: burnish mix --preset clip --show > mixture.toml, and put it there"
    else:
        yield "next: the same command with --best 0.3 for the threshold of the best 30 %"


COMMAND = quantiles
