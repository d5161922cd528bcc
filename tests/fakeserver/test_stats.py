"""The bill is exact: under load, for clients that leave, and beside faults."""

import asyncio
import json
import threading

import aiohttp

from burnish.fakeserver import FakeServer, Settings
from burnish.fakeserver.tokens import tokenize
from tests.fakeserver.calls import asked, chat, choose, send


async def many(url: str, bodies: list[dict]) -> list[tuple[int, dict]]:
    """All at once."""

    async def one(session: aiohttp.ClientSession, body: dict) -> tuple[int, dict]:
        async with session.post(f"{url}/chat/completions", json=body) as response:
            return response.status, await response.json()

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        return await asyncio.gather(*(one(session, body) for body in bodies))


def test_exact_under_200_concurrent_calls():
    bodies = [asked(f"text {n % 150}", max_tokens=1 + n % 7) for n in range(200)]
    with FakeServer(Settings(latency_ms=300, faults=("status_503@every10",))) as server:
        found = asyncio.run(many(server.url, bodies))
        stats = server.stats()
        assert stats == send(server, "GET", "/stats").json
    good = [body for status, body in found if status == 200]
    assert len(good) == 180
    assert stats["calls"] == 200
    assert stats["status"] == {"200": 180, "503": 20}
    assert (stats["billed_calls"], stats["billed_unseen"], stats["in_flight"]) == (180, 0, 0)
    assert stats["prompt_tokens"] == sum(body["usage"]["prompt_tokens"] for body in good)
    assert stats["completion_tokens"] == sum(body["usage"]["completion_tokens"] for body in good)
    assert stats["distinct_bodies"] == len({json.dumps(body) for body in bodies})
    assert 2 <= stats["max_in_flight"] <= 200
    assert server.stats() == stats  # kept after the end


def test_calls_above_the_limit_are_refused():
    with FakeServer(Settings(max_in_flight=3, latency_ms=500, retry_after_s=2)) as server:
        found = asyncio.run(many(server.url, [asked(str(n)) for n in range(20)]))
        stats = server.stats()
    statuses = [status for status, _ in found]
    assert stats["max_in_flight"] == 3
    assert stats["status"] == {"200": statuses.count(200), "429": statuses.count(429)}
    assert statuses.count(200) + statuses.count(429) == 20
    assert stats["billed_calls"] == statuses.count(200) >= 3


def test_calls_above_the_limit_wait_for_their_turn():
    with FakeServer(Settings(max_in_flight=3, overload="queue", latency_ms=20)) as server:
        found = asyncio.run(many(server.url, [asked(str(n)) for n in range(20)]))
        assert [status for status, _ in found] == [200] * 20
        assert server.stats()["status"] == {"200": 20}


def test_calls_refused_beside_billed_ones_are_not_billed():
    bodies = [asked(str(n)) | ({"n": 0} if n % 2 else {}) for n in range(40)]
    with FakeServer(Settings(max_in_flight=2, overload="queue", latency_ms=5)) as server:
        found = asyncio.run(many(server.url, bodies))
        stats = server.stats()
    assert [status for status, _ in found] == [200, 400] * 20
    assert (stats["billed_calls"], stats["billed_unseen"]) == (20, 0)


def test_a_client_that_leaves_is_billed():
    with FakeServer(Settings(latency_ms=400)) as server:
        try:
            chat(server, timeout_s=0.1)
        except TimeoutError:
            gone = True
        assert gone
        pause = threading.Event()
        while server.stats()["in_flight"]:
            pause.wait(0.02)
        stats = server.stats()
        assert (stats["billed_calls"], stats["billed_unseen"], stats["gave_up"]) == (1, 1, 1)
        assert stats["status"] == {"none": 1}
        assert stats["completion_tokens"] > 0


def test_reset_begins_again():
    with FakeServer(Settings(faults=("status_500@1",))) as server:
        assert [chat(server).status for _ in range(2)] == [500, 200]
        assert send(server, "POST", "/reset").status == 200
        assert server.stats()["calls"] == server.stats()["distinct_bodies"] == 0
        assert [chat(server).status for _ in range(2)] == [500, 200]


def test_what_costs_tokens():
    with FakeServer(Settings(image_tokens=100)) as server:
        bare = chat(server, "one two").json["usage"]
        assert bare["prompt_tokens"] == len(tokenize("one two")) + 4
        assert chat(server, "one two", images=2).json["usage"]["prompt_tokens"] == bare["prompt_tokens"] + 200
        several = choose(server, n=3).json["usage"]
        assert (several["completion_tokens"], several["total_tokens"]) == (3, several["prompt_tokens"] + 3)


def test_tokens_make_the_text_again():
    for text in ("", "two dogs, 1234 cats_ \n\t 東京 naïve 🙂", "10", " 5"):
        assert "".join(tokenize(text)) == "".join(tokenize(text, split_digits=True)) == text
    assert tokenize("10") == ["10"]
    assert tokenize("10", split_digits=True) == ["1", "0"]
