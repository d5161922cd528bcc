"""What a guarded server lets in, over real connections."""

import json
import socket

import httpx
import pytest

from burnish import web
from burnish.web.guarding import COOKIE
from tests.web.servers import TOKEN, heard, request, said, serving, status

SMALL = web.Limits(max_body_bytes=1_000, max_stream_bytes=5_000, idle_s=0.4)


def reason(response: bytes) -> str:
    return json.loads(response.split(b"\r\n\r\n", 1)[1])["error"]["reason"]


@pytest.fixture(scope="module")
def open_server():
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def named_server():
    with serving(guards=web.Guards(hosts=("pairs.example.org", "other.example.org"))) as server:
        yield server


@pytest.fixture(scope="module")
def closed_server():
    with serving(guards=web.Guards(token=TOKEN, sign_in=True)) as server:
        yield server


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:9999", "LOCALHOST", "[::1]:1", "127.0.0.2:80"])
def test_its_own_names_are_answered(open_server, host):
    assert status(said(open_server, request(host=host))) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "", "127.1", "a:b"]
)
def test_other_names_are_not(open_server, host):
    assert status(said(open_server, request(host=host))) in {400, 421}


def test_two_names_are_not_answered(open_server):
    twice = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    assert status(said(open_server, twice)) in {400, 421}


def test_further_names_have_to_be_told():
    with serving(guards=web.Guards(hosts=("pairs.example.org",))) as server:
        assert status(said(server, request(host="pairs.example.org:443"))) == 200
        assert status(said(server, request(host="example.org"))) == 421


def test_a_server_for_others_goes_by_any_address_but_no_name():
    guards = web.Guards(bind=web.Bind(host="0.0.0.0"), token=TOKEN)
    with serving(guards=guards) as server:
        shown = {"authorization": f"Bearer {TOKEN}"}
        assert status(said(server, request(host="192.168.7.7", **shown))) == 200
        assert status(said(server, request(host="evil.example", **shown))) == 421
        assert status(said(server, request(host="192.168.7.7"))) == 401


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1"}, 200),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"origin": "https://127.0.0.1"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_changes_something_comes_from_its_own_pages(open_server, method, headers, expected):
    assert status(said(open_server, request(method, content_length="0", **headers))) == expected


@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        ("pairs.example.org", "https://pairs.example.org", 200),
        ("pairs.example.org:443", "https://pairs.example.org", 200),
        ("pairs.example.org:8443", "https://pairs.example.org:8443", 200),
        ("pairs.example.org", "http://pairs.example.org", 200),
        ("pairs.example.org", "https://pairs.example.org:8443", 403),
        ("pairs.example.org", "https://evil.example", 403),
        ("pairs.example.org", "https://other.example.org", 403),
        ("other.example.org", "https://pairs.example.org", 403),
        ("127.0.0.1", "https://127.0.0.1", 403),
    ],
)
def test_behind_a_proxy_that_encrypts_the_names_that_were_told_are_its_own(named_server, host, origin, expected):
    asked = request("POST", host=host, origin=origin, sec_fetch_site="same-origin", content_length="0")
    assert status(said(named_server, asked)) == expected


def test_a_browser_signs_in_behind_a_proxy_that_encrypts():
    told = {"host": "pairs.example.org", "origin": "https://pairs.example.org", "sec-fetch-site": "same-origin"}
    with serving(guards=web.Guards(token=TOKEN, sign_in=True, hosts=("pairs.example.org",))) as server:
        done = httpx.post(f"{server.url}/sign-in", data={"token": TOKEN}, headers=told)
        assert done.status_code == 303
        cookie = done.headers["set-cookie"].partition(";")[0]
        assert httpx.post(f"{server.url}/open", headers={**told, "cookie": cookie}).status_code == 200


def test_no_other_origin_is_allowed_anything(open_server):
    for method in ("GET", "OPTIONS", "POST"):
        asked = httpx.request(method, f"{open_server.url}/open", headers={"origin": open_server.url})
        assert asked.status_code == 200
        assert not [name for name in asked.headers if name.startswith("access-control")]


def test_every_answer_has_its_headers(open_server, closed_server):
    for url in (open_server.url, closed_server.url):
        headers = httpx.get(url).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN.upper()}"]
)
def test_without_the_token_nobody_comes_in(closed_server, given):
    headers = {} if given is None else {"authorization": given}
    with httpx.Client(base_url=closed_server.url, headers=headers) as client:
        for path in ("/", "/none", "/sign-in", "/openapi.json"):
            for method in ("GET", "POST", "DELETE", "OPTIONS", "HEAD"):
                asked = client.request(method, path)
                assert asked.status_code == 401
                assert asked.headers["www-authenticate"] == "Bearer"


def test_two_credentials_are_none(closed_server):
    twice = [("authorization", f"Bearer {TOKEN}"), ("authorization", "Bearer x")]
    assert httpx.get(closed_server.url, headers=twice).status_code == 401


def test_with_the_token_a_program_comes_in(closed_server):
    asked = httpx.get(closed_server.url, headers={"authorization": f"bearer {TOKEN}"})
    assert asked.status_code == 200


def test_a_browser_signs_in_by_a_form_and_keeps_a_cookie(closed_server):
    with httpx.Client(base_url=closed_server.url) as browser:
        form = browser.get("/", headers={"accept": "text/html"})
        assert form.status_code == 401
        assert "form-action 'self'" in form.headers["content-security-policy"]
        assert '<form method="post"' in form.text
        assert browser.post("/sign-in", data={"token": "wrong"}).status_code == 401
        crossed = browser.post("/sign-in", data={"token": TOKEN}, headers={"sec-fetch-site": "cross-site"})
        assert crossed.status_code == 401
        done = browser.post("/sign-in", data={"token": TOKEN})
        assert done.status_code == 303
        kept = done.headers["set-cookie"]
        assert "HttpOnly" in kept
        assert "SameSite=Strict" in kept
        assert TOKEN not in kept
        assert browser.get("/").status_code == 200
    assert httpx.get(closed_server.url, headers={"cookie": f"{COOKIE}={TOKEN}"}).status_code == 401


def test_without_sign_in_there_is_no_form():
    with serving(guards=web.Guards(token=TOKEN)) as server:
        assert httpx.post(f"{server.url}/sign-in", data={"token": TOKEN}).status_code == 401


@pytest.fixture(scope="module")
def small_server():
    with serving(guards=web.Guards(limits=SMALL, streams=frozenset({"/stream"}))) as server:
        yield server


def chunked(path: str, *chunks: bytes, end: bool = True) -> bytes:
    head = request("POST", path, transfer_encoding="chunked")
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + body + (b"0\r\n\r\n" if end else b"")


def test_bodies_are_bounded_told_or_not(small_server):
    assert status(said(small_server, chunked("/", b"x" * 600, b"x" * 400))) == 200
    assert status(said(small_server, chunked("/", b"x" * 600, b"x" * 401))) == 413
    assert httpx.post(small_server.url, content=b"x" * 1_000).status_code == 200
    assert httpx.post(small_server.url, content=b"x" * 1_001).json()["error"]["reason"] == "too_large"
    assert status(said(small_server, chunked("/stream", b"x" * 5_000))) == 200
    assert status(said(small_server, chunked("/stream", b"x" * 5_001))) == 413


def test_a_body_that_does_not_come_is_given_up(small_server):
    answer = said(small_server, chunked("/", b"x", end=False))
    assert (status(answer), reason(answer)) == (408, "too_slow")


def test_a_head_that_does_not_come_is_given_up(small_server):
    assert said(small_server, b"") == b""
    assert said(small_server, b"GET / HTTP/1.1\r\nHost: 127") == b""


def test_after_a_refused_body_the_connection_is_not_kept_for_ever(small_server):
    with socket.create_connection(("127.0.0.1", small_server.port), 10) as wire:
        wire.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 10)
        assert status(heard(wire)) == 413


def test_one_address_may_only_ask_so_often():
    with serving(guards=web.Guards(limits=web.Limits(requests_per_s=2.0))) as server, httpx.Client() as client:
        answers = [client.get(server.url) for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 200
    assert refused
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


def test_connections_are_counted():
    with serving(guards=web.Guards(limits=web.Limits(max_connections=3))) as server:
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(3)]
        try:
            assert status(said(server, request())) == 503
        finally:
            for wire in idle:
                wire.close()
