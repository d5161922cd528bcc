"""An event loop in a thread of its own, so that asynchronous work can be waited for like any call."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

Resource = TypeVar("Resource")
Result = TypeVar("Result")

_END_S = 10.0
"""Closing connections takes milliseconds; longer than this nobody waits for a thread that is a daemon anyway."""


class LoopThread(Generic[Resource]):
    """Opens one resource in its loop, runs coroutines there, closes both."""

    def __init__(self, opening: Callable[[], AbstractAsyncContextManager[Resource]]) -> None:
        """Returns when the resource is open; raises what opening it raises."""
        self._opening = opening
        self._opened: concurrent.futures.Future[Resource] = concurrent.futures.Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._live, name="burnish-openai", daemon=True)
        self._thread.start()
        self.resource = self._opened.result()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What `work` gives. An interruption here (Ctrl-C) cancels it there."""
        if self._loop is None or self._loop.is_closed():
            work.close()
            raise RuntimeError("the connection to the server is closed already")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Cancel what runs, close the resource, end the thread. Does nothing the second time."""
        if self._loop is not None and self._ending is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ending.set)
        if threading.current_thread() is not self._thread:  # a garbage collection may run in any thread
            self._thread.join(_END_S)

    def _live(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with self._opening() as resource:
                self._opened.set_result(resource)
                await self._ending.wait()
                await _cancel_others()
        except Exception as error:
            if self._opened.done():
                raise
            self._opened.set_exception(error)


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
