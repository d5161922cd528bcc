"""What is wrong with a mixture: a `UsageError` that pydantic, too, takes for a wrong value and gives its key."""

from __future__ import annotations

from burnish.errors import UsageError


class MixtureError(UsageError, ValueError):
    """A value that a mixture cannot have; `burnish.mixing.reading` puts its key before the message."""
