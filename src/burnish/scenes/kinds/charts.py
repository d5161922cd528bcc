"""Charts with labels and values: bars with their numbers, pies with their shares; everything that is said is drawn.

They are no clip art and no scene: the oracle does not know them. Their truth is in ``chart``, and as sentences, true
and false, in ``claims``.
"""

from __future__ import annotations

import dataclasses
import io
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import orjson
from PIL import Image, ImageDraw, ImageFont

from burnish.scenes import writing
from burnish.scenes.kinds._base import Member
from burnish.scenes.scene import Box
from burnish.values import Json

WIDTH, HEIGHT = 384, 288
LICENSE = "public domain (drawn from numbers by lot)"
_INK = (30, 30, 30)
_COLOURS = ((91, 124, 163), (214, 137, 72), (110, 160, 98), (178, 88, 92), (141, 115, 168), (128, 128, 128))
_TITLES = ("Visitors", "Rainfall", "Sales", "Votes", "Members", "Orders", "Repairs", "Loans")
_LABELS = (
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    ("Oslo", "Lima", "Cairo", "Kyoto", "Perth", "Quito"),
    ("Tea", "Milk", "Juice", "Water", "Cocoa", "Soup"),
    ("North", "South", "East", "West", "Centre", "Coast"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`kind` is "bar" or "pie"; the values of a pie are whole per cents and add up to 100. `boxes`: of each bar, or of
    each label of a pie.
    """

    kind: str
    title: str
    labels: tuple[str, ...]
    values: tuple[int, ...]
    boxes: tuple[Box, ...]

    @property
    def unit(self) -> str:
        """What follows a value."""
        return " %" if self.kind == "pie" else ""

    @property
    def part(self) -> str:
        """What one of its parts is called."""
        return "slice" if self.kind == "pie" else "bar"


def charts(seed: int, number: int, noise: float, key: str) -> Iterator[Member]:
    """One chart with a text that lists what it shows, or with one that was spoilt."""
    lots = random.Random(f"burnish chart 1 {seed} {number}")
    chart = _chart(lots)
    right = caption(chart)
    kind = lots.choice(list(_NOISE)) if lots.random() < noise else "clean"
    text = right if kind == "clean" else _NOISE[kind](chart, lots)
    image = _png(chart)
    with Image.open(io.BytesIO(image)) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    fields: dict[str, Json] = {
        "key": key,
        "caption": text,
        "width": WIDTH,
        "height": HEIGHT,
        "license": LICENSE,
        "noise": kind,
        "caption_repaired": right,
        "questions": orjson.dumps([{"question": q, "answer": a} for q, a in questions(chart)]).decode(),
        "claims": orjson.dumps([{"says": says, "true": true} for says, true in claims(chart, lots)]).decode(),
        "chart": orjson.dumps(dataclasses.asdict(chart)).decode(),
        writing.PIXELS: writing.digest(pixels),
    }
    yield Member(image=image, text=text, noise=kind, fields=fields)


def caption(chart: Chart) -> str:
    """Everything that can be read."""
    parts = ", ".join(f"{label} {value}{chart.unit}" for label, value in _parts(chart))
    return f'{chart.kind.capitalize()} chart "{chart.title}": {parts}'


def claims(chart: Chart, lots: random.Random) -> Iterator[tuple[str, bool]]:
    """Sentences about it, each true one with a false one of the same wording."""
    values, labels = chart.values, chart.labels
    most, least = labels[values.index(max(values))], labels[values.index(min(values))]
    number = len(values)
    for given, true in ((number, True), (number + lots.choice((-1, 1)), False)):
        yield f"The chart has {given} {chart.part}s.", true
    for given_title, true in ((chart.title, True), (lots.choice([t for t in _TITLES if t != chart.title]), False)):
        yield f'The chart is titled "{given_title}".', true
    for label, value in _parts(chart):
        yield f"{label} has the value {value}{chart.unit}.", True
        yield f"{label} has the value {_another(value, values, lots)}{chart.unit}.", False
    yield f"{most} has the highest value.", True
    yield f"{least} has the highest value.", False
    yield f"{most} has a higher value than {least}.", True
    yield f"{least} has a higher value than {most}.", False


def questions(chart: Chart) -> Iterator[tuple[str, str]]:
    """Questions with their one right answer."""
    values, labels = chart.values, chart.labels
    yield "What kind of chart is this?", chart.kind
    yield "What is the title of the chart?", chart.title
    yield f"How many {chart.part}s does the chart have?", str(len(values))
    yield "Which label has the highest value?", labels[values.index(max(values))]
    yield "Which label has the lowest value?", labels[values.index(min(values))]
    for label, value in _parts(chart):
        yield f"What is the value of {label}?", f"{value}{chart.unit}"


def _parts(chart: Chart) -> list[tuple[str, int]]:
    return list(zip(chart.labels, chart.values, strict=True))


def _another(value: int, values: tuple[int, ...], lots: random.Random) -> int:
    return lots.choice([number for number in range(max(1, value - 9), value + 10) if number not in {value, *values}])


def _wrong_value(chart: Chart, lots: random.Random) -> str:
    label, value = lots.choice(_parts(chart))
    wrong = f"{label} {_another(value, chart.values, lots)}{chart.unit}"
    return caption(chart).replace(f"{label} {value}{chart.unit}", wrong, 1)


def _swapped(chart: Chart, lots: random.Random) -> str:
    return next(caption(made) for made in iter(lambda: _chart(lots), None) if made.title != chart.title)


def _truncated(chart: Chart, lots: random.Random) -> str:
    right = caption(chart)
    return right[: lots.randint(len(right) // 2, len(right) - 2)].rstrip(" ,:%")


def _file_name(chart: Chart, lots: random.Random) -> str:
    return f"chart_{chart.title.lower()}_{lots.randint(1, 99)}.png"


_NOISE: Mapping[str, Callable[[Chart, random.Random], str]] = MappingProxyType(
    {"partly_true": _wrong_value, "swapped": _swapped, "truncated": _truncated, "file_name": _file_name}
)


def _chart(lots: random.Random) -> Chart:
    """Values are all different, so that the highest and the lowest are sure."""
    kind, title = lots.choice(("bar", "pie")), lots.choice(_TITLES)
    labels = lots.choice(_LABELS)[: lots.randint(3, 6)]
    if kind == "bar":
        values = tuple(lots.sample(range(2, 31), len(labels)))
        return Chart(kind=kind, title=title, labels=labels, values=values, boxes=_bars(values))
    values = _shares(len(labels), lots)
    return Chart(kind=kind, title=title, labels=labels, values=values, boxes=_legend(len(labels)))


def _shares(number: int, lots: random.Random) -> tuple[int, ...]:
    """Different whole per cents of at least 5 that add up to 100."""
    found = iter(lambda: sorted(lots.sample(range(5, 91), number - 1)), None)
    for cuts in found:
        shares = tuple(b - a for a, b in zip((0, *cuts), (*cuts, 100), strict=True))
        if min(shares) >= 5 and len(set(shares)) == number:
            return shares
    raise AssertionError("there is always such a share")


_FLOOR = HEIGHT - 34
_ROOM = HEIGHT - 110


def _bars(values: tuple[int, ...]) -> tuple[Box, ...]:
    step = (WIDTH - 60) // len(values)
    lefts = [34 + place * step for place in range(len(values))]
    return tuple(
        (left, _FLOOR - _ROOM * value // max(values), left + step * 2 // 3, _FLOOR)
        for left, value in zip(lefts, values, strict=True)
    )


def _legend(number: int) -> tuple[Box, ...]:
    return tuple((236, 66 + 32 * place, WIDTH - 12, 90 + 32 * place) for place in range(number))


def _png(chart: Chart) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255))
    pen = ImageDraw.Draw(image)
    _centred(pen, chart.title, (WIDTH // 2, 24), 24)
    (_draw_bars if chart.kind == "bar" else _draw_pie)(pen, chart)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _draw_bars(pen: ImageDraw.ImageDraw, chart: Chart) -> None:
    for (label, value), box, colour in zip(_parts(chart), chart.boxes, _COLOURS, strict=False):
        pen.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=colour, outline=_INK)
        middle = (box[0] + box[2]) // 2
        _centred(pen, str(value), (middle, box[1] - 12), 16)
        _centred(pen, label, (middle, _FLOOR + 16), 16)
    pen.line((24, _FLOOR, WIDTH - 16, _FLOOR), fill=_INK, width=2)


def _draw_pie(pen: ImageDraw.ImageDraw, chart: Chart) -> None:
    start = -90.0
    for (label, value), box, colour in zip(_parts(chart), chart.boxes, _COLOURS, strict=False):
        pen.pieslice((18, 62, 218, 262), start, start + value * 3.6, fill=colour, outline=_INK)
        start += value * 3.6
        pen.rectangle((box[0], box[1] + 4, box[0] + 16, box[1] + 20), fill=colour, outline=_INK)
        pen.text((box[0] + 24, box[1] + 3), f"{label} {value} %", fill=_INK, font=ImageFont.load_default(16))


def _centred(pen: ImageDraw.ImageDraw, text: str, middle: tuple[int, int], size: int) -> None:
    font = ImageFont.load_default(size)
    left, top, right, bottom = pen.textbbox((0, 0), text, font=font)
    pen.text((middle[0] - (right + left) // 2, middle[1] - (bottom + top) // 2), text, fill=_INK, font=font)


KIND = charts
