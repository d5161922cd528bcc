"""A model behind a server as a `ChatModel`: batches in, results in the same order, whatever is in flight together."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from burnish.chat import Choose, Chosen, Write, Written
from burnish.chat.openai import canaries, probing
from burnish.chat.openai.asking import Asking
from burnish.chat.openai.line import Line
from burnish.chat.openai.pictures import Pictures
from burnish.chat.openai.probing import Server
from burnish.chat.openai.settings import Settings, key, read
from burnish.chat.openai.thread import LoopThread
from burnish.chat.openai.wire import open_wire
from burnish.usage import Usage
from burnish.values import Failure

_LOG = logging.getLogger("burnish")

Task = TypeVar("Task", Choose, Write)
Result = TypeVar("Result")


class OpenAIModel:
    """Asks one server. Made in a running process and not for sharing between processes; threads take turns.

    The identity names the model as its answers do, its weights as the server lists them, how questions are answered,
    and what is done to images: not the server's address, so that a run can go on after the server has moved.
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        """Look at the server. Raises `UsageError` if it cannot be used, `MissingExtra` without aiohttp."""
        self._settings = read(options)
        self.side_px = self._settings.side_px
        self._pictures = Pictures(self._settings.image_format, self._settings.jpeg_quality)
        self._canary_picture = canaries.picture()
        self._canaries = canaries.questions(self._canary_picture)
        self._canary_part = {id(self._canary_picture): self._pictures.part(self._canary_picture.rgb)}
        self._baseline: list[Chosen | Failure] | None = None
        self._looked_at = 0
        settings, secret = self._settings, key()
        self._thread = LoopThread(
            lambda: open_wire(settings.base_url, secret, timeout_s=settings.timeout_s, concurrency=settings.concurrency)
        )
        self._end = weakref.finalize(self, self._thread.close)
        self._line = Line(settings=settings, wire=self._thread.resource)
        try:
            self._server = self._thread.run(probing.look(self._line, self._canaries[0], self._canary_part))
        except BaseException:
            self._end()
            raise
        self._asking = Asking(self._line, self._server, self._canaries[0], self._canary_part)
        self.identity = _identity(settings, self._server)
        _LOG.info("model server: %s", "; ".join(f"{name} {value}" for name, value in self._known().items()))
        if not self._server.dialect.top:
            _LOG.warning(
                "the server gives no logprobs: every question is asked %d times and the answers are counted",
                settings.samples,
            )

    def choose(self, questions: Sequence[Choose]) -> list[Chosen | Failure]:
        """Probabilities over each question's answers."""
        parts = self._pictures.batch(picture for q in questions for picture in q.prompt.pictures)
        return self._thread.run(self._batch(questions, lambda one: self._asking.choose(one, parts)))

    def write(self, tasks: Sequence[Write]) -> list[Written | Failure]:
        """A text for each task. The first call finds out in which way the server keeps to a schema."""
        if not tasks:
            return []
        self._thread.run(self._write_way())
        parts = self._pictures.batch(picture for task in tasks for picture in task.prompt.pictures)
        self._asking.expect(tasks)
        return self._thread.run(self._batch(tasks, lambda one: self._asking.write(one, parts)))

    def usage(self) -> Usage:
        """What has been used so far, questions to find out about the server included."""
        return self._line.meter.usage()

    def describe(self) -> dict[str, str]:
        """What was found out about the server, for people to read; asks it how it writes if that is not known yet."""
        self._thread.run(self._write_way())
        return {**self._known(), "texts": f"kept to their schema by {self._asking.way}"}

    def close(self) -> None:
        """End the connections; also done when the model is collected or the program ends."""
        self._end()

    def _known(self) -> dict[str, str]:
        top = self._server.dialect.top
        how = f"by logprobs of the {top} likeliest tokens" if top else f"by {self._settings.samples} samples"
        model = self._server.served or self._server.dialect.model
        return {"address": self._settings.base_url, "model": model, "questions": how}

    async def _write_way(self) -> None:
        if not self._asking.way:
            part = self._canary_part[id(self._canary_picture)]
            self._asking.way = await probing.write_way(self._line, self._asking.bodies, self._canary_picture, part)
            _LOG.info("model server: texts are kept to their schema by %s", self._asking.way)

    async def _batch(self, tasks: Sequence[Task], ask: Callable[[Task], Awaitable[Result]]) -> list[Result]:
        if tasks and self._baseline is None and self._settings.canary_every:
            self._baseline = await self._canary_answers()
        results = await in_order(tasks, ask, self._settings.concurrency)
        await self._look_again()
        return results

    async def _look_again(self) -> None:
        """Ask the canaries again if it is time. Twice changed is changed: one odd answer may be chance."""
        due = self._settings.canary_every and self._line.meter.calls - self._looked_at >= self._settings.canary_every
        if self._baseline is None or not due:
            return
        for _ in range(2):
            what = canaries.changed(self._baseline, await self._canary_answers())
            if not what:
                return
        raise canaries.drift(what)

    async def _canary_answers(self) -> list[Chosen | Failure]:
        found = [await self._asking.choose(question, self._canary_part) for question in self._canaries]
        self._looked_at = self._line.meter.calls
        if self._baseline is None and canaries.indifferent(found):
            _LOG.warning("the model gives the same answer for a fitting and for a wrong caption: does it see images?")
        return found


async def in_order(tasks: Sequence[Task], ask: Callable[[Task], Awaitable[Result]], at_once: int) -> list[Result]:
    """The result of each task, in the tasks' order, so many at once. The first error ends them all."""
    results: dict[int, Result] = {}
    left = iter(enumerate(tasks))

    async def work() -> None:
        for at, task in left:
            results[at] = await ask(task)

    workers = [asyncio.create_task(work()) for _ in range(min(at_once, len(tasks)))]
    try:
        await asyncio.gather(*workers)
    except BaseException:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        raise
    return [results[at] for at in range(len(tasks))]


def _identity(settings: Settings, server: Server) -> str:
    name = server.served or server.dialect.model
    root = f"={server.root}" if server.root not in {"", name} else ""
    how = (
        f"logprobs{server.dialect.top}" if server.dialect.top else f"samples{settings.samples}@{settings.temperature:g}"
    )
    image = settings.image_format + (str(settings.jpeg_quality) if settings.image_format == "jpeg" else "")
    extra = "".join(f",{told}" for told in (settings.write, settings.extra) if told not in {"auto", "{}"})
    return f"openai:{name}{root}({how},{image},{settings.side_px}px{extra})"
