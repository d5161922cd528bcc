"""The report's sections. One file each, with a template of the same name beside it; its `order` says where it stands.

A section sees every batch of the run's records once, then tells what it found three times: as figures, as lines for a
terminal, and as what its template shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, cast

from burnish import discovery
from burnish.report.cards import Card
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.report.reading import Batch
from burnish.values import Json

KIND = "report.sections"


class Section:
    """What a section is and, where it needs nothing of its own, does."""

    title: ClassVar[str]
    order: ClassVar[int]

    def __init__(self, run: Run, other: Run | None = None) -> None:
        """`other`: the run it is compared with, if any."""
        self.run = run
        self.other = other

    def take(self, batch: Batch) -> None:
        """Look at the next rows."""

    def wants(self) -> Iterable[Place]:
        """The pairs that are to be shown, when all rows have been seen."""
        return ()

    def finish(self, cards: Mapping[Place, Card]) -> None:
        """`cards` are the pairs that were wanted, by all sections: what is left to be computed or read."""

    def figures(self) -> Mapping[str, Json]:
        """For ``--json``; {} if there is nothing to say."""
        return {}

    def lines(self) -> Iterator[str]:
        """For a terminal: at most 80 columns, nothing that steers it."""
        yield from ()

    def warnings(self) -> Iterator[str]:
        """What people must not miss, in a sentence each."""
        yield from ()

    def view(self) -> Mapping[str, Any]:
        """For the template; {} leaves the section out."""
        return {}


def load(run: Run, other: Run | None = None) -> dict[str, Section]:
    """All sections by name, in their order, ready for a run's rows."""
    makes = {name: cast("Callable[..., Section]", discovery.load(KIND, name)) for name in discovery.names(KIND)}
    made = {name: make(run, other) for name, make in makes.items()}
    return dict(sorted(made.items(), key=lambda entry: (entry[1].order, entry[0])))
