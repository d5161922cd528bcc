"""Places are handed out, taken back and never lost, whatever the server says."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.chat.openai.pacing import Pacer, jittered


def run(work):
    return asyncio.run(work)


async def fill(pacer: Pacer, count: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(pacer.enter()) for _ in range(count)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


def test_no_more_than_the_limit_are_in_and_places_go_on_to_those_who_wait():
    async def work():
        pacer = Pacer(3)
        tasks = await fill(pacer, 5)
        assert sum(task.done() for task in tasks) == 3
        pacer.leave()
        await asyncio.sleep(0.01)
        assert sum(task.done() for task in tasks) == 4
        for task in tasks:
            task.cancel()

    run(work())


def test_it_starts_small_doubles_and_grows_slowly_after_the_first_trouble():
    async def work():
        pacer = Pacer(100)
        assert pacer.limit == 16
        for _ in range(16):
            pacer.kept_up()
        assert pacer.limit == 32
        pacer.too_much(await pacer.enter())
        assert pacer.limit == 16
        for _ in range(16):
            pacer.kept_up()
        assert pacer.limit == pytest.approx(17, abs=0.1)

    run(work())


def test_calls_of_one_round_halve_the_limit_once_and_it_never_ends_at_none():
    async def work():
        pacer = Pacer(16)
        rounds = [await pacer.enter() for _ in range(8)]
        for of_round in rounds:
            pacer.too_much(of_round)
        assert pacer.limit == 8
        for _ in rounds:
            pacer.leave()
        for _ in range(20):
            pacer.too_much(await pacer.enter())
            pacer.leave()
        assert pacer.limit == 1

    run(work())


def test_a_pause_holds_everyone_and_ends():
    async def work():
        pacer = Pacer(4)
        pacer.pause(0.05)
        pacer.pause(0.01)  # the longer one counts
        tasks = await fill(pacer, 2)
        await asyncio.sleep(0.03)
        assert not any(task.done() for task in tasks)
        await asyncio.wait_for(asyncio.gather(*tasks), 2)

    run(work())


def test_who_is_cancelled_while_waiting_takes_no_place():
    async def work():
        pacer = Pacer(1)
        await pacer.enter()
        first, second = await fill(pacer, 2)
        first.cancel()
        pacer.leave()
        await asyncio.wait_for(second, 2)

    run(work())


@given(st.lists(st.sampled_from(["up", "down", "cancel"]), max_size=60), st.integers(1, 40))
def test_everyone_gets_through_whatever_happens(events, most):
    async def work():
        pacer, through = Pacer(most), 0

        async def one(event):
            nonlocal through
            of_round = await pacer.enter()
            try:
                assert pacer._flying <= most
                await asyncio.sleep(0)
            finally:
                pacer.leave()
            pacer.kept_up() if event == "up" else pacer.too_much(of_round)
            through += 1

        tasks = [asyncio.create_task(one(event)) for event in events]
        await asyncio.sleep(0)
        cancelled = [task for task, event in zip(tasks, events, strict=True) if event == "cancel" and task.cancel()]
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert through >= len(events) - len(cancelled)

    run(work())


@given(st.floats(0, 10), st.integers(1, 10_000))
def test_pauses_are_bounded(first_s, tries):
    assert 0 <= jittered(first_s, tries) <= 30
