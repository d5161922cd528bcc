"""A contest as a picture: what each arm came to over the size of its pool, and how far it is above the base."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from burnish.arms import curves
from burnish.arms.training import AGAIN, BASE, CONTROL

_SMALL_X = 50.0
"""Where the only pool stands."""
_APART_X = 5.0
"""How far the arms of the only pool stand from each other: there is no line to tell them by."""


def svg(found: Mapping[str, Any], name: str) -> str:
    """Of the proxy called `name`, two panels."""
    told = (
        "Recall of a proxy trained on each arm, and its difference from the texts as found, over the number of pairs."
    )
    return curves.svg(list(panels(found, name)), told)


def panels(found: Mapping[str, Any], name: str, title: str = "") -> Iterator[curves.Panel]:
    """The recall, and the differences from the base; `title` instead of what the figure is."""
    proxy = found["proxies"][name]
    sizes = sorted(map(int, proxy["sizes"]))
    places = {size: _place(size, sizes) for size in sizes}
    apart = _APART_X if len(sizes) == 1 else 0.0
    ticks = tuple((places[size], f"{size:,}") for size in sizes)
    pictures = " + ".join(str(exam["pictures"]) for exam in found["exams"].values())
    note = f"{pictures} asked; bars: 95 % over {found['seeds']} seeds"
    arms = [arm for arm in proxy["sizes"][str(sizes[0])]["arms"] if arm != CONTROL]
    shifts = [apart * (style - (len(arms) - 1) / 2) for style in range(len(arms))]
    yield curves.Panel(
        title=title or f"Recall at {found['cut']}, {name}",
        note=note,
        x="pairs to train on",
        y=f"recall at {found['cut']}, %",
        curves=tuple(
            _curve(arm, style, {places[size] + shifts[style]: proxy["sizes"][str(size)]["arms"][arm] for size in sizes})
            for style, arm in enumerate(arms)
            if arm != AGAIN
        ),
        level=(100 * found["chance"], f"chance {100 * found['chance']:.1f}"),
        ticks=ticks,
    )
    yield curves.Panel(
        title=title or f"Above {BASE}, {name}",
        note=f"{note}, paired",
        x="pairs to train on",
        y=f"difference from {BASE}, points",
        curves=tuple(
            _curve(_called(arm), style, {places[size] + shifts[style]: _gap(proxy, size, arm) for size in sizes})
            for style, arm in enumerate(arms)
            if arm != BASE
        ),
        level=(0.0, f"as {BASE}"),
        ticks=ticks,
    )


def _place(size: int, sizes: list[int]) -> float:
    if len(sizes) == 1:
        return _SMALL_X
    return 100 * math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])


def _gap(proxy: Mapping[str, Any], size: int, arm: str) -> Mapping[str, float]:
    rows = proxy["sizes"][str(size)]["gaps"]
    return next(row for row in rows if (row["one"], row["other"]) == (arm, BASE))


def _called(arm: str) -> str:
    return f"{arm} (the noise)" if arm == AGAIN else arm


def _curve(name: str, style: int, points: Mapping[float, Mapping[str, float]]) -> curves.Curve:
    drawn = tuple((place, 100 * one["mean"], 100 * one["half"]) for place, one in points.items())
    return curves.Curve(name=name, points=drawn, style=style)
