"""``burnish duplicates``: groups of pairs that are alike."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli import _passes


def duplicates(  # noqa: PLR0913 - options are arguments here
    src: _passes.Sources,
    *,
    output: _passes.NewFolder,
    by: Annotated[
        str,
        typer.Option(metavar="WAY[:LIMIT],...", help="image, near_image, text, near_text, embedding; any is enough."),
    ] = "image,near_image",
    of: _passes.Of = "chosen",
    prefer: Annotated[
        str, typer.Option(metavar="WHAT", help="Who is first in its group: first, score or pixels.")
    ] = "first",
    weights: Annotated[
        str, typer.Option(metavar="WHAT", help="Who trains in a mix: first, or one by draw (equal).")
    ] = "first",
    workers: opt.Workers = None,
    as_json: opt.Json = False,
) -> None:
    """Group pairs that are alike, in one source or several: exact or near, by image, text or built-in embedding.

    Nothing is dropped: a table says who is in which group, and burnish mix can go by it. The same command goes on after
    any stop.
    """
    import orjson

    from burnish.passes.alike import Way
    from burnish.passes.duplicates import Wanted
    from burnish.passes.duplicates import duplicates as find
    from burnish.passes.sources import given

    ways = tuple(Way.of(way) for way in by.split(",") if way.strip())
    wanted = Wanted(by=ways, of=of, prefer=prefer, weights=weights)
    found = find(given(src), wanted, output, workers=workers or 0, on_shard=_passes.progress())
    if as_json:
        typer.echo(orjson.dumps({"output": output, **found.as_json()}).decode())
        return
    typer.echo("\n".join(_passes.duplicates(found, output, src)))


COMMAND = duplicates
