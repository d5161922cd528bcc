"""An OpenAI-compatible server on loopback that only pretends to hold a model. For tests, CI and documentation.

It never hides what it is: its model id, ``system_fingerprint``, headers and first line all say fake. Answers come from
a mode (`answers`, one file each), what goes wrong from a script (`faults`, one function each), and every call is
counted (`stats`). Nothing here judges an image.

    with FakeServer(Settings(mode="hash", faults=("status_429@3",))) as server:
        ask(server.url)
        assert server.stats()["billed_calls"] == 1
"""

from typing import TYPE_CHECKING

from burnish.fakeserver.settings import Ability, Settings

if TYPE_CHECKING:
    from burnish.fakeserver.server import FakeServer

__all__ = ["Ability", "FakeServer", "Settings"]


def __getattr__(name: str) -> object:
    """The server itself when it is asked for: `burnish --help` wants the settings alone."""
    if name != "FakeServer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from burnish.fakeserver.server import FakeServer

    return FakeServer
