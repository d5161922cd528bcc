"""A loop in a thread: results and errors come back, interruptions go in, nothing is left behind."""

import asyncio
import threading
from contextlib import asynccontextmanager

import pytest

from burnish.chat.openai.thread import LoopThread


class Resource:
    def __init__(self) -> None:
        self.events: list[str] = []

    @asynccontextmanager
    async def opening(self):
        self.events.append("open")
        try:
            yield self
        finally:
            self.events.append("close")


async def give(value):
    await asyncio.sleep(0)
    return value


async def fail():
    raise ValueError("no")


def test_results_and_errors_come_back_and_closing_is_done_once():
    resource = Resource()
    thread = LoopThread(resource.opening)
    assert thread.resource is resource
    assert thread.run(give(5)) == 5
    with pytest.raises(ValueError, match="no"):
        thread.run(fail())
    thread.close()
    thread.close()
    assert resource.events == ["open", "close"]
    with pytest.raises(RuntimeError, match="closed"):
        thread.run(give(5))


def test_what_opening_raises_comes_out_of_the_constructor():
    @asynccontextmanager
    async def opening():
        raise OSError("locked")
        yield

    before = threading.active_count()
    with pytest.raises(OSError, match="locked"):
        LoopThread(opening)
    for thread in threading.enumerate():
        if thread.name == "burnish-openai":
            thread.join(5)
    assert threading.active_count() == before


def test_closing_cancels_what_still_runs():
    ended = []

    async def endless():
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.append(True)

    async def start():
        task = asyncio.create_task(endless())
        await asyncio.sleep(0)
        return task

    thread = LoopThread(Resource().opening)
    task = thread.run(start())
    thread.close()
    assert ended == [True]
    assert task.cancelled()


def test_several_threads_may_ask_at_once():
    thread = LoopThread(Resource().opening)
    found: list[int] = []
    askers = [threading.Thread(target=lambda i=i: found.append(thread.run(give(i)))) for i in range(20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    thread.close()
    assert sorted(found) == list(range(20))
