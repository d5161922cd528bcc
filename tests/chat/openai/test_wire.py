"""One exchange, bounded in time and memory, whatever comes over the wire."""

import asyncio
import gzip
import re
import socket
import zlib

import pytest

from burnish.chat.openai.wire import BODY_CAP_BYTES, Lost, Raw, open_wire
from burnish.fakeserver import FakeServer
from tests.chat.openai.stub import Stub, chosen, response


def exchange(url: str, *, timeout_s: float = 5.0, key: str = "", body: bytes = b'{"n": 1}') -> Raw | Lost:
    async def work():
        async with open_wire(url, key, timeout_s=timeout_s, concurrency=4) as wire:
            return await wire.post(body)

    return asyncio.run(work())


def answering(sent: bytes, *, then_close: bool = False, **how) -> Raw | Lost:
    async def handler(call):
        call.writer.write(sent)
        if then_close:
            return b""
        await asyncio.sleep(30)
        return b""

    with Stub(handler).running() as stub:
        return exchange(stub.url, **how)


def test_a_whole_response_and_what_was_sent_for_it():
    async def handler(call):
        assert call.headers["authorization"] == "Bearer sk-1"
        assert call.headers["content-type"] == "application/json"
        assert call.headers["accept-encoding"] == "identity"
        assert "cookie" not in call.headers
        return response(chosen(), set_cookie="a=b")

    with Stub(handler).running() as stub:
        came = exchange(stub.url, key="sk-1")
    assert isinstance(came, Raw)
    assert came.status == 200
    assert came.headers["content-type"] == "application/json"


def test_without_a_key_no_header_is_sent():
    async def handler(call):
        return response({"sent": "authorization" in call.headers})

    with Stub(handler).running() as stub:
        came = exchange(stub.url)
    assert isinstance(came, Raw)
    assert came.body == b'{"sent":false}'


def test_the_key_is_cut_from_what_the_server_says():
    came = answering(response({"error": "bad key sk-secret-1"}, status=401), key="sk-secret-1")
    assert isinstance(came, Raw)
    assert came.body == b'{"error":"bad key ***"}'


def test_answers_are_not_touched_and_a_key_that_is_a_word_is_no_secret():
    sent = response({"model": "sk-secret-1-vl", "fake": 1})
    for key in ("sk-secret-1", "fake"):
        came = answering(sent, key=key)
        assert isinstance(came, Raw)
        assert came.body == b'{"model":"sk-secret-1-vl","fake":1}'


def test_the_proxy_of_the_environment_is_used_but_not_where_it_is_excepted(monkeypatch):
    with Stub().running() as stub:
        monkeypatch.setenv("http_proxy", stub.url.removesuffix("/v1"))
        came = exchange("http://models.example/v1", body=b'{"logprobs": true}')
        assert isinstance(came, Raw)
        assert stub.calls[0].headers["host"] == "models.example"
        monkeypatch.setenv("no_proxy", "models.example.invalid")
        lost = exchange("http://models.example.invalid/v1")
        assert isinstance(lost, Lost)
        assert len(stub.calls) == 1
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        assert isinstance(exchange(stub.url, body=b'{"logprobs": true}'), Raw)


def test_redirects_are_not_followed():
    came = answering(response(b"", status=307, location="http://127.0.0.1:1/v1/chat/completions"))
    assert isinstance(came, Raw)
    assert came.status == 307


def test_nobody_listening_was_not_sent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        came = exchange(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
    assert came == Lost(detail="connection refused", sent=False)


def test_an_unknown_name_was_not_sent():
    came = exchange("http://no-such-host.invalid/v1")
    assert came == Lost(detail=came.detail, sent=False)
    assert "the name 'no-such-host.invalid' is not known" in came.detail


def test_tls_towards_a_server_without_it_was_not_sent():
    with FakeServer() as server:
        came = exchange(server.url.replace("http:", "https:"))
    assert came == Lost(detail=came.detail, sent=False)
    assert "SSL" in came.detail


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-type: app",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 999999 Odd\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 7\r\n\r\n{}{}{}{}{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
def test_broken_http_is_lost_and_may_have_cost(sent):
    came = answering(sent, then_close=True)
    assert came == Lost(detail=came.detail, sent=True)
    assert came.detail


def test_a_body_to_the_end_of_the_connection_is_whole():
    came = answering(b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{}", then_close=True)
    assert isinstance(came, Raw)
    assert came.body == b"{}"


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"])
def test_silence_ends_at_the_deadline(sent):
    came = answering(sent, timeout_s=0.2)
    assert came == Lost(detail="no whole answer within 0.2 s", sent=True)


def test_dripping_does_not_move_the_deadline():
    async def handler(call):
        call.writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n")
        for _ in range(100):
            call.writer.write(b" ")
            await asyncio.sleep(0.02)
        return b""

    with Stub(handler).running() as stub:
        came = exchange(stub.url, timeout_s=0.3)
    assert came == Lost(detail="no whole answer within 0.3 s", sent=True)


@pytest.mark.parametrize("announced", [True, False])
def test_endless_bodies_end_at_the_cap(announced):
    async def handler(call):
        length = b"content-length: 99999999999" if announced else b"transfer-encoding: chunked"
        call.writer.write(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n\r\n")
        piece = b" " * 65536 if announced else b"10000\r\n" + b" " * 65536 + b"\r\n"
        for _ in range(200):
            call.writer.write(piece)
            await call.writer.drain()
        await asyncio.sleep(30)
        return b""

    with Stub(handler).running() as stub:
        came = exchange(stub.url)
    assert came == Lost(detail=f"larger than {BODY_CAP_BYTES:,} bytes", sent=True)


def packed(plain: bytes) -> bytes:
    return response(gzip.compress(plain), content_encoding="gzip")


def test_a_compressed_body_is_read_though_none_was_asked_for():
    came = answering(packed(b'{"a":1}'))
    assert isinstance(came, Raw)
    assert came.body == b'{"a":1}'
    came = answering(response(zlib.compress(b"{}"), content_encoding="deflate"))
    assert isinstance(came, Raw)


def test_a_bomb_is_never_inflated():
    came = answering(packed(b" " * (64 * 2**20)))
    assert isinstance(came, Lost)
    assert re.search("larger than", came.detail)


@pytest.mark.parametrize(
    "sent",
    [
        response(b"no gzip", content_encoding="gzip"),
        response(gzip.compress(b"{}" * 500)[:-10], content_encoding="gzip"),
        response(b"{}", content_encoding="br"),
    ],
)
def test_unreadable_compression_is_lost(sent):
    came = answering(sent)
    assert came == Lost(detail=came.detail, sent=True)
