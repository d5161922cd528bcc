"""``burnish scenes``: pairs whose truth is known, as a source for all other commands."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli import _options as opt


def scenes(
    output: Annotated[str, typer.Option("-o", "--output", metavar="OUT", help="A new folder.")],
    *,
    pairs: Annotated[int, typer.Option(metavar="N", min=1, help="How many scenes.")] = 1_000,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="The same seed gives the same scenes.")] = 0,
    noise: Annotated[float, typer.Option(metavar="SHARE", min=0, max=1, help="Share of spoilt alt texts.")] = 0.5,
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="scenes, regions, charts, changes or clips (docs/scenes.md).")
    ] = "scenes",
    as_json: opt.Json = False,
) -> None:
    """Make pairs whose truth is known: composed clip art with objects, colours, counts, places and writing."""
    from collections import Counter
    from pathlib import Path

    import orjson

    from burnish.scenes import writing

    texts: Counter[str] = Counter()
    shards = writing.write(Path(output), pairs, seed, noise, lambda done: texts.update([done]), kind)
    if as_json:
        found = {
            "output": output,
            "pairs": texts.total(),
            "seed": seed,
            "shards": len(shards),
            "alt_texts": dict(texts),
        }
        typer.echo(orjson.dumps(found).decode())
        return
    what = "scenes" if kind == "scenes" else f"pairs of the kind {kind}"
    typer.echo(f"{texts.total()} {what} in {len(shards)} shard{'s' * (len(shards) > 1)}, seed {seed}; their alt texts:")
    for done, count in texts.most_common():
        typer.echo(f"  {done:<16}{count:>7}")
    if kind != "charts":  # of which no backend knows the truth
        typer.echo(f"next: burnish enhance {output} -o BETTER --backend oracle --set backend_options.truth={output}")


COMMAND = scenes
