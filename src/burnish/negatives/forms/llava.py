"""LLaVA's lines: ``{"id", "image", "conversations": [{"from": "human"}, {"from": "gpt"}]}``."""

from __future__ import annotations

from typing import Any

from burnish.negatives.forms._base import Chat, text_of


class Llava:
    """The form has no system turn: its text opens the human's."""

    file = "llava.jsonl"

    def line(self, chat: Chat) -> dict[str, Any]:
        """One turn each; the picture's place holder first."""
        system, user, answer = chat["messages"]
        asked = f"<image>\n{text_of(system)}\n\n{text_of(user)}"
        return {
            "id": chat["id"],
            "image": chat["image"],
            "conversations": [{"from": "human", "value": asked}, {"from": "gpt", "value": text_of(answer)}],
            "kind": chat["kind"],
            "split": chat["split"],
        }


FORM = Llava()
