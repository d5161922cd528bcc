"""ms-swift's JSONL: ``{"messages": [{"role": "user"}, {"role": "assistant"}], "images": [path]}``, images beside it.

Paths count from the training set's root: start the training there.
"""

from __future__ import annotations

from typing import ClassVar

from burnish.mixing.forms._base import TAGS, Made, Setup
from burnish.mixing.forms._beside import Beside
from burnish.protocols import Outbox


class SwiftForm:
    """One JSONL a shard; the images lie in ``images/STEM/``."""

    glob: ClassVar[str] = "**/*.jsonl"
    tags: ClassVar[tuple[str, ...]] = TAGS

    def __init__(self, outbox: Outbox, setup: Setup) -> None:
        """Creates the JSONL file."""
        self._images = f"images/{setup.stem}"
        self._files = Beside(outbox, f"{setup.stem}.jsonl", self._images)

    def put(self, made: Made) -> None:
        """Append a question and its answer."""
        self._files.line(
            {
                "messages": [
                    {"role": "user", "content": f"<image>{made.sample.prompt}"},
                    {"role": "assistant", "content": made.sample.text},
                ],
                "images": [f"{self._images}/{self._files.image(made)}"],
            }
        )

    def finish(self) -> None:
        """Close the file."""
        self._files.finish()


FORM = SwiftForm
