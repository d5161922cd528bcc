"""What the passes over the whole set share on the command line: sources, progress, and how outcomes are printed."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from burnish.cli import _log

if TYPE_CHECKING:
    from burnish.passes.duplicates import Found

EVERY_S = 10.0

Sources: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="[NAME=]SRC...", help="Outputs of burnish, or any sources of pairs.")
]
NewFolder: TypeAlias = Annotated[
    str, typer.Option("-o", "--output", metavar="NEW", help="A new folder; the same command resumes.")
]
Of: TypeAlias = Annotated[
    str, typer.Option("--of", metavar="ROLE", help="Whose text counts: a role (alt, dsc, ...), or chosen.")
]
Keep: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="DIR", help="Only pairs that this earlier pass lets train; may be repeated."),
]


def progress(what: str = "shards") -> Callable[[int, int], None]:
    """A line on stderr now and then."""
    last = time.monotonic()

    def tell(done: int, whole: int) -> None:
        nonlocal last
        if not _log.is_quiet() and time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            typer.echo(f"{done:,} of {whole:,} {what}", err=True)

    return tell


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns, the first to the left, the others to the right, as wide as they have to be."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, *rows):
        rest = "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        yield f"  {row[0]:<{widths[0]}}{rest}".rstrip()


def duplicates(found: Found, output: str, sources: Sequence[str]) -> Iterator[str]:
    """The groups for people."""
    share = found.later / max(1, found.pairs)
    yield (
        f"{found.pairs:,} pairs: {found.groups:,} groups of alike ones, {found.later:,} pairs ({share:.1%}) beside"
        f" their first, largest group {found.largest:,}"
    )
    yield from table(
        ("way", "signed", "equal", "compared", "alike", "crowded"),
        [
            (name, *(f"{number:,}" for number in (met.signed, met.equal, met.compared, met.links, met.crowded)))
            for name, met in found.met.items()
        ],
    )
    if found.sizes:
        yield "groups by size: " + ", ".join(f"{size}: {number:,}" for size, number in found.sizes.items())
    yield from _notes(found)
    out = shlex.quote(output)
    yield f"to mix with the first of each group alone: burnish mix ... --set groups.all.sources.data.keep={out}"
    yield f"next: burnish disagreements {shlex.join(sources)} --duplicates {out} -o DISAGREEMENTS"


def _notes(found: Found) -> Iterator[str]:
    for number, what in (
        (found.across, "groups reach over more than one source"),
        (found.chained, "pairs are alike to their group's first only through others"),
        (found.unseen, "images could not be decoded: compared by other ways alone"),
        (found.faults, "items could not be read and are in .burnish/quarantine"),
    ):
        if number:
            yield f"  {number:,} {what}"
    crowds = {name: met.crowded for name, met in found.met.items() if met.crowded}
    if crowds:
        yield f"  crowded keys ({', '.join(crowds)}): some alike pairs may not have met (docs/passes.md)"


def counted(counts: Mapping[str, int], most: int = 10) -> str:
    """The largest of `counts`, and how many more there are."""
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    more = f", {len(ranked) - most:,} more" if len(ranked) > most else ""
    return ", ".join(f"{name} {number:,}" for name, number in ranked[:most]) + more
