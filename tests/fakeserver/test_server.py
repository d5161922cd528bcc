"""Start, stop and settings."""

import http.client
import socket
import threading
import time

import pytest

from burnish.errors import UsageError
from burnish.fakeserver import Ability, FakeServer, Settings
from burnish.fakeserver.settings import resolve
from tests.fakeserver.calls import chat, send


def test_starts_stops_and_starts_again():
    server = FakeServer()
    for _ in range(2):
        with server:
            assert server.url == f"http://127.0.0.1:{server.port}/v1"
            assert send(server, "GET", "/health").json == {"status": "ok", "fake": True}
        with pytest.raises(ConnectionRefusedError):
            send(server, "GET", "/health")
    server.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "burnish-fakeserver"]


def test_a_port_that_is_taken():
    with (
        FakeServer() as server,
        pytest.raises(UsageError, match="Take another port"),
        FakeServer(Settings(port=server.port)),
    ):
        pass


def test_listens_on_loopback_only():
    with FakeServer() as server, socket.socket() as other:
        assert server.root.startswith("http://127.0.0.1:")
        other.bind(("127.0.0.2", server.port))  # free: only 127.0.0.1 is taken


def test_stop_does_not_wait_for_calls_that_hang():
    with FakeServer(Settings(faults=("hang",))) as server:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        line.request("POST", "/v1/chat/completions", b'{"messages":[{"role":"user","content":"x"}]}')
        while not server.stats()["in_flight"]:
            time.sleep(0.01)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        line.getresponse()
    line.close()
    assert server.stats()["billed_unseen"] == 1


def test_stop_lets_calls_at_work_finish():
    found = []
    with FakeServer(Settings(latency_ms=300)) as server:
        caller = threading.Thread(target=lambda: found.append(chat(server).status))
        caller.start()
        while not server.stats()["in_flight"]:
            time.sleep(0.01)
    caller.join()
    assert found == [200]
    assert (server.stats()["status"], server.stats()["billed_unseen"]) == ({"200": 1}, 0)


def test_stop_cuts_calls_that_take_too_long():
    with FakeServer(Settings(latency_ms=60_000)) as server:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        line.request("POST", "/v1/chat/completions", b'{"messages":[{"role":"user","content":"x"}]}')
        while not server.stats()["billed_calls"]:
            time.sleep(0.01)
    line.close()
    assert (server.stats()["status"], server.stats()["billed_unseen"]) == ({"none": 1}, 1)


def test_two_servers_at_once():
    with FakeServer() as one, FakeServer(Settings(seed=1)) as other:
        assert one.port != other.port
        assert chat(one).text != chat(other).text
        assert (one.stats()["calls"], other.stats()["calls"]) == (1, 1)


def test_a_server_that_is_not_running():
    server = FakeServer()
    assert server.stats() == {}
    with pytest.raises(UsageError, match="not running"):
        server.reset()
    with server, pytest.raises(UsageError, match="running already"):
        server.start()


def test_settings_from_a_file_and_flags(tmp_path):
    path = tmp_path / "fake.toml"
    path.write_text('mode = "echo"\nlatency_ms = 5\nlogprobs = "refused"\nfaults = ["hang@3"]\n', encoding="utf-8")
    found = resolve(str(path), {"latency_ms": 7.0, "mode": None})
    assert found == Settings(mode="echo", latency_ms=7.0, logprobs=Ability.REFUSED, faults=("hang@3",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mood = 1", "no setting 'mood'"),
        ("port = '80'", "port is '80', must be a whole number"),
        ("port = 70000", "port is 70000, must be 0 to 65535"),
        ("seed = true", "must be a whole number"),
        ("faults = 'hang'", "must be a list of texts"),
        ("logprobs = 'off'", "must be on or ignored or refused"),
        ("choices = '1'", "at least two"),
        ("outside_mass = 1.5", "must be 0 to 1"),
        ("x = ", "cannot read"),
    ],
)
def test_settings_that_cannot_be(tmp_path, text, message):
    path = tmp_path / "fake.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        resolve(str(path), {})


def test_a_settings_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        resolve(str(tmp_path / "none.toml"), {})
