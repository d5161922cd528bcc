"""Models for tests of the Ray engine, copied beside the run so that every node imports them from there."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from burnish.values import AssessRequest, Failure, Reply, Request, Score, State

GATES = Path(os.environ.get("TEST_GATES", Path(__file__).parent))
"""Where tests leave files that this model obeys. WHERE is the number of a shard, or the host it runs on:

hold-WHERE   wait for as long as the file is there, having written the process id to held-WHERE
kill-WHERE   take the file away and die
fail-WHERE   refuse to answer
"""


class Judge:
    """Takes its time and obeys `GATES`; its scores depend on the text alone, which ends with its shard's number."""

    side_px = 64

    def __init__(self, options: Mapping[str, str]) -> None:
        self.identity = f"judge:{os.environ.get('TEST_MODEL', 'one')}"
        self._delay_s = float(options.get("delay_s", "0"))

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        return [self._reply(request) for request in requests]

    def _reply(self, request: Request) -> Reply:
        assert isinstance(request, AssessRequest)
        if "deadly" in request.text:
            _die()
        shard = request.text.rpartition(" ")[2]
        for where in (shard, socket.gethostname()):
            _obey(where)
        time.sleep(self._delay_s)
        if (GATES / f"fail-{shard}").exists():
            return Failure(state=State.REFUSED, detail="the test wants it")
        return Score(criterion=request.criterion, value=1.0 + len(request.text) % 5, confidence=1.0)


def _obey(where: str) -> None:
    hold, kill = GATES / f"hold-{where}", GATES / f"kill-{where}"
    if hold.exists():
        (GATES / f"held-{where}").write_text(f"{os.getpid()}\n", encoding="ascii")
        while hold.exists():
            time.sleep(0.02)
    if kill.exists():
        kill.unlink()
        _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
