"""``burnish serve`` as a process: where it listens, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from burnish.fakeserver import FakeServer
from burnish.storage.answers import spent
from tests.cli.calls import call
from tests.serve.models import GATE
from tests.serve.servers import ASK_S, body

ROOT = Path(__file__).resolve().parents[2]
BURNISH = Path(sys.executable).parent / "burnish"
FAKE = ("--backend", "fake", "--workers", "1", "--json")


@contextmanager
def process(*options: str, **env: str) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    """A served model, and what it said of itself."""
    with subprocess.Popen(
        [BURNISH, "serve", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **env}
    ) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        try:
            yield running, json.loads(line)
        finally:
            running.kill()


def test_it_says_where_and_ends_well():
    with process(*FAKE) as (running, told):
        assert told["url"].startswith("http://127.0.0.1:")
        assert told["routes"] == ["assess", "enhance", "recaption"]
        assert httpx.post(f"{told['url']}/v1/assess", json=body(), timeout=ASK_S).json()["fate"] in {"kept", "passed"}
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=60)
        assert (running.returncode, out, err) == (0, b"", b"")


def test_what_was_accepted_is_answered_before_the_end(tmp_path):
    gate = tmp_path / "gate"
    model = ("--backend", "tests.serve.models:gated", "--workers", "1", "--json")
    answers: list[httpx.Response] = []
    with process(*model, PYTHONPATH=str(ROOT), **{GATE: str(gate)}) as (running, told):
        url = told["url"]

        def ask(at: int) -> None:
            answers.append(httpx.post(f"{url}/v1/assess", json=body(f"text {at}"), timeout=ASK_S))

        threads = [threading.Thread(target=ask, args=(at,)) for at in range(6)]
        for thread in threads:
            thread.start()
        while httpx.get(f"{url}/health").json()["waiting"] < 4:  # one is at the worker, one on its way there
            time.sleep(0.05)
        running.send_signal(signal.SIGTERM)
        while listens(told["url"]):
            time.sleep(0.05)
        gate.touch()
        for thread in threads:
            thread.join()
        assert running.wait(60) == 0
    assert [answer.status_code for answer in answers] == [200] * 6
    assert {answer.json()["fate"] for answer in answers} == {"kept"}


def listens(url: str) -> bool:
    try:
        httpx.get(f"{url}/health")
    except httpx.TransportError:
        return False
    return True


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--bind", "0.0.0.0:0"), "no token"),
        (("--bind", "[::]:0"), "no token"),
        (("--bind", "example.org:80"), "no IP address"),
        (("--token-file", "/none"), "cannot read the token"),
        (("--set", "rewrite.below=9"), "rewrite.below"),
        (("--backend", "nothing"), "nothing"),
        (("--set", "backend_options.side_px=9"), "takes no options"),
        (("--max-body-mb", "0"), "above 0"),
        (("--backend", "fake", "--max-tokens", "10"), "a place to count in"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_listens(options, says):
    told = call("serve", "--workers", "1", *options)
    assert told.code == 2
    assert says in told.err


def test_a_token_of_the_environment_is_no_setting_and_is_shown_nowhere():
    secret = "a-very-secret-token-of-somebody"
    with process(*FAKE, "-v", "--bind", "0.0.0.0:0", BURNISH_TOKEN=secret) as (running, told):
        url = told["url"].replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(f"{url}/health").status_code == 401
        assert httpx.get(f"{url}/health", headers={"authorization": f"Bearer {secret}"}).status_code == 200
        listed = Path(f"/proc/{running.pid}/cmdline").read_bytes()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert secret.encode() not in listed + out + err


def test_a_budget_holds_for_all_requests_together(tmp_path):
    paid = tmp_path / "paid"
    limit = ("--max-tokens", "8000", "--set", f"answers={paid}", "--set", "batch_size=1")
    backend = ("--backend", "openai", "--workers", "1", "--json")
    with (
        FakeServer() as model,
        process(*backend, *limit, OPENAI_BASE_URL=model.url) as (_, told),
        httpx.Client(base_url=told["url"], timeout=ASK_S) as client,
    ):
        answers = [client.post("/v1/assess", json=body(f"a text {at}")) for at in range(40)]
    codes = [answer.status_code for answer in answers]
    assert codes[0] == 200
    assert codes[-1] == 503
    assert answers[-1].json()["error"]["reason"] == "stopped"
    assert "budget" in answers[-1].json()["error"]["detail"]
    used = spent(paid)  # what loading the model asks is not counted, here as in a run
    assert 0 < used["prompt_tokens"] + used["written_tokens"] <= 8_000
    assert set(codes) == {200, 503}


def test_a_worker_that_dies_costs_its_batch_and_no_more():
    with process(*FAKE) as (running, told):
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        with httpx.Client(base_url=told["url"], timeout=ASK_S) as client:
            assert client.post("/v1/assess", json=body()).status_code == 200
            for child in workers_below(children):
                os.kill(child, signal.SIGKILL)
            codes = [client.post("/v1/assess", json=body()).status_code for _ in range(5)]
    assert codes[-1] == 200
    assert set(codes) <= {200, 503}


def workers_below(children: list[str]) -> list[int]:
    """The children of the fork server: the workers."""
    found = []
    for child in children:
        tasks = Path(f"/proc/{child}/task/{child}/children")
        found += [int(pid) for pid in tasks.read_text().split()]
    return found
