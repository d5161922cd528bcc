"""Image folders as `datasets` reads them: images and a ``metadata.jsonl`` beside them, one folder a shard."""

from __future__ import annotations

from typing import ClassVar

from burnish.mixing.forms._base import Made, Setup
from burnish.mixing.forms._beside import Beside
from burnish.protocols import Outbox


class FolderForm:
    """One folder a shard. A pair that trains twice has two lines for one image."""

    glob: ClassVar[str] = "**"
    tags: ClassVar[tuple[str, ...]] = ()

    def __init__(self, outbox: Outbox, setup: Setup) -> None:
        """Creates the metadata file."""
        self._setup = setup
        self._files = Beside(outbox, f"{setup.stem}/metadata.jsonl", setup.stem)

    def put(self, made: Made) -> None:
        """Append one line."""
        self._files.line({"file_name": self._files.image(made), **made.columns(self._setup)})

    def finish(self) -> None:
        """Close the metadata file."""
        self._files.finish()


FORM = FolderForm
