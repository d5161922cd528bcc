"""``burnish disagreements``: captions of nearly the same picture that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli import _passes

if TYPE_CHECKING:
    from burnish.passes.disagreements import Found

_CHARS = 100


def disagreements(
    src: _passes.Sources,
    *,
    groups: Annotated[
        str, typer.Option("--duplicates", metavar="DUPS", help="What burnish duplicates wrote for the same sources.")
    ],
    output: _passes.NewFolder,
    of: _passes.Of = "chosen",
    workers: opt.Workers = None,
    as_json: opt.Json = False,
) -> None:
    """Flag captions of nearly the same picture that cannot both be true, and say whom the other duplicates side with.

    Counts, colours, existence and relations are compared in English; quotations, figures and names in any language.
    """
    import orjson

    from burnish.passes.disagreements import disagreements as find
    from burnish.passes.sources import given

    found = find(given(src), groups, output, of=of, workers=workers or 0, on_part=_passes.progress("parts"))
    if as_json:
        typer.echo(orjson.dumps({"output": output, **found.as_json()}).decode())
        return
    typer.echo("\n".join(_lines(found, output)))


def _lines(found: Found, output: str) -> Iterator[str]:
    from burnish.cli._show import quoted

    yield (
        f"{found.compared:,} pairs of captions in {found.groups:,} groups compared: {found.disagreeing:,} contradict"
        f" each other ({found.disagreeing / max(1, found.compared):.1%})"
    )
    if found.kinds:
        yield "conflicts: " + _passes.counted(found.kinds) + f"; others of the group take a side in {found.decided:,}"
    if found.left_out:
        yield f"  {found.left_out:,} captions were not compared: empty, far from their group's first, or in a crowd"
    yield from _examples(found.examples)
    yield f"next: look at all of them in {quoted(output)}/disagreements, or burnish verify {quoted(output)}"


def _examples(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    from burnish.texts import terminal

    for row in rows:
        said = {name: terminal(str(row[name]), _CHARS) for name in row}
        yield f"  {said['kind']}, {said['about']}: {said['one_says']} | {said['other_says']}"
        yield f"    {said['one_key']}  {said['one_text']}"
        yield f"    {said['other_key']}  {said['other_text']}"


COMMAND = disagreements
