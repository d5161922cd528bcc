"""Hazard 77: uploads, pixels, connections and rates have caps, and no path or address of a client is ever opened.

With `tests/web/test_guarding.py` for slow and endless bodies and heads.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator

import httpx
import pytest

from burnish.serve.settings import Settings
from tests.builders import jpeg
from tests.loopback_web import Web, reply, serving
from tests.serve.servers import Site, body, served

SMALL = Settings(max_body_mb=1, max_waiting=4, max_rate=0, max_connections=8)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served({"limits": {"max_pixels": 10_000}}, SMALL) as running:
        yield running


def test_a_body_over_the_cap_is_refused_told_or_not(site):
    large = json.dumps(body(image=b"x" * (1 << 20))).encode()
    sent = {"content-type": "application/json"}
    assert site.client.post("/v1/enhance", content=large, headers=sent).status_code == 413
    pieces = (large[at : at + 65_536] for at in range(0, len(large), 65_536))
    assert site.client.post("/v1/enhance", content=pieces, headers=sent).status_code == 413
    assert site.ask("enhance", body())["fate"] != "quarantined"


def test_a_bomb_is_an_answer(site):
    told = site.ask("enhance", body(image=jpeg(size=(101, 100))))
    assert (told["fate"], told["reason"]) == ("quarantined", "image_too_large")


def test_connections_over_the_cap_are_turned_away_and_the_rest_is_served(site):
    port = int(site.url.rpartition(":")[2])
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(SMALL.max_connections)]
    try:
        with httpx.Client(base_url=site.url) as late:
            assert late.get("/health").status_code == 503
    finally:
        for wire in idle:
            wire.close()
    with httpx.Client(base_url=site.url) as later:
        while later.get("/health").status_code == 503:
            pass
        assert later.get("/health").status_code == 200


def test_too_many_requests_of_one_address_are_told_to_come_later():
    with served(settings=Settings(max_rate=2)) as site:
        codes = [site.client.get("/health").status_code for _ in range(12)]
    assert codes[0] == 200
    assert 429 in codes


@pytest.fixture
def canary() -> Iterator[Web]:
    with serving({"": reply(jpeg())}) as web:
        yield web


PLACES = ["/etc/passwd", "file:///etc/passwd", "../../etc/passwd", "{file}", "{url}/x.jpg", "\\\\host\\share", "{fifo}"]


@pytest.mark.parametrize("place", PLACES)
def test_a_path_or_address_in_a_request_stays_a_word(site, canary, tmp_path, place):
    file, fifo = tmp_path / "secret.txt", tmp_path / "pipe"
    file.write_text("the-content-of-a-file")
    os.mkfifo(fifo)  # whoever opened it would hang
    word = place.replace("{file}", str(file)).replace("{url}", canary.url("")).replace("{fifo}", str(fifo))
    fields = {
        "url": word,
        "path": word,
        "file_name": word,
        "image": word,
        "caption_original": word,
        "json": {"$ref": word},
    }
    told = site.ask("enhance", body(word, image_name=word, fields=fields, key=word))
    assert told["key"] == word
    assert "the-content-of-a-file" not in json.dumps(told)
    refused = site.client.post("/v1/enhance", json={"image": word})
    assert refused.status_code == 422
    assert canary.connections == 0


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/v1/enhance/../../etc/passwd", "/static/x",
     "/v1/enhance?source=/etc/passwd", "/openapi.json/..%2f..%2fetc/passwd", "/%00", "/v1/%2fetc%2fpasswd"],
)  # fmt: skip
def test_no_address_of_the_service_leads_to_a_file(site, path):
    port = int(site.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 30) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: wire.recv(65_536), b""))
    assert answer.split(b" ", 2)[1] in {b"404", b"405", b"400"}
    assert b"root:" not in answer
