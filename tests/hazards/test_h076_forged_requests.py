"""Hazard 76: a page of another site can neither read from a service nor make it do anything.

Rebinding is stopped by the Host header, forged requests by Origin and Sec-Fetch-Site, reading by there being no CORS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.serve.servers import Site, body, served
from tests.web.servers import said, status


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served() as running:
        yield running


def asked(site: Site, host: str, **headers: str) -> bytes:
    """One pair, sent as a browser would send it."""
    content = json.dumps(body()).encode()
    told = {"host": host, "content-type": "application/json", "content-length": str(len(content)), **headers}
    lines = ["POST /v1/assess HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "connection: close"]
    return said(_Address(site), "\r\n".join(lines).encode() + b"\r\n\r\n" + content, timeout_s=60)


class _Address:
    def __init__(self, site: Site) -> None:
        self.port = int(site.url.rpartition(":")[2])


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:80", "0", "10.0.0.1"]
)
def test_a_name_that_was_bound_anew_is_not_answered(site, host):
    assert status(asked(site, host)) == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_forged_request_does_nothing(site, headers, kind):
    before = site.client.get("/metrics").text.count("burnish_pairs_total{")
    assert status(asked(site, "127.0.0.1", **headers, **{"content-type": kind})) == 403
    assert site.client.get("/metrics").text.count("burnish_pairs_total{") == before


def test_other_origins_are_never_allowed_anything(site):
    port = site.url.rpartition(":")[2]
    for origin in ("http://evil.example", "null", f"http://127.0.0.1:{port}"):
        ask = {"origin": origin, "access-control-request-method": "POST", "access-control-request-headers": "x"}
        for method, path in (("OPTIONS", "/v1/assess"), ("GET", "/health"), ("GET", "/openapi.json")):
            answer = site.client.request(method, path, headers=ask)
            assert not [name for name in answer.headers if name.startswith("access-control")]
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_program_and_the_service_s_own_origin_are_answered(site):
    assert status(asked(site, "127.0.0.1")) == 200
    assert status(asked(site, "localhost", origin="http://localhost", **{"sec-fetch-site": "same-origin"})) == 200
