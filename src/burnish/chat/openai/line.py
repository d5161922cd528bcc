"""A server, how it is used, and what it has cost: what everyone who asks something needs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from burnish.chat.openai.answers import Answered, Failed, Meaning, Rejected, meaning
from burnish.chat.openai.settings import Settings
from burnish.chat.openai.wire import Wire
from burnish.usage import Usage


class Meter:
    """What calls have cost so far. Written in the loop's thread, read in any."""

    def __init__(self) -> None:
        self.calls = self.prompt_tokens = self.written_tokens = self.possibly_billed = self.uncounted = 0

    def count(self, came: Meaning) -> None:
        """Take one exchange into account."""
        if isinstance(came, Answered):
            prompt, written = came.used("prompt_tokens"), came.used("completion_tokens")
            self.prompt_tokens += prompt
            self.written_tokens += written
            self.uncounted += not (prompt or written)
        self.calls += isinstance(came, Answered) or (isinstance(came, Rejected) and came.billed)
        self.possibly_billed += isinstance(came, Failed) and came.billed

    def usage(self) -> Usage:
        """The counts now."""
        return Usage(
            calls=self.calls,
            prompt_tokens=self.prompt_tokens,
            written_tokens=self.written_tokens,
            possibly_billed=self.possibly_billed,
            uncounted=self.uncounted,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The way to one server."""

    settings: Settings
    wire: Wire
    meter: Meter = field(default_factory=Meter)

    async def once(self, body: bytes) -> Meaning:
        """One exchange and nothing more. An interrupted one counts as possibly billed."""
        try:
            came = meaning(await self.wire.post(body))
        except asyncio.CancelledError:
            self.meter.possibly_billed += 1
            raise
        self.meter.count(came)
        return came
