"""Curves with error bars as SVG: one panel a question, drawn on white, so that it reads on dark pages too."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

PANEL_W, PANEL_H = 440, 330
LEFT, RIGHT, TOP = 62, 16, 64
COLOURS = ("#0072b2", "#d55e00", "#007a5a", "#a0417d", "#806000", "#4d4d4d", "#5a4fcf", "#b00020")
"""After Okabe and Ito, darkened where white is behind: told apart by the colour-blind too."""
DASHES = ("", "7 4", "2 3", "10 3 2 3", "4 4", "1 4", "12 4", "6 2 1 2")
DODGE_PX = 2.2
FONT = "DejaVu Sans, Verdana, sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Points (x, mean, half the width of the error bar); y in the axis' unit, x from 0 to 100 across the panel.
    `style`: number of its colour and dashes, if not its place among the panel's curves.
    """

    name: str
    points: tuple[tuple[float, float, float], ...]
    style: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """`level` is a horizontal line (value, what it is); `note` a line below the title: n, seeds, what a bar is.
    `ticks`: what stands at which x.
    """

    title: str
    note: str
    x: str
    y: str
    curves: tuple[Curve, ...]
    level: tuple[float, str]
    ticks: tuple[tuple[float, str], ...] = tuple((float(share), f"{share}") for share in range(0, 101, 25))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """From `low` to `high`, in whole `step`s."""

    low: float
    high: float
    step: float

    @classmethod
    def of(cls, panel: Panel) -> _Axis:
        """Holds every error bar and zero; a bar that reaches below zero is cut there if no mean does."""
        ends = [(mean - half, mean + half) for curve in panel.curves for _, mean, half in curve.points]
        means = [mean for curve in panel.curves for _, mean, _ in curve.points]
        low = min(0.0, *(low for low, _ in ends)) if min(means) < 0 else 0.0
        high = max(0.0, *(high for _, high in ends))
        step = _nice((high - low or 1.0) / 5)
        return cls(low=math.floor(low / step) * step, high=math.ceil(high / step) * step or step, step=step)

    def y(self, value: float) -> float:
        return TOP + (PANEL_H - TOP) * (self.high - max(value, self.low)) / (self.high - self.low)

    def marks(self) -> list[float]:
        first, last = round(self.low / self.step), round(self.high / self.step)
        return [number * self.step for number in range(first, last + 1)]


def svg(panels: Sequence[Panel], described: str, across: int = 3) -> str:
    """The panels beside each other, so many `across`; `described` is for those who cannot see them."""
    each = PANEL_H + 66 + 16 * max(len(panel.curves) for panel in panels)
    width, height = PANEL_W * min(across, len(panels)), each * math.ceil(len(panels) / across)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><title>{escape(described)}</title>']
    parts.append(_tag("rect", width=width, height=height, fill="#ffffff"))
    for number, panel in enumerate(panels):
        place = f"{number % across * PANEL_W},{number // across * each}"
        parts += [f'<g transform="translate({place})">', *_panel(panel), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(panel: Panel) -> Iterator[str]:
    axis = _Axis.of(panel)
    yield _text(LEFT, 22, panel.title, font_size=14, font_weight="bold")
    yield _text(LEFT, 42, panel.note, font_size=10.5, fill="#444444")
    yield from _axes(panel, axis)
    y = axis.y(panel.level[0])
    yield _line((LEFT, y), (PANEL_W - RIGHT, y), stroke="#777777", stroke_dasharray="3 3")
    yield _text(PANEL_W - RIGHT - 2, y - 5, panel.level[1], font_size=10, fill="#555555", text_anchor="end")
    for number, curve in enumerate(panel.curves):
        yield from _curve(curve, number, len(panel.curves), axis)


def _axes(panel: Panel, axis: _Axis) -> Iterator[str]:
    bottom, right = axis.y(axis.low), PANEL_W - RIGHT
    for value in axis.marks():
        yield _line((LEFT, axis.y(value)), (right, axis.y(value)), stroke="#dddddd")
        yield _text(LEFT - 7, axis.y(value) + 4, f"{value:.6g}", text_anchor="end")
    for place, said in panel.ticks:
        yield _line((_x(place), bottom), (_x(place), bottom + 5), stroke="#222222")
        yield _text(_x(place), bottom + 18, said, text_anchor="middle")
    yield _line((LEFT, bottom), (right, bottom), stroke="#222222")
    yield _text((LEFT + right) / 2, bottom + 37, panel.x, font_size=12, text_anchor="middle")
    turned = f"translate(16,{(bottom + TOP) / 2:.1f}) rotate(-90)"
    yield _text(0, 0, panel.y, font_size=12, text_anchor="middle", transform=turned)


def _curve(curve: Curve, number: int, count: int, axis: _Axis) -> Iterator[str]:
    style = number if curve.style is None else curve.style
    colour, dash = COLOURS[style % len(COLOURS)], DASHES[style % len(DASHES)]
    drawn: dict[str, Any] = {"stroke": colour, "stroke_width": 2, "stroke_dasharray": dash or "none"}
    aside = (number - (count - 1) / 2) * DODGE_PX
    path = " ".join(f"{_x(x) + aside:.1f},{axis.y(mean):.1f}" for x, mean, _ in curve.points)
    yield _tag("polyline", points=path, fill="none", **drawn)
    for place, mean, half in curve.points:
        x, high, low = _x(place) + aside, axis.y(mean + half), axis.y(mean - half)
        yield _line((x, high), (x, low), stroke=colour, stroke_width=1.4)
        yield from (_line((x - 3, end), (x + 3, end), stroke=colour) for end in (high, low))
        yield _tag("circle", cx=f"{x:.1f}", cy=f"{axis.y(mean):.1f}", r=3, fill=colour)
    row = PANEL_H + 56 + 16 * number
    yield _line((LEFT, row - 4), (LEFT + 30, row - 4), **drawn)
    yield _tag("circle", cx=LEFT + 15, cy=row - 4, r=3, fill=colour)
    yield _text(LEFT + 38, row, curve.name)


def _x(place: float) -> float:
    return LEFT + 10 + (PANEL_W - LEFT - RIGHT - 20) * place / 100


def _nice(value: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not below."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-9))


def _line(start: tuple[float, float], end: tuple[float, float], **how: Any) -> str:
    (x1, y1), (x2, y2) = start, end
    return _tag("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", **how)


def _text(x: float, y: float, said: str, **how: Any) -> str:
    known: dict[str, Any] = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font_family": FONT, "font_size": 11, "fill": "#111111"}
    return _tag("text", said, **{**known, **how})


def _tag(name: str, said: str = "", **attributes: Any) -> str:
    told = " ".join(f'{key.replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items())
    return f"<{name} {told}>{escape(said)}</{name}>" if said else f"<{name} {told}/>"
