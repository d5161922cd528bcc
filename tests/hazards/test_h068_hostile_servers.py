"""Hazard 68: whatever a server sends, and however slowly, one URL costs bounded bytes and bounded time."""

import gzip
import itertools
import time
import zlib
from email.utils import formatdate

import pytest

from tests.builders import jpeg
from tests.loopback_web import Asked, fetching, redirect, reply, serving, why

MIB = 1 << 20


def endless(_: Asked):
    yield b"HTTP/1.1 200 X\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg()
    yield from itertools.repeat(bytes(65536))


def one_byte_a_time(_: Asked):
    for byte in reply(jpeg()):
        time.sleep(0.05)
        yield bytes([byte])


def stalled(_: Asked):
    yield reply(jpeg())[:200]
    time.sleep(30)


def endless_headers(_: Asked):
    yield b"HTTP/1.1 200 X\r\n"
    yield from (b"X-%d: %s\r\n" % (at, b"a" * 4_000) for at in itertools.count())


def endless_chunks(_: Asked):
    yield b"HTTP/1.1 200 X\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield from itertools.repeat(b"8000\r\n" + b"\xff" * 0x8000 + b"\r\n")


def tiny_chunks(_: Asked):
    yield b"HTTP/1.1 200 X\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in itertools.count():
        yield b"1\r\n\xff\r\n"
        time.sleep(0.001)


def length(number: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 X\r\nContent-Type: image/jpeg\r\nContent-Length: {number}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def packed(body: bytes, encoding: str = "gzip") -> bytes:
    return reply(body, content_encoding=encoding)


CASES = {
    "endless": (endless, "too_large"),
    "endless chunks": (endless_chunks, "too_large"),
    "tiny chunks": (tiny_chunks, "fetch_timeout"),
    "announced too large": (length(MIB + 1, b""), "too_large"),
    "announced absurdly": (length(10**18, b""), "too_large"),
    "one byte too many": (reply(jpeg() + bytes(MIB + 1 - len(jpeg()))), "too_large"),
    "slow loris": (one_byte_a_time, "fetch_timeout"),
    "stalled": (stalled, "fetch_timeout"),
    "endless headers": (endless_headers, "fetch_failed"),
    "long header": (b"HTTP/1.1 200 X\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", "fetch_failed"),
    "shorter than announced": (length(len(jpeg()) + 10, jpeg()), "fetch_failed"),
    "negative length": (length(-1, jpeg()), "fetch_failed"),
    "cut chunk": (b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nabc", "fetch_failed"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", "fetch_failed"),
    "nothing": (b"", "fetch_failed"),
    "empty body": (reply(b""), "no_image"),
    "gzip bomb": (packed(gzip.compress(bytes(100 * MIB))), "compressed_limit"),
    "deflate bomb": (packed(zlib.compress(bytes(100 * MIB)), "deflate"), "compressed_limit"),
    "nested gzip": (packed(gzip.compress(gzip.compress(bytes(MIB)))), "not_an_image"),
    "torn gzip": (packed(gzip.compress(jpeg())[:-20]), "fetch_failed"),
    "no gzip": (packed(jpeg()), "fetch_failed"),
    "unknown encoding": (packed(jpeg(), "br"), "fetch_failed"),
    "a page": (reply(b"<!DOCTYPE html><p>gone", kind="text/html; charset=utf-8"), "not_an_image"),
    "a page called an image": (reply(b"<html>not here</html>"), "not_an_image"),
    "text": (reply(b"404 not found", kind="text/plain"), "not_an_image"),
    "json": (reply(b'{"error": 1}', kind="application/json"), "not_an_image"),
    "a film": (reply(bytes(100), kind="video/mp4"), "not_an_image"),
    "svg": (reply(b"<svg xmlns='x'/>", kind="image/svg+xml"), "not_an_image"),
    "status 404": (reply(jpeg(), status=404), "http_status"),
    "status 500": (reply(jpeg(), status=500), "http_status"),
    "status 206": (reply(jpeg(), status=206), "http_status"),
    "status 204": (reply(status=204), "http_status"),
    "an image called text": (reply(jpeg(), kind="text/html"), "got"),
    "an image without a type": (b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n" + jpeg(), "got"),
    "an image of unknown form": (reply(bytes(100), kind="application/octet-stream"), "got"),  # the decoder will say
    "gzip": (packed(gzip.compress(jpeg())), "got"),
    "the cap": (reply(jpeg() + bytes(MIB - len(jpeg()))), "got"),
}


@pytest.mark.parametrize("case", CASES)
def test_bounded_and_told(case):
    route, reason = CASES[case]
    with serving({"": route}) as web, fetching(web, timeout_s=2.0) as fetcher:
        found = fetcher.fetch(web.url("/x.jpg"))
        assert why(found) == reason, found
        if reason == "got":
            assert found.data[:10] in {jpeg()[:10], bytes(10)}


def test_more_than_was_announced_is_no_part_of_the_image():
    with serving({"": length(len(jpeg()), jpeg() + bytes(100))}) as web, fetching(web) as fetcher:
        found = fetcher.fetch(web.url())
        assert why(found) == "fetch_failed" or found.data == jpeg()  # as the pieces arrive


def test_the_deadline_is_of_all_redirects_together():
    def slow(asked: Asked):
        time.sleep(0.5)
        yield redirect(f"/{int(asked.path[1:]) + 1}")

    with serving({"": slow}) as web, fetching(web, timeout_s=1.2) as fetcher:
        assert why(fetcher.fetch(web.url("/0"))) == "fetch_timeout"
        assert len(web.asked) < 6


def flaky(*says: bytes):
    answers = iter(says)
    return lambda _: next(answers)


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        (reply(status=503), 2),
        (reply(status=429, retry_after="1"), 2),
        (reply(status=500), 2),
        (b"", 2),
        (length(9_000, jpeg()), 2),
        (reply(status=404), 1),
        (reply(status=403), 1),
        (reply(status=410), 1),
        (reply(status=429, retry_after="3600"), 1),  # too long: for `burnish retry`
        (reply(status=503, retry_after=formatdate(4e9, usegmt=True)), 1),
        (reply(jpeg(), x_robots_tag="noai"), 1),
    ],
)
def test_what_may_pass_is_tried_again(first, asked):
    with serving({"": flaky(first, reply(jpeg()))}) as web, fetching(web, tries=3) as fetcher:
        found = fetcher.fetch(web.url())
        assert (why(found) == "got", len(web.asked)) == (asked == 2, asked)


def test_tries_end():
    with serving({"": reply(status=500)}) as web, fetching(web, tries=3) as fetcher:
        found = fetcher.fetch(web.url())
        assert (why(found), found.retryable, len(web.asked)) == ("http_status", True, 3)


def test_retry_after_is_waited_for():
    times = []

    def busy(_: Asked):
        times.append(time.monotonic())
        return reply(status=429, retry_after="1") if len(times) == 1 else reply(jpeg())

    with serving({"": busy}) as web, fetching(web, tries=2) as fetcher:
        assert why(fetcher.fetch(web.url())) == "got"
    assert times[1] - times[0] >= 1.0


def test_one_host_is_asked_so_often_and_no_more():
    flying = [0, 0]
    times = []

    def counted(_: Asked):
        times.append(time.monotonic())
        flying[0] += 1
        flying[1] = max(flying)
        time.sleep(0.05)
        flying[0] -= 1
        return reply(jpeg())

    with serving({"": counted}) as web, fetching(web, per_host=3, rate=20.0) as fetcher:
        futures = [fetcher.submit(web.url(f"/{at}"), lambda _: None) for at in range(12)]
        for future in futures:
            future.result()
    assert flying[1] <= 3
    assert max(times) - min(times) >= 11 / 20 * 0.9  # starts are 50 ms apart; arrivals may bunch a little


def test_we_say_who_we_are():
    with serving({"": reply(jpeg())}) as web:
        with fetching(web, agent="burnish/0.1.0 (+https://example.org/about)") as fetcher:
            fetcher.fetch(web.url())
        assert web.asked[0].headers["user-agent"] == "burnish/0.1.0 (+https://example.org/about)"
        assert web.asked[0].headers["accept-encoding"] == "identity"


def test_proxies_of_the_environment_are_used_only_if_asked_for(monkeypatch):
    with serving({"": reply(jpeg())}) as proxy, serving({"": reply(jpeg(1))}) as web:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        monkeypatch.setenv("no_proxy", "")
        with fetching(web) as fetcher:
            assert fetcher.fetch(web.url()).data == jpeg(1)
            assert proxy.connections == 0
        with fetching(web, proxies=True) as fetcher:
            assert fetcher.fetch(web.url()).data == jpeg()
            assert why(fetcher.fetch("http://10.0.0.1/")) == "address_refused"
