"""Who is to blame: the breaker's own rules, with a control question that the test answers."""

import asyncio

import pytest

from burnish.chat.openai.breaker import Breaker
from burnish.errors import StopError


class Server:
    """Answers the control question as told; the last answer for ever."""

    def __init__(self, *says: str) -> None:
        self.says = list(says)
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        await asyncio.sleep(0)
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]


def breaker(server: Server, patience_s: float = 0.05) -> Breaker:
    return Breaker(server, patience_s=patience_s, backoff_s=0.001)


def test_a_few_failures_ask_nobody_and_an_answer_forgets_them():
    async def work():
        server = Server("")
        it = breaker(server)
        for _ in range(3):
            for _ in range(7):
                it.failed("reset")
            it.answered()
        assert not it.is_open
        assert server.asked == 0

    asyncio.run(work())


def test_many_in_a_row_close_the_way_until_the_server_is_well():
    async def work():
        server = Server("down", "down", "")
        it = breaker(server, patience_s=5)
        for _ in range(8):
            it.failed("reset")
        assert it.is_open
        await asyncio.gather(*(it.passing() for _ in range(5)))
        assert server.asked == 3
        assert not it.is_open

    asyncio.run(work())


def test_a_server_that_stays_down_stops_everyone_with_what_was_wrong():
    async def work():
        it = breaker(Server("refused the connection"))
        for _ in range(8):
            it.failed("reset")
        ends = await asyncio.gather(*(it.passing() for _ in range(3)), return_exceptions=True)
        assert all(isinstance(end, StopError) and "refused the connection" in str(end) for end in ends)
        assert "No pair is blamed" in str(ends[0])
        assert not it.is_open  # a later try begins anew

    asyncio.run(work())


def test_rejections_are_doubted_together_once():
    async def work():
        server = Server("")
        it = breaker(server)
        await asyncio.gather(*(it.refused("400") for _ in range(10)))
        assert server.asked <= 3

    asyncio.run(work())


def test_a_server_that_takes_nothing_stops_the_run():
    async def work():
        it = breaker(Server("status 400: images are not supported"))
        await it.refused("400")
        it.answered()
        await it.refused("400")
        await it.refused("400")
        with pytest.raises(StopError, match="images are not supported"):
            await it.refused("400")

    asyncio.run(work())


def test_repeats_have_a_budget_that_answers_extend():
    async def work():
        it = breaker(Server(""))

        def fail(times: int) -> None:
            for _ in range(times):
                it.failed("reset")
                it._failed_in_a_row = 0

        fail(500)
        with pytest.raises(StopError, match="too often"):
            fail(1)
        for _ in range(8):
            it.answered()
        fail(1)

    asyncio.run(work())


def test_a_busy_server_is_given_longer_but_not_for_ever():
    async def work():
        it = breaker(Server(""), patience_s=0.2)
        it.busy("429")
        await asyncio.sleep(0.01)
        it.busy("429")
        it.answered()
        it.busy("429")
        await asyncio.sleep(1.1)
        with pytest.raises(StopError, match="turned every call away"):
            it.busy("429")

    asyncio.run(work())
