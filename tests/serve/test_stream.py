"""Many pairs over one request: in order, bounded, and never silent about an end before its end."""

import asyncio
import json
import socket
import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from burnish.serve.settings import Settings
from burnish.serve.stream import lines
from tests.serve.servers import body, served
from tests.web.servers import heard, request


def read(pieces: list[bytes], max_bytes: int) -> list[bytes | None]:
    async def come():
        for piece in pieces:
            yield piece

    async def all_of():
        return [line async for line in lines(come(), max_bytes)]

    return asyncio.run(all_of())


@given(st.binary(max_size=200), st.lists(st.integers(0, 200)), st.integers(1, 40))
def test_lines_do_not_depend_on_how_they_came(content, cuts, max_bytes):
    places = [0, *sorted(cut for cut in cuts if cut <= len(content)), len(content)]
    pieces = [content[start:stop] for start, stop in pairwise(places)]
    expected = [
        None if len(line) > max_bytes else line
        for line in content.split(b"\n")
        if len(line) > max_bytes or line.strip()
    ]
    assert read(pieces, max_bytes) == read([content], max_bytes) == expected


def test_answers_come_in_the_order_of_the_lines(site):
    keys = [f"{number:03d}" for number in range(150)]
    answers = site.stream("enhance", [body(f"text {key}", key=key) for key in keys])
    assert [answer["key"] for answer in answers] == keys
    assert {answer["columns"]["caption_original"] for answer in answers} == {f"text {key}" for key in keys}


def test_a_line_that_is_no_pair_is_answered_in_its_place(site):
    good = json.dumps(body("good", key="k")).encode()
    content = b"\n".join([good, b"{", b"", b"[]", b'{"image": "!"}', b'\xff{"image": ""}', good])
    answer = site.client.post("/v1/assess/batch", content=content)
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["key"] for line in told] == ["k", "", "", "", "", "k"]
    assert [line["reason"] for line in told[1:5]] == ["bad_line"] * 4


def test_a_line_over_the_cap_is_answered_and_costs_no_memory():
    with served(settings=Settings(max_body_mb=1, max_rate=0)) as site:
        long = b'{"image": "' + b"A" * (3 << 20) + b'"}\n'
        answer = site.client.post("/v1/assess/batch", content=long + json.dumps(body(key="k")).encode())
        told = [json.loads(line) for line in answer.text.splitlines()]
    assert told[0]["reason"] == "too_large"
    assert [line["key"] for line in told] == ["", "k"]


def test_who_writes_everything_before_reading_anything_gets_all(site):
    """Half a megabyte of answers: more than sockets hold."""
    count = 400
    content = b"".join(json.dumps(body("x" * 200, key=str(at))).encode() + b"\n" for at in range(count))
    head = request("POST", "/v1/assess/batch", content_length=str(len(content)))
    with socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2])), 120) as wire:
        wire.sendall(head + content)
        time.sleep(0.2)
        answer = heard(wire)
    assert answer.count(b'"fate"') == count
    assert answer.endswith(b"0\r\n\r\n")


def test_the_first_answer_comes_while_the_last_line_has_not(site):
    with socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2])), 120) as wire:
        wire.sendall(request("POST", "/v1/assess/batch", transfer_encoding="chunked"))
        line = json.dumps(body(key="first")).encode() + b"\n"
        wire.sendall(b"%x\r\n%s\r\n" % (len(line), line))
        came = b""
        while b'"first"' not in came:
            came += wire.recv(65_536)
        wire.sendall(b"0\r\n\r\n")
        assert heard(wire).endswith(b"0\r\n\r\n")


def chunk(**told: str) -> bytes:
    line = json.dumps(body(**told)).encode() + b"\n"
    return b"%x\r\n%s\r\n" % (len(line), line)


def test_a_stream_that_the_server_s_end_cuts_says_so():
    with served() as site, socket.create_connection(("127.0.0.1", site.server.port), 120) as wire:
        wire.sendall(request("POST", "/v1/assess/batch", transfer_encoding="chunked") + chunk(key="first"))
        came = b""
        while b'"first"' not in came:
            came += wire.recv(65_536)
        site.server.stop()
        while not site.service.draining:
            time.sleep(0.01)
        wire.sendall(chunk(key="second"))
        rest = heard(wire)
    assert b'"second"' not in rest
    assert b'"stopping"' in rest
    assert rest.endswith(b"0\r\n\r\n")


def test_a_failing_environment_ends_the_stream_with_its_reason():
    with served({"backend": "tests.serve.models:down", "batch_size": 1}) as site:
        answers = site.stream("assess", [body("good", key="a"), body("down", key="b"), body("good", key="c")])
        alone = site.client.post("/v1/assess", json=body("down"))
        assert site.ask("assess", body("good"))["fate"] == "kept"
    assert [answer.get("key", answer.get("error", {}).get("reason")) for answer in answers] == ["a", "stopped"]
    assert (alone.status_code, alone.json()["error"]["reason"]) == (503, "stopped")
    assert int(alone.headers["retry-after"]) >= 1


def test_a_client_that_leaves_takes_nothing_with_it(site):
    content = b"".join(json.dumps(body(key=str(at))).encode() + b"\n" for at in range(200))
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2])), 120) as wire:
            wire.sendall(request("POST", "/v1/assess/batch", content_length=str(len(content) + 10)) + content)
    assert site.ask("assess", body(key="after"))["key"] == "after"


def test_more_than_may_wait_is_not_refused_but_slowed():
    with served(settings=Settings(max_waiting=4, max_rate=0)) as site:
        answers = site.stream("assess", [body(key=str(at)) for at in range(100)])
        assert [answer["key"] for answer in answers] == [str(at) for at in range(100)]
