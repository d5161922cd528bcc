"""The service: its workers, its queue and its application, from a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from burnish.errors import MissingExtra, UsageError
from burnish.plan import Plan
from burnish.purse import Shared
from burnish.serve.settings import Settings
from burnish.web import App, Guards, Server

_NEEDS = ("fastapi", "uvicorn", "prometheus_client")
_NO_PLACE = (
    "a limit of what the model may cost needs a place to count in: a folder that outlives the server.\n"
    "Example: --max-tokens 1000000 --set answers=paid-answers"
)


class Service:
    """`with Service(plan) as service: service.run(guards, announce)`. Loading the model is the block's beginning.

    Raises `MissingExtra`, `UsageError` for what the plan asks and the model cannot do, `StopError`.
    """

    def __init__(self, plan: Plan, settings: Settings | None = None) -> None:
        """Starts the workers and waits until each has loaded its model."""
        if any(find_spec(name) is None for name in _NEEDS):
            raise MissingExtra("burnish serve", "serve")
        from burnish.serve.team import Team

        if plan.cost.limited and not plan.answers:
            raise UsageError(_NO_PLACE)
        if plan.answers:
            Shared(Path(plan.answers), plan.cost).fill()
        self.settings = settings or Settings()
        self.plan = plan
        self.draining = False
        self._team = Team(plan)

    @property
    def identity(self) -> str:
        """The model's."""
        return self._team.identity

    @property
    def cannot(self) -> Mapping[str, str]:
        """By route why the model cannot do it; "" if it can."""
        return self._team.cannot

    @property
    def max_line_bytes(self) -> int:
        """Of one line of a stream."""
        return self.settings.max_body_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def app(self) -> App:
        """The application, for a server of one's own; it belongs to the event loop it is first asked in."""
        from burnish.serve.app import build
        from burnish.serve.dispatch import Dispatch, Room
        from burnish.serve.meters import Meters

        counts = Meters()
        room = Room(pairs=self.settings.max_waiting, size_bytes=self.settings.max_waiting_bytes)
        return build(self, Dispatch(self._team, self.plan.batch_size, room, counts), counts)

    def server(self, guards: Guards) -> Server:
        """A server with its address taken: `Server.run` answers until it is told to end, then what it has accepted."""
        return Server(self.app(), guards, on_drain=self._drain)

    def run(self, guards: Guards, announce: Callable[[str], None]) -> None:
        """Serve in this process until SIGTERM or SIGINT."""
        self.server(guards).run(announce)

    def end(self) -> None:
        """End the workers at once; what they were at is lost."""
        self._team.end()

    def _drain(self) -> None:
        self.draining = True


def streams() -> frozenset[str]:
    """The paths whose bodies are read line by line."""
    from burnish.serve.worker import ROUTES

    return frozenset(f"/v1/{route}/batch" for route in ROUTES)
