"""Real titles for `benchmarks.entities`: what people called clip art, with the names of a table of real names in it.

Of the different titles of openclipart-svg (public domain) in which a name or alias of the table begins a word in any
case, 130 were drawn by chance, `Apple Pie` and `C Rollandin Francesco` with them, and labelled by hand before any was
linked: what means which row; a name of which the title does not tell which of two rows it means has no row. Parts of
other names (`Lower Saxony`, `East Germany`, `Ile de France`) mean none.
"""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.entities_texts import Text
from burnish.entities.table import Row

NAMES = Path(__file__).with_name("entities_names.tsv")
TITLES = Path(__file__).with_name("entities_titles.tsv")


def rows() -> list[Row]:
    """The table's rows."""
    return [
        Row(
            id=row["id"],
            name=row["name"],
            kind=row["kind"],
            context=row["context"],
            aliases=tuple(filter(None, row["aliases"].split("|"))),
        )
        for row in _read(NAMES)
    ]


def titles() -> list[Text]:
    """The titles with what their names mean."""
    return [
        Text(
            text=row["title"],
            kind="names of the table" if row["names"] else "none of them",
            means=tuple(_means(row["names"])),
        )
        for row in _read(TITLES)
    ]


def _means(told: str) -> list[tuple[str, str]]:
    pairs = (one.partition("=") for one in told.split("; ") if one)
    return [(said, own) for said, _, own in pairs]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
