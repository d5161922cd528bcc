"""Forms of training sets: one file a form, its file name is the form's name.

A form module has one public thing, ``FORM``: a class whose instances take the samples of one shard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.mixing.forms._base import Form, Made, Setup, Sink, plain
from burnish.mixing.mixture import Mixture
from burnish.protocols import Outbox

KIND = "mixing.forms"


def names() -> list[str]:
    """All forms."""
    return discovery.names(KIND)


def load(name: str) -> type[Form]:
    """The form called `name`. Raises `UsageError` with the list."""
    return cast("type[Form]", discovery.load(KIND, name))


def check(mixture: Mixture) -> None:
    """Raises `UsageError` if a prompt of `mixture` has what its form's readers do not take for text."""
    tags = load(mixture.form).tags
    for key, prompts in (("chat.prompts", mixture.chat.prompts), ("levels.prompt", (mixture.levels.prompt,))):
        for prompt in prompts:
            found = next((tag for tag in tags if tag in prompt), None)
            if found:
                raise UsageError(
                    f"{key}: {prompt!r} says {found}, for which readers of {mixture.form} would look for more data.\n"
                    "Leave it out: the form itself says where the image belongs."
                )


Opener = Callable[[Outbox, Setup], Sink]

__all__ = ["KIND", "Form", "Made", "Opener", "Setup", "Sink", "check", "load", "names", "plain"]
