"""WebDataset tars as open_clip and webdataset read them: ``KEY.jpg KEY.txt KEY.json``, ``.txt`` is what trains.

The json holds every caption under ``captions`` by role, for loaders that choose themselves; with the mixture's
``members = true`` each is also a member of its own, ``KEY.ROLE.txt``, which webdataset gives as the key ``ROLE.txt``.
"""

from __future__ import annotations

from typing import ClassVar

import orjson

from burnish.mixing.forms._base import Made, Setup
from burnish.protocols import Outbox
from burnish.stores._tar.pack import TarSink, pack_member


class WebDatasetForm:
    """One tar a shard."""

    glob: ClassVar[str] = "**/*.tar"
    tags: ClassVar[tuple[str, ...]] = ()

    def __init__(self, outbox: Outbox, setup: Setup) -> None:
        """Creates the tar."""
        self._setup = setup
        self._sink = TarSink(outbox.create(f"{setup.stem}.tar"), f"{setup.stem}.tar")

    def put(self, made: Made) -> None:
        """Append the members of one sample."""
        members = {made.ending: made.image, "txt": made.sample.text.encode()}
        if self._setup.members:
            members |= {f"{role.lower()}.txt": text.encode() for role, text in made.captions.items()}
        members["json"] = orjson.dumps(made.columns(self._setup))
        for ending, data in members.items():
            self._sink.write(pack_member(f"{made.key}.{ending}", data))

    def finish(self) -> None:
        """End the archive."""
        self._sink.close()


FORM = WebDatasetForm
