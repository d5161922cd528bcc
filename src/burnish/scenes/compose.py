"""From a seed and a number to a scene: what is in it, and where. Each scene is its own draw, whatever else is made.

The canvas is a grid of cells; nothing overlaps, so that counts are what one sees. In four of five scenes the groups
lie side by side or one above the other, in the fifth the cells are dealt at random. Drawing lots is `random.Random` of
a string, which is the same on every machine and Python from 3.11.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from burnish.scenes import catalogue, noise, palette
from burnish.scenes.draw import GROUNDS
from burnish.scenes.scene import AltText, Box, Chart, Group, Scene, Sign

CELL_PX = 96
SHAPES = ((4, 3), (3, 3), (3, 4))
MAX_SIDE_PX = CELL_PX * max(max(shape) for shape in SHAPES)
"""No scene is longer than this, so a model that sees pictures of this size sees all of it."""

SIZE_PX = {"large": 90, "": 66, "small": 42}
"""Long side of an object by what its size is called; a small thin one is longer, to be seen at all."""
_SMALL_MAX_PX = 56

SIGN_SHARE = 0.3
CHART_SHARE = 0.1

WORDS = ("OPEN", "EXIT", "SALE", "STOP", "PUSH", "HELLO", "MARKET", "LIBRARY", "BAKERY", "TAXI", "MUSEUM", "GARAGE")
TITLES = ("Visitors", "Rainfall", "Sales", "Results", "Growth", "Votes")

_Cell: TypeAlias = tuple[int, int]


def scene(seed: int, number: int, noise_share: float = 0.5) -> Scene:
    """Scene `number` of `seed`; its alt text carries noise with the probability `noise_share` (0..1).

    The picture does not depend on `noise_share`.
    """
    lots = random.Random(f"burnish scene 1 {seed} {number}")
    columns, rows = lots.choice(SHAPES)
    cells = [(column, row) for row in range(rows) for column in range(columns)]
    sign = _sign(lots, cells) if lots.random() < SIGN_SHARE else None
    chart = _chart(lots, cells) if sign is None and lots.random() < CHART_SHARE / (1 - SIGN_SHARE) else None
    made = Scene(
        seed=seed,
        number=number,
        width=columns * CELL_PX,
        height=rows * CELL_PX,
        ground=lots.choice(list(GROUNDS)),
        groups=_groups(lots, cells),
        sign=sign,
        chart=chart,
        alt=AltText(text="", kind="", repaired=""),
    )
    return replace(made, alt=noise.alt_text(made, noise_share))


def _sign(lots: random.Random, cells: list[_Cell]) -> Sign:
    """A sign over two cells of a row, which are taken from `cells`."""
    column, row = lots.choice([cell for cell in cells if (cell[0] + 1, cell[1]) in cells])
    cells.remove((column, row))
    cells.remove((column + 1, row))
    text = lots.choice(WORDS) + (f" {lots.randint(2, 99)}" if lots.random() < 0.5 else "")
    left, top = column * CELL_PX, row * CELL_PX
    return Sign(text=text, box=(left + 8, top + 8, left + 2 * CELL_PX - 8, top + CELL_PX - 4))


def _chart(lots: random.Random, cells: list[_Cell]) -> Chart:
    """A chart over two by two cells, which are taken from `cells`."""
    corners = [(c, r) for c, r in cells if {(c + 1, r), (c, r + 1), (c + 1, r + 1)} <= set(cells)]
    column, row = lots.choice(corners)
    for cell in ((column, row), (column + 1, row), (column, row + 1), (column + 1, row + 1)):
        cells.remove(cell)
    values = tuple(lots.randint(2, 9) for _ in range(lots.randint(3, 6)))
    left, top = column * CELL_PX, row * CELL_PX
    box = (left + 6, top + 6, left + 2 * CELL_PX - 6, top + 2 * CELL_PX - 6)
    return Chart(title=lots.choice(TITLES), values=values, box=box)


def _groups(lots: random.Random, cells: Sequence[_Cell]) -> tuple[Group, ...]:
    kinds = lots.sample(catalogue.objects(), lots.choice((3, 3, 3, 4)))
    counts = [lots.choice((1, 1, 1, 2, 2, 3, 4)) for _ in kinds]
    while sum(counts) > len(cells) - 1:
        counts[counts.index(max(counts))] -= 1
    dealt = iter(_dealt(lots, cells, sum(counts)))
    made = []
    for kind, count in zip(kinds, counts, strict=True):
        size = lots.choice(("", "", "large", "small"))
        boxes = tuple(_box(lots, next(dealt), kind.noun, size) for _ in range(count))
        colour = lots.choice(list(palette.COLOURS)) if kind.recolour else ""
        made.append(Group(noun=kind.noun, colour=colour, size=size, boxes=boxes))
    return tuple(made)


def _dealt(lots: random.Random, cells: Sequence[_Cell], count: int) -> list[_Cell]:
    """`count` cells, in an order that is by columns, by rows, or by chance."""
    taken = lots.sample(cells, count)
    match lots.randrange(5):
        case 0 | 1:
            return sorted(taken)
        case 2 | 3:
            return sorted(taken, key=lambda cell: (cell[1], cell[0]))
        case _:
            return taken


def _box(lots: random.Random, cell: _Cell, noun: str, size: str) -> Box:
    """Where in its cell an object lies."""
    art = catalogue.cut_out(noun)
    long_side = SIZE_PX[size]
    if size == "small":
        long_side = min(_SMALL_MAX_PX, math.isqrt(SIZE_PX[size] ** 2 * max(art.size) // min(art.size)))
    scale = long_side / max(art.size)
    width, height = max(1, round(art.width * scale)), max(1, round(art.height * scale))
    left = cell[0] * CELL_PX + lots.randint(2, CELL_PX - 2 - width)
    top = cell[1] * CELL_PX + lots.randint(2, CELL_PX - 2 - height)
    return left, top, left + width, top + height
