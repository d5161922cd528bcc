"""Listening, saying where, and draining: in this process, and as a process of its own that gets real signals."""

import asyncio
import os
import signal
import subprocess
import sys
import threading

import httpx
import pytest

from burnish import web
from burnish.errors import UsageError
from burnish.web.asgi import answer
from tests.web.servers import hello, serving

SLOW = """
import asyncio, sys
from burnish import web
from burnish.web.asgi import answer
async def slow(scope, receive, send):
    if scope["type"] != "http":
        return
    print("at work", flush=True)
    await asyncio.sleep(float(sys.argv[1]))
    await answer(send, 200, b"done", "text/plain")
web.run(slow, web.Guards(), announce=lambda url: print(url, flush=True), on_drain=lambda: print("drains", flush=True))
print("ended", flush=True)
"""


def started(seconds: float) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_what_is_at_work_finish(number):
    process, url = started(0.5)
    with process:
        answers: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: answers.append(httpx.get(url)))
        asking.start()
        assert process.stdout.readline() == "at work\n"
        os.kill(process.pid, number)
        asking.join()
        assert answers[0].text == "done"
        assert process.stdout.read() == "drains\nended\n"
        assert process.wait(20) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_second_signal_cuts_it_short():
    process, url = started(60)
    with process:
        answers: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: answers.append(httpx.get(url, timeout=50)))
        asking.start()
        assert process.stdout.readline() == "at work\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "drains\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        asking.join()
    assert [answer.status_code for answer in answers] == [503]


def test_a_drain_has_an_end():
    working = threading.Event()

    async def stuck(scope, receive, send):
        if scope["type"] == "http":
            working.set()
            await asyncio.sleep(600)

    answers: list[httpx.Response] = []
    with serving(stuck, drain_s=1) as server:
        asking = threading.Thread(target=lambda: answers.append(httpx.get(server.url, timeout=60)))
        asking.start()
        assert working.wait(10)
    asking.join()
    assert answers[0].status_code == 503
    assert answers[0].json()["error"]["reason"] == "stopped"


def test_a_taken_port_is_said():
    with serving() as server, pytest.raises(UsageError, match="Take another port"):
        web.Server(hello, web.Guards(bind=web.Bind(port=server.port)))


def test_version_6_has_its_own_form():
    with serving(guards=web.Guards(bind=web.Bind.parse("[::1]:0"))) as server:
        assert server.url == f"http://[::1]:{server.port}"
        assert httpx.get(server.url).text == "0"


def test_an_error_inside_is_a_500_that_tells_nothing(caplog):
    async def broken(scope, receive, send):
        if scope["type"] == "http":
            raise ValueError("a secret")

    with serving(broken) as server:
        told = httpx.get(server.url)
    assert told.status_code == 500
    assert "secret" not in told.text


def test_a_page_may_have_a_policy_of_its_own():
    async def page(scope, receive, send):
        if scope["type"] == "http":
            own = {
                "content-security-policy": "default-src 'self'",
                "cache-control": "max-age=9",
                "x-frame-options": "x",
            }
            await answer(send, 200, b"", "text/html", own)

    with serving(page) as server:
        headers = httpx.get(server.url).headers
    assert headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert headers.get_list("cache-control") == ["max-age=9"]
    assert headers.get_list("x-frame-options") == ["DENY"]
