"""A call, repeated for as long as it deserves it: in the end an answer, a rejection of this one request, or a stop."""

from __future__ import annotations

import asyncio

from burnish.chat.openai.answers import Answered, Busy, Failed, Hopeless, Rejected
from burnish.chat.openai.breaker import Breaker, Control
from burnish.chat.openai.line import Line
from burnish.chat.openai.pacing import Pacer, jittered
from burnish.errors import StopError

_SLOW = 0.5
"""A call that needed this share of its deadline means that too many are in flight."""

_BLIND_WAIT_S = 1.0
"""After a 429 that does not say how long."""


class Calls:
    """Makes calls for pairs. `model` is what answers must name as their model ("" where they name none)."""

    def __init__(self, line: Line, control: Control, model: str) -> None:
        """`control` asks a question that the server has answered before."""
        settings = line.settings
        self._line = line
        self._settings = settings
        self._model = model
        self.pacer = Pacer(settings.concurrency)
        self.breaker = Breaker(control, patience_s=settings.patience_s, backoff_s=settings.backoff_s)

    async def ask(self, body: bytes) -> Answered | Rejected:
        """Raises `StopError` where the server or the network is the problem, or another model answers."""
        tries, last_chance = 0, False
        while True:
            came = await self._try(body)
            if isinstance(came, Answered):
                return came
            if isinstance(came, Rejected):
                await self.breaker.refused(came.detail)
                return came
            if isinstance(came, Busy):
                continue
            tries += 1
            if last_chance and await self.breaker.is_well():
                return Rejected(detail=f"failed {tries} times while the server answered others: {came.detail}")
            if tries > self._settings.retries:
                await self.breaker.well()
                last_chance = True
            elif not last_chance:
                await asyncio.sleep(jittered(self._settings.backoff_s, tries))

    async def _try(self, body: bytes) -> Answered | Rejected | Busy | Failed:
        """One exchange under the pacer, its outcome told to everyone whom it concerns."""
        of_round = await self._enter()
        started = asyncio.get_running_loop().time()
        try:
            came = await self._line.once(body)
        finally:
            self.pacer.leave()
        took_s = asyncio.get_running_loop().time() - started
        if isinstance(came, Hopeless):
            raise StopError(f"{came.detail}\nNo pair is blamed. Put that right, then run the same command again.")
        if isinstance(came, Answered):
            self._check_model(came)
            self.breaker.answered()
        if isinstance(came, Answered | Rejected) and took_s < _SLOW * self._settings.timeout_s:
            self.pacer.kept_up()
        else:
            self.pacer.too_much(of_round)
        if isinstance(came, Busy):
            self.pacer.pause(_BLIND_WAIT_S if came.wait_s is None else came.wait_s)
            self.breaker.busy(came.detail)
        elif isinstance(came, Failed):
            self.breaker.failed(came.detail)
        return came

    async def _enter(self) -> int:
        while True:
            await self.breaker.passing()
            of_round = await self.pacer.enter()
            if not self.breaker.is_open:
                return of_round
            self.pacer.leave()  # the server went down while this call waited for its place

    def _check_model(self, came: Answered) -> None:
        named = came.payload.get("model")
        if self._model and isinstance(named, str) and named != self._model:
            raise StopError(
                f"another model answers now: {named!r} instead of {self._model!r}.\n"
                "Its scores would not compare with those before. Put the first one back and run the same command\n"
                "again, or start a new output folder for the new one."
            )
