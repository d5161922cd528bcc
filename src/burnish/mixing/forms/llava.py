"""LLaVA's JSONL: ``{"id", "image", "conversations": [{"from": "human"}, {"from": "gpt"}]}``, images beside it.

Paths count from the training set's root, so that is the image folder to name.
"""

from __future__ import annotations

from typing import ClassVar

from burnish.mixing.forms._base import TAGS, Made, Setup
from burnish.mixing.forms._beside import Beside
from burnish.protocols import Outbox


class LlavaForm:
    """One JSONL a shard; the images lie in ``images/STEM/``."""

    glob: ClassVar[str] = "**/*.jsonl"
    tags: ClassVar[tuple[str, ...]] = TAGS

    def __init__(self, outbox: Outbox, setup: Setup) -> None:
        """Creates the JSONL file."""
        self._setup = setup
        self._images = f"images/{setup.stem}"
        self._files = Beside(outbox, f"{setup.stem}.jsonl", self._images)

    def put(self, made: Made) -> None:
        """Append a conversation of one turn."""
        sample = made.sample
        self._files.line(
            {
                "id": f"{self._setup.stem}/{made.key}",
                "image": f"{self._images}/{self._files.image(made)}",
                "conversations": [
                    {"from": "human", "value": f"<image>\n{sample.prompt}"},
                    {"from": "gpt", "value": sample.text},
                ],
                "role": sample.role,
                "alignment": sample.level,
            }
        )

    def finish(self) -> None:
        """Close the file."""
        self._files.finish()


FORM = LlavaForm
