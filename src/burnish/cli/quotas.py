"""``burnish quotas``: so many pairs of each language, host, object, ..."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli import _passes

if TYPE_CHECKING:
    from burnish.passes.quotas import Found

_SHOWN = 12
_CHARS = 40


def quotas(  # noqa: PLR0913 - options are arguments here
    src: _passes.Sources,
    *,
    output: _passes.NewFolder,
    by: Annotated[
        str, typer.Option(metavar="FACET", help="language, source, host, object, group (with --keep) or field:NAME.")
    ],
    at_most: Annotated[int, typer.Option(metavar="N", min=0, help="No more than N pairs of each value.")] = 0,
    at_least: Annotated[int, typer.Option(metavar="N", min=0, help="N of each value even if --share gives less.")] = 0,
    share: Annotated[float, typer.Option(metavar="X", help="This share of each value's pairs, 0 to 1.")] = 1.0,
    of: _passes.Of = "chosen",
    keep: _passes.Keep = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Decides every draw.")] = 0,
    as_json: opt.Json = False,
) -> None:
    """Draw so many pairs of each value of a facet, by hash of key and image; burnish mix goes by the table.

    Nothing is dropped. Of what there are fewer all stay, and it is said.
    """
    import orjson

    from burnish.passes.quotas import Wanted
    from burnish.passes.quotas import quotas as draw
    from burnish.passes.sources import given

    wanted = Wanted(by=by, at_most=at_most, at_least=at_least, share=share, of=of, seed=seed)
    found = draw(given(src, keep or ()), wanted, output)
    if as_json:
        typer.echo(orjson.dumps({"output": output, **found.as_json()}).decode())
        return
    typer.echo("\n".join(_lines(found, wanted.by, output)))


def _lines(found: Found, by: str, output: str) -> Iterator[str]:
    from burnish.texts import terminal

    counted = found.pairs - found.out
    yield f"{found.kept:,} of {counted:,} pairs stay ({found.kept / max(1, counted):.1%}); {found.distinct:,} values"
    rows = [
        (terminal(value.name, _CHARS) or "(not named)", f"{value.pairs:,}", f"{value.asked:,}", f"{value.kept:,}")
        for value in found.values[:_SHOWN]
    ]
    yield from _passes.table((by, "pairs", "asked", "stay"), rows)
    if found.distinct > _SHOWN:
        yield f"  {found.distinct - _SHOWN:,} more values (--json)"
    for number, what in (
        (found.out, "pairs are left out by earlier passes (--keep)"),
        (found.short, "values have fewer pairs than --at-least: all of them stay"),
        (found.over, "values have more than asked: pairs stay for the sake of their other values"),
    ):
        if number:
            yield f"  {number:,} {what}"
    yield f"next: burnish mix ... --set groups.all.sources.data.keep={shlex.quote(output)}"


COMMAND = quotas
