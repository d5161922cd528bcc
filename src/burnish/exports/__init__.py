"""Exports: an output in the form that another tool reads. One file a form, named as the form.

A form is one JSONL file, or a folder: a file of pairs, a few small files beside it and, where the tool wants them as
files, the images. What is told of a pair comes from the records beside the output, which hold every score of every
caption with its reason. Where they were not copied along, the output's own columns tell what they can: of a rewritten
original that is its overall score alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast, runtime_checkable

from burnish import discovery
from burnish.values import Caption, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an output says of one pair: its captions, the original first, and which of them is to be trained on.

    `shard` and `row` are its place among the pairs of the output, `criteria` those that any pair of it was asked for.
    `width`, `height` and `format` are of the image, 0 and "" where only the output's columns are left. `image` (bytes)
    and `image_path` (below the export) are given to forms that are folders.
    """

    key: str
    image_name: str
    captions: tuple[Caption, ...]
    chosen: int
    shard: str = ""
    row: int = 0
    decision: str = ""
    reason: str = ""
    flags: tuple[str, ...] = ()
    width: int = 0
    height: int = 0
    format: str = ""
    criteria: tuple[str, ...] = ()
    image: bytes = b""
    image_path: str = ""

    @property
    def original(self) -> Caption:
        """The text as it was found."""
        return self.captions[0]

    @property
    def caption(self) -> Caption:
        """The text to train on."""
        return self.captions[self.chosen]


class Export(Protocol):
    """A form: `keys` are those of its scores, `line` is one pair in it, without the keys of scores there are not.

    One whose reader fixes its columns from the first lines has no `keys`: it tells a state beside every number.
    """

    keys: tuple[str, ...]

    def line(self, told: Told) -> Mapping[str, Json]:
        """The pair as one JSON object, its texts storable (see `burnish.texts`)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a whole export: how many pairs, the criteria they were asked for, the model's identity."""

    pairs: int
    criteria: tuple[str, ...]
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a form that is a folder looks: pairs in the file `lines` after `start` and before `end`, parted by `between`;
    images as files in the folder `images`, "" if the form holds them in its lines. `scores_in`: the object of a line
    that has the keys of scores, "" if that is the line itself.
    """

    lines: str
    start: bytes = b""
    between: bytes = b"\n"
    end: bytes = b"\n"
    images: str = ""
    scores_in: str = ""


@runtime_checkable
class FolderExport(Export, Protocol):
    """A form that is a folder."""

    layout: Layout

    def beside(self, facts: Facts) -> Mapping[str, bytes]:
        """The small files beside the pairs, by their names below the folder."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: `lines`, how many of them hold no score at all, and for each key how many lack it.

    `left_out`: items of an output without records that are no pairs any more (damaged since). `images`: files of them.
    """

    lines: int
    without_any: int
    without: Mapping[str, int]
    left_out: int = 0
    images: int = 0


def load(form: str) -> Export:
    """The form called `form`; raises `UsageError` with the nearest name."""
    return cast(Export, discovery.load("exports", form))


def write(output: str, form: str, destination: str, *, store: str = "") -> Exported:
    """Every pair of `output` as a line of the new file or folder `destination` (path or URL), in order; the file of
    pairs is visible once it is whole.

    `store` is the output's form where it has no records; "" looks. Raises `UsageError` for an output that is unfinished
    or not ours, and for a destination that is there or lies in it.
    """
    from burnish.exports import _folder, _lines
    from burnish.exports._source import Source

    made = load(form)
    if isinstance(made, FolderExport):
        return _folder.write(Source(output, store), made, destination)
    return _lines.write(Source(output, store), made, destination)
