"""ms-swift's lines: ``{"messages": [{"role", "content"}], "images": [path]}``, contents as texts."""

from __future__ import annotations

from typing import Any

from burnish.negatives.forms._base import Chat, text_of


class Swift:
    """The picture's place holder opens the user's turn."""

    file = "swift.jsonl"

    def line(self, chat: Chat) -> dict[str, Any]:
        """Three turns: system, user, assistant."""
        messages = [{"role": turn["role"], "content": text_of(turn)} for turn in chat["messages"]]
        messages[1]["content"] = f"<image>{messages[1]['content']}"
        return {"messages": messages, "images": [chat["image"]]}


FORM = Swift()
