"""Forms of training sets: one file a form, its file name is the form's name.

A form module has one public thing, ``FORM``: a class whose instances take the samples of one shard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from burnish import discovery
from burnish.mixing.forms._base import Form, Made, Setup, Sink
from burnish.protocols import Outbox

KIND = "mixing.forms"


def names() -> list[str]:
    """All forms."""
    return discovery.names(KIND)


def load(name: str) -> type[Form]:
    """The form called `name`. Raises `UsageError` with the list."""
    return cast("type[Form]", discovery.load(KIND, name))


Opener = Callable[[Outbox, Setup], Sink]

__all__ = ["KIND", "Form", "Made", "Opener", "Setup", "Sink", "load", "names"]
