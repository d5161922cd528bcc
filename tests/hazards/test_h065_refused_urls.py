"""Hazard 65: only http and https, only the ports that are allowed, no credentials, nothing that reads in two ways."""

import pytest

from tests.builders import jpeg
from tests.loopback_web import fetching, reply, serving, why

REFUSED = [
    "file:///etc/passwd", "FILE:///etc/passwd", "file://{here}/etc/passwd", "ftp://{here}/x.jpg", "gopher://{here}/_x",
    "data:image/png;base64,AAAA", "javascript:alert(1)", "ldap://{here}/x", "dict://{here}/x", "unix:/run/x.sock",
    "jar:http://{here}/x", "//{here}/x.jpg", "{here}/x.jpg", "", "   ", "http://", "http:///x.jpg", "http:{here}",
    "http://user@{here}/", "http://user:pw@{here}/", "http://:@{here}/", "http://@{here}/", "http://8.8.8.8@{here}/",
    "http://a\\@{here}/", "http://{here}\\@example.com/", "http://127.0.0.1:22/", "http://127.0.0.1:0/",
    "http://127.0.0.1:65536/", "http://127.0.0.1:-1/", "http://127.0.0.1:x/", "https://127.0.0.1:8443/",
    "http://127.0.0.1:80:{port}/", "http://exa mple.com:{port}/", "http://exa\nmple.com:{port}/",
    "http://{here}/\r\nHost: x", "http://{here}/\0", "http://%31%32%37.0.0.1:{port}/", "http://127.0.0.1%2f@x:{port}/",
    "http://127.0.0.1%00.example.com:{port}/", "http://[::1:{port}/", "http://[::1%25lo]:{port}/", "http://[x]:{port}/",
    "http://a..b:{port}/", "http://.:{port}/", "http://a,b:{port}/", "http://" + "a" * 64 + ".com:{port}/",
    "http://xn--a-\u00e4\u200d:{port}/", "http://{here}/" + "x" * 8_000,
]  # fmt: skip


@pytest.mark.parametrize("spelling", REFUSED, ids=ascii)
def test_a_url_that_is_never_asked_for(spelling):
    with serving({"": reply(jpeg())}) as canary, fetching(canary) as fetcher:
        url = spelling.replace("{here}", f"127.0.0.1:{canary.port}").replace("{port}", str(canary.port))
        found = fetcher.fetch(url)
        assert (why(found), found.retryable, canary.connections) == ("url_refused", False, 0)


def test_the_canary_would_have_sung():
    with serving({"": reply(jpeg())}) as canary, fetching(canary) as fetcher:
        assert why(fetcher.fetch(canary.url("/x.jpg"))) == "got"
        assert why(fetcher.fetch(f"  {canary.url('/ä b.jpg?q=ü&a=%20')}\n")) == "got"
        assert canary.asked[-1].path == "/%C3%A4%20b.jpg?q=%C3%BC&a=%20"


def test_only_allowed_ports():
    with serving({"": reply(jpeg())}) as canary:
        with fetching(canary, ports=frozenset({80, 443})) as fetcher:
            found = fetcher.fetch(canary.url())
        assert (why(found), str(canary.port) in found.detail, canary.connections) == ("url_refused", True, 0)
