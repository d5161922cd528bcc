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
    as_json: opt.Json = False,
) -> None:
    """Make pairs whose truth is known: composed clip art with objects, colours, counts, places and writing."""
    from collections import Counter
    from pathlib import Path

    import orjson

    from burnish.scenes import compose, writing

    shards = writing.write(Path(output), pairs, seed, noise)
    kinds = Counter(compose.scene(seed, number, noise).alt.kind for number in range(pairs))
    if as_json:
        found = {"output": output, "pairs": pairs, "seed": seed, "shards": len(shards), "alt_texts": dict(kinds)}
        typer.echo(orjson.dumps(found).decode())
        return
    typer.echo(f"{pairs} scenes in {len(shards)} shard{'s' * (len(shards) > 1)}, seed {seed}; their alt texts:")
    for kind, count in kinds.most_common():
        typer.echo(f"  {kind:<16}{count:>7}")
    typer.echo(f"next: burnish enhance {output} -o BETTER --backend oracle --set backend_options.truth={output}")


COMMAND = scenes
