"""What `burnish train` reads: ``samples.jsonl``, every chat in parts, with what it was made of and what it teaches."""

from __future__ import annotations

from typing import Any

from burnish.negatives.forms._base import Chat


class Ours:
    """``{"id", "key", "kind", "way", "task", "criterion", "score", "image", "messages", "split"}``."""

    file = "samples.jsonl"

    def line(self, chat: Chat) -> dict[str, Any]:
        """The chat as it is."""
        return chat


FORM = Ours()
