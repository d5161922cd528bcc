"""An OpenAI-compatible server on loopback that only pretends to hold a model. For tests, CI and documentation.

It never hides what it is: its model id, ``system_fingerprint``, headers and first line all say fake. Answers come from
a mode (`answers`, one file each), what goes wrong from a script (`faults`, one function each), and every call is
counted (`stats`). Nothing here judges an image.

    with FakeServer(Settings(mode="hash", faults=("status_429@3",))) as server:
        ask(server.url)
        assert server.stats()["billed_calls"] == 1
"""

from burnish.fakeserver.server import FakeServer
from burnish.fakeserver.settings import Ability, Settings

__all__ = ["Ability", "FakeServer", "Settings"]
