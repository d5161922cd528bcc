"""Generated scenes with captions whose faults are known: what tiny models are trained and measured on.

A scene is one coloured shape on a plain background. Its caption is right, names another object or another colour, is
buried in advertising, or is a file name. Everything follows from the seed; training takes even seeds, measuring odd.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from burnish.values import Picture

COLOURS = {
    "red": (225, 30, 40),
    "green": (30, 160, 60),
    "blue": (40, 70, 220),
    "yellow": (245, 215, 30),
    "purple": (150, 40, 170),
    "black": (15, 15, 15),
}
GROUNDS = {"white": (255, 255, 255), "grey": (185, 185, 185), "pink": (255, 205, 215)}
SHAPES = ("circle", "square", "triangle", "cross", "ring", "bar")
KINDS = ("good", "wrong_object", "wrong_colour", "advert", "file_name")
JUNK = ("advert", "file_name")
"""Kinds that are written anew; of the others one word is changed, or none."""
_MOSTLY = ("good",) * 4 + KINDS[1:]
SIDE_PX = 64
SHADE = 12
"""How far each part of a colour strays: with it no two pictures are the same, without it a fifth of those held out are
among those trained on.
"""

_RIGHT = ("A {0} {1} on a {2} background.", "{0} {1}", "A {0} {1}.", "Drawing of a {0} {1}")
_ADVERTS = (
    "Buy cheap {0} {1} online best price free shipping",
    "{0} {1} wallpaper download HD 1080p click here",
    "{0} {1} SALE!!! 50% off visit our shop",
)
_FILES = ("IMG_{:04d}.jpg", "DSC{:05d}", "image{:04d}.png", "Screenshot {:04d}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """One picture (64 x 64 px) with its caption, what kind of caption that is, and the caption it should have.

    `shown` is what the picture holds: colour, shape, ground.
    """

    picture: Picture
    text: str
    kind: str
    wanted: str
    shown: tuple[str, str, str]

    @property
    def good(self) -> bool:
        """Whether the caption should stay."""
        return self.kind == "good"

    @property
    def marks(self) -> dict[str, int]:
        """The right answer to each criterion of the aitqe recipe, on its scale."""
        return dict(zip(CRITERIA, MARKS[self.kind], strict=True))


CRITERIA = (
    "overall",
    "text_quality",
    "image_text_matching",
    "object_detail",
    "semantic_understanding",
    "text_chart_description",
)
MARKS = {
    "good": (5, 5, 5, 5, 1, 1),
    "wrong_colour": (2, 5, 4, 2, 1, 1),
    "wrong_object": (1, 5, 1, 1, 1, 1),
    "advert": (2, 2, 5, 4, 1, 1),
    "file_name": (1, 1, 1, 1, 1, 1),
}
"""After the criteria's anchors; the last two ask for what no scene has."""


def scene(seed: int, kinds: tuple[str, ...] = _MOSTLY) -> Scene:
    """The scene of `seed`, its kind drawn from `kinds` (unless given, half of the scenes are good)."""
    draw = random.Random(seed)
    colour, shape, ground = draw.choice(list(COLOURS)), draw.choice(SHAPES), draw.choice(list(GROUNDS))
    kind = draw.choice(kinds)
    form = draw.choice(_RIGHT)
    said_colour = draw.choice([c for c in COLOURS if c != colour]) if kind == "wrong_colour" else colour
    said_shape = draw.choice([s for s in SHAPES if s != shape]) if kind == "wrong_object" else shape
    text = form.format(said_colour, said_shape, ground)
    if kind == "advert":
        text = draw.choice(_ADVERTS).format(colour, shape)
    if kind == "file_name":
        text = draw.choice(_FILES).format(draw.randrange(10_000))
    picture = _picture(draw, colour, shape, ground)
    wanted = (_RIGHT[0] if kind in JUNK else form).format(colour, shape, ground)
    return Scene(picture=picture, text=text, kind=kind, wanted=wanted, shown=(colour, shape, ground))


def held_out(count: int, seed: int = 1) -> list[Scene]:
    """Scenes that no training sees."""
    return [scene(2 * (seed * 10_000_019 + n) + 1) for n in range(count)]


def trained_on(step: int, count: int, seed: int, kinds: tuple[str, ...] = _MOSTLY) -> list[Scene]:
    """The scenes of one training step."""
    return [scene(2 * ((seed * 100_003 + step) * 64 + n), kinds) for n in range(count)]


def _picture(draw: random.Random, colour: str, shape: str, ground: str) -> Picture:
    page = Image.new("RGB", (SIDE_PX, SIDE_PX), GROUNDS[ground])
    radius = draw.randint(18, 24)
    x, y = (SIDE_PX // 2 + draw.randint(-5, 5) for _ in range(2))
    fill = [min(max(part + draw.randint(-SHADE, SHADE), 0), 255) for part in COLOURS[colour]]
    _draw(ImageDraw.Draw(page), shape, (x, y, radius), (fill[0], fill[1], fill[2]))
    pixels = np.asarray(page)
    return Picture(rgb=pixels, width=SIDE_PX, height=SIDE_PX, format="PNG", mode="RGB")


def _draw(ink: ImageDraw.ImageDraw, shape: str, place: tuple[int, int, int], fill: tuple[int, int, int]) -> None:
    x, y, r = place
    box, thin = (x - r, y - r, x + r, y + r), max(r // 3, 4)
    if shape == "circle":
        ink.ellipse(box, fill=fill)
    elif shape == "square":
        ink.rectangle(box, fill=fill)
    elif shape == "triangle":
        ink.polygon([(x, y - r), (x - r, y + r), (x + r, y + r)], fill=fill)
    elif shape == "cross":
        ink.rectangle((x - thin, y - r, x + thin, y + r), fill=fill)
        ink.rectangle((x - r, y - thin, x + r, y + thin), fill=fill)
    elif shape == "ring":
        ink.ellipse(box, outline=fill, width=thin)
    else:
        ink.rectangle((x - r, y - thin, x + r, y + thin), fill=fill)
