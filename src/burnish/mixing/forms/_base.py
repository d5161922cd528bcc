"""What a form gets and what it must do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from burnish.images.formats import ending
from burnish.mixing.samples import Sample
from burnish.protocols import Outbox
from burnish.values import Json

MISSING_SCORE = -1.0
"""Stands in a column of scores where there is none: loaders fix a column's type from its first rows."""


TAGS = ("<image>", "<video>", "<audio>", "<bbox>", "<ref-object>", "<cot-process>", "<start-image>")
"""Where ms-swift puts a picture or the like, in whoever's words it stands; LLaVA does so with the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What holds for a whole shard. `stem`: names of its files begin so ("web/00000"). `roles`: all the mixture has, in
    the mixture's order. `members`: see `Mixture.members`.
    """

    stem: str
    group: str
    source: str
    roles: tuple[str, ...]
    members: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A sample to be written. `key` is unique in the shard and a file name; `image_key` is the same for all copies of a
    pair; `source_key` is the pair's own.
    `captions`: text by role, one of each, "" where there is none.
    """

    key: str
    image_key: str
    source_key: str
    image: bytes
    sample: Sample
    captions: Mapping[str, str] = field(default_factory=dict)

    @property
    def ending(self) -> str:
        """The image file's ending, by its first bytes; "bin" for what is no image we know."""
        return ending(self.image)

    def columns(self, setup: Setup) -> dict[str, Json]:
        """Everything but the image: the same keys and types for each sample, no nulls."""
        sample = self.sample
        return {
            "key": self.key,
            "text": sample.text,
            "role": sample.role,
            "maker": sample.maker,
            "score": MISSING_SCORE if sample.score is None else sample.score,
            "alignment": sample.level,
            "group": setup.group,
            "source": setup.source,
            "source_key": self.source_key,
            "turn": sample.turn,
            "piece": sample.piece,
            "pieces": sample.pieces,
            "captions": dict(self.captions),
        }


class Sink(Protocol):
    """Takes the samples of one shard, in order."""

    def put(self, made: Made) -> None:
        """Append one sample; the image's bytes are not changed."""
        ...

    def finish(self) -> None:
        """Write what follows the last sample and close the files."""
        ...


class Form(Sink, Protocol):
    """A form: made for each shard as ``FORM(outbox, setup)``. `glob` is what loaders are told to read. `tags` are what
    its readers do not take for text: a sample's text comes without any, see `plain`.
    """

    glob: ClassVar[str]
    tags: ClassVar[tuple[str, ...]]

    def __init__(self, outbox: Outbox, setup: Setup) -> None:
        """Creates the shard's files in `outbox`."""
        ...


def plain(text: str, tags: tuple[str, ...]) -> str:
    """`text` with a space behind the bracket of each of `tags` in it, so that none is left: ``< image>``."""
    return re.sub("|".join(map(re.escape, tags)), lambda tag: f"{tag[0][0]} {tag[0][1:]}", text) if tags else text
