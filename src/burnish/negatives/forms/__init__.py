"""Forms of training sets of chats: one file a form, its file name is the form's name, its one public thing ``FORM``.

All are lines of JSON beside one folder of images; paths count from the set's root.
"""

from __future__ import annotations

from typing import cast

from burnish import discovery
from burnish.negatives.forms._base import Chat, Form, text_of

KIND = "negatives.forms"


def names() -> list[str]:
    """All forms."""
    return discovery.names(KIND)


def load(name: str) -> Form:
    """The form called `name`. Raises `UsageError` with the list."""
    return cast("Form", discovery.load(KIND, name))


__all__ = ["KIND", "Chat", "Form", "load", "names", "text_of"]
