"""What a form gets and what it must do."""

from __future__ import annotations

from typing import Any, Protocol

Chat = dict[str, Any]
"""A line of `samples.jsonl`, as `burnish.negatives.forms.ours` has it."""


class Form(Protocol):
    """One file of lines. `file`: its name; `images`: what loaders are told of where the images lie."""

    file: str

    def line(self, chat: Chat) -> dict[str, Any]:
        """A chat as this form has it."""
        ...


def text_of(message: dict[str, Any]) -> str:
    """The text of a message, pictures left out."""
    return "\n".join(part["text"] for part in message["content"] if part["type"] == "text")
