"""The queue before the workers, before a team that answers when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from burnish.errors import StopError
from burnish.serve.dispatch import AHEAD, Dispatch, FullError, Room
from burnish.serve.meters import Meters
from burnish.serve.worker import Batch, Done
from burnish.values import Origin, Pair

LARGE = Room(pairs=1_000, size_bytes=10**9)


@dataclass
class Gate:
    """Answers with the pairs' keys once it is opened."""

    width: int = 1
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    batches: list[tuple[str, list[str]]] = field(default_factory=list)
    error: Exception | None = None

    async def ask(self, route: str, pairs: Sequence[Pair]) -> Batch:
        assert [pair.origin.ordinal for pair in pairs] == list(range(len(pairs)))
        self.batches.append((route, [pair.key for pair in pairs]))
        await self.opened.wait()
        if self.error is not None:
            raise self.error
        return Batch([Done("kept", "", pair.key.encode()) for pair in pairs], {})


def pair(key: str, size: int = 1) -> Pair:
    origin = Origin(source="t", shard="t", ordinal=7)
    return Pair(origin=origin, key=key, image=b"x" * size, image_name="x", text="")


def run(gate: Gate, room: Room, story: Callable[[Dispatch], Awaitable[None]], batch_size: int = 3) -> None:
    async def told() -> None:
        gate.opened = asyncio.Event()
        await story(Dispatch(gate, batch_size, room, Meters()))

    asyncio.run(told())


def test_the_first_is_taken_at_once_and_the_rest_in_full_batches():
    gate = Gate()

    async def story(dispatch: Dispatch) -> None:
        answers = [dispatch.take("a", pair(str(at))) for at in range(9)]
        await asyncio.sleep(0)
        assert len(gate.batches) == 1 + AHEAD
        gate.opened.set()
        assert [done.body for done in await asyncio.gather(*answers)] == [str(at).encode() for at in range(9)]

    run(gate, LARGE, story)
    assert [len(keys) for _, keys in gate.batches] == [1, 1, 3, 3, 1]


def test_routes_do_not_mix_and_none_is_left_behind():
    gate = Gate()

    async def story(dispatch: Dispatch) -> None:
        gate.opened.set()
        answers = [dispatch.take("ab"[at % 2], pair(str(at))) for at in range(12)]
        done = await asyncio.gather(*answers)
        assert [one.body for one in done] == [str(at).encode() for at in range(12)]

    run(gate, LARGE, story)
    for route, keys in gate.batches:
        assert {"ab"[int(key) % 2] for key in keys} == {route}
        assert keys == sorted(keys, key=int)
    assert sum(len(keys) for _, keys in gate.batches) == 12


def test_full_in_pairs_and_in_bytes():
    async def story(dispatch: Dispatch) -> None:
        for at in range(2):
            dispatch.take("a", pair(str(at), size=10_000))  # at the workers
        for at in range(3):
            dispatch.take("a", pair(str(at)))
        with pytest.raises(FullError) as full:
            dispatch.take("a", pair("x"))
        assert 1 <= full.value.wait_s <= 60
        gate.opened.set()
        await asyncio.sleep(0.01)
        dispatch.take("a", pair("y"))

    gate = Gate()
    run(gate, Room(pairs=3, size_bytes=10**9), story)
    gate = Gate()
    run(gate, Room(pairs=10**6, size_bytes=3), story)


def test_one_larger_than_all_room_still_comes_in():
    async def story(dispatch: Dispatch) -> None:
        gate.opened.set()
        assert (await dispatch.take("a", pair("x", size=100))).body == b"x"

    gate = Gate()
    run(gate, Room(pairs=1, size_bytes=1), story)


def test_a_stream_waits_for_room():
    async def story(dispatch: Dispatch) -> None:
        taking = [asyncio.ensure_future(dispatch.take_when_free("a", pair(str(at)))) for at in range(20)]
        await asyncio.sleep(0.01)
        assert dispatch.waiting == 2
        gate.opened.set()
        answers = [await (await one) for one in taking]
        assert sorted(int(one.body) for one in answers) == list(range(20))

    gate = Gate()
    run(gate, Room(pairs=2, size_bytes=10**9), story)


@pytest.mark.parametrize("error", [StopError("the server is down"), AssertionError("a bug")])
def test_whatever_ends_a_batch_ends_all_who_wait_for_it(error):
    async def story(dispatch: Dispatch) -> None:
        answers = [dispatch.take("a", pair(str(at))) for at in range(7)]
        gate.opened.set()
        ended = await asyncio.gather(*answers, return_exceptions=True)
        assert [type(one) for one in ended] == [type(error)] * 7

    gate = Gate(error=error)
    run(gate, LARGE, story)


def test_who_has_gone_is_not_asked_about():
    async def story(dispatch: Dispatch) -> None:
        answers = [dispatch.take("a", pair(str(at))) for at in range(6)]
        answers[3].cancel()
        gate.opened.set()
        await asyncio.gather(*(answers[:3] + answers[4:]))

    gate = Gate()
    run(gate, LARGE, story)
    assert "3" not in [key for _, keys in gate.batches for key in keys]
