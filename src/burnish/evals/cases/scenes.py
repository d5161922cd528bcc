"""Scenes, whose truth is known to the last pixel: scenes (fresh ones of each seed) or scenes:SRC.

For classification each group of objects is cut out of its picture, with a margin, and its class is what it is one of:
so many classes as there are kinds of objects. For retrieval a whole picture goes with its caption. Option `captions`:
plain (default), or a format (ssc, dsc, dsc+); `templates`: a file of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from burnish.errors import UsageError
from burnish.evals.cases import Classes, Labelled, Missing, Texts, Told, only, templates_of
from burnish.evals.scenarios import Given
from burnish.evals.scenarios.scenes import pictured
from burnish.scenes import captions, catalogue
from burnish.scenes.scene import Box
from burnish.values import Picture

NAME = "scenes"
TEMPLATES = ("a drawing of a {c}.", "a {c}.")
MARGIN = 0.1
"""Of a box's longer side, kept around it."""


class Scenes:
    """See the module."""

    def classes(self, given: Given, options: Mapping[str, str]) -> Classes:
        """One case a group: its first object."""
        only(options, ("templates",), NAME)
        path = options.get("templates", "")
        return Classes(
            names=tuple(thing.noun for thing in catalogue.objects()),
            templates=templates_of(path) if path else TEMPLATES,
            cases=_labelled(given),
            missing=Missing(),
        )

    def texts(self, given: Given, options: Mapping[str, str]) -> Texts:
        """One text a picture."""
        only(options, ("captions",), NAME)
        wanted = options.get("captions", "plain")
        if wanted != "plain" and wanted not in captions.FORMATS:
            raise UsageError(f"scenes have no captions {wanted!r}.\nChoose from: plain, {', '.join(captions.FORMATS)}")
        say = captions.FORMATS.get(wanted, captions.plain)
        cases = (Told(key=name, picture=shown, texts=(say(scene),)) for name, shown, scene in pictured(given))
        return Texts(cases=cases, missing=Missing())


def _labelled(given: Given) -> Iterator[Labelled]:
    numbers = {thing.noun: at for at, thing in enumerate(catalogue.objects())}
    for name, shown, scene in pictured(given):
        for group in scene.groups:
            yield Labelled(
                key=f"{name}/{group.noun}",
                group=name,
                picture=_cut(shown, group.boxes[0]),
                label=numbers[group.noun],
            )


def _cut(shown: Picture, box: Box) -> Picture:
    """What is in `box`, whose pixels are those of the whole picture, and a margin round it."""
    height, width = shown.rgb.shape[:2]
    margin = MARGIN * max(box[2] - box[0], box[3] - box[1])
    left, right = (round((side + at) * width / shown.width) for side, at in ((box[0], -margin), (box[2], margin)))
    top, bottom = (round((side + at) * height / shown.height) for side, at in ((box[1], -margin), (box[3], margin)))
    part = np.ascontiguousarray(shown.rgb[max(0, top) : bottom, max(0, left) : right])
    return Picture(rgb=part, width=part.shape[1], height=part.shape[0], format=shown.format, mode=shown.mode)


CASES = Scenes()
