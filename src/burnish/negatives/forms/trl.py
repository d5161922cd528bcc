"""TRL's lines for models that see: ``{"prompt", "completion", "images"}``, conversations whose contents are parts.

What is learnt is the completion alone. Load with the images decoded: ``dataset.cast_column("images",
Sequence(Image()))``, started from the set's root.
"""

from __future__ import annotations

from typing import Any

from burnish.negatives.forms._base import Chat


class Trl:
    """Every part has the keys ``type`` and ``text``, so that loaders find one schema."""

    file = "trl.jsonl"

    def line(self, chat: Chat) -> dict[str, Any]:
        """The turns up to the answer, and the answer."""
        turns = [
            {"role": turn["role"], "content": [{"type": p["type"], "text": p.get("text", "")} for p in turn["content"]]}
            for turn in chat["messages"]
        ]
        return {"prompt": turns[:-1], "completion": turns[-1:], "images": [chat["image"]]}


FORM = Trl()
