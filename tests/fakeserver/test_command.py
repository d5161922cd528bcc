"""``burnish fakeserver`` as a user calls it: a process, its first line, its end."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from burnish.fakeserver import Settings, faults
from tests.cli.calls import call


def start(*arguments: str, cwd: Path | None = None) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "burnish", "fakeserver", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
    )


def get(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=20) as response:
        return json.load(response)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_told_to_stop(number):
    process = start("--json", "--model-id", "my-model")
    first = json.loads(process.stdout.readline())
    assert first == {
        "url": f"http://127.0.0.1:{first['port']}/v1",
        "port": first["port"],
        "pid": process.pid,
        "model": "my-model",
        "fake": True,
        "mode": "hash",
    }
    assert get(f"{first['url']}/models")["data"][0]["id"] == "my-model"
    process.send_signal(number)
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["calls"] == 0


def test_says_for_people_that_it_is_fake():
    process = start("--fault", "status_500@1")
    first = process.stdout.readline()
    assert "fake, no model inside (mode hash, model burnish-fake)" in first
    process.terminate()
    out, _ = process.communicate()
    assert out.splitlines()[-1].startswith("fakeserver: 0 calls, 0 billed")


CLIENT = """
import json, os, sys, urllib.error, urllib.request
body = {"messages": [{"role": "user", "content": sys.argv[1]}]}
headers = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}
asked = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json.dumps(body).encode(), headers)
try:
    print(json.load(urllib.request.urlopen(asked))["choices"][0]["message"]["content"])
except urllib.error.HTTPError as error:
    sys.exit(error.code % 256)
"""


def beside(*arguments: str, text: str = "hello") -> tuple[int, str, str]:
    process = start(*arguments, "--", sys.executable, "-c", CLIENT, text)
    out, err = process.communicate()
    return process.returncode, out, err


def test_runs_a_command_beside_it():
    code, out, err = beside("--mode", "echo", "--api-key", "sesame", text="two dogs")
    assert (code, out) == (0, "two dogs\n")
    assert err.startswith("fakeserver: 1 calls, 1 billed (0 unseen)")
    code, out, err = beside("--fault", "status_503@1", "--json")
    assert (code, out) == (503 % 256, "")
    assert json.loads(err)["status"] == {"503": 1}


def test_a_command_that_is_not_there_or_is_killed():
    process = start("--", "no-such-program")
    out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert "cannot run 'no-such-program'" in err
    process = start("--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")
    process.communicate()
    assert process.returncode == 128 + 9


def test_termination_is_passed_on():
    process = start("--", sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")
    assert process.stdout.readline() == "up\n"
    process.terminate()
    process.communicate()
    assert process.returncode == 128 + signal.SIGTERM


def test_oracle_beside_the_user(tmp_path):
    (tmp_path / "truth.py").write_text("def answer(request):\n    return request.text.upper()\n", encoding="utf-8")
    process = start("--oracle", "truth:answer", "--", sys.executable, "-c", CLIENT, "a dog", cwd=tmp_path)
    assert process.communicate()[0] == "A DOG\n"


def test_list_faults():
    lines = call("fakeserver", "--list-faults").out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(faults.load())
    rows = json.loads(call("fakeserver", "--list-faults", "--json").out)["faults"]
    assert {row["name"] for row in rows} == set(faults.load())
    assert {row["name"] for row in rows if not row["billed"]} >= {"status_429", "outage", "reset"}
    assert len(rows) >= 26


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mode", "wise"], "there is no mode 'wise'"),
        (["--fault", "hagn@3"], "Did you mean 'hang'"),
        (["--fault", "hang@soon"], "cannot read 'soon'"),
        (["--oracle", "nothing"], "needs a function"),
        (["--script", "none.jsonl"], "cannot read 'none.jsonl'"),
        (["--config", "none.toml"], "cannot read 'none.toml'"),
        (["--unsupported", "on", "--no-images"], "--unsupported is ignored or refused"),
        (["--port", "70000"], "port is 70000"),
        (["--host", "192.0.2.1"], "cannot listen on 192.0.2.1"),
    ],
)
def test_wrong_calls_start_nothing(arguments, message):
    found = call("fakeserver", *arguments)
    assert (found.code, found.out) == (2, "")
    assert message in found.err


def test_every_setting_has_a_flag():
    shown = call("fakeserver", "--help").out
    for name in Settings.__slots__:
        dashed = name.replace("_", "-")
        assert f"--{dashed} " in shown or f"--no-{dashed} " in shown or (name == "faults" and "--fault " in shown)


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        (["--no-json-schema"], 400),
        (["--no-json-schema", "--unsupported", "ignored"], 200),
        (["--no-logprobs", "--unsupported", "refused"], 400),
    ],
)
def test_flags_of_abilities(flags, status):
    client = """
import json, os, sys, urllib.error, urllib.request
form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object", "properties": {}}}}
wanted = {"logprobs": True} if "logprobs" in sys.argv[1] else {"response_format": form}
body = {"messages": [{"role": "user", "content": "x"}], **wanted}
try:
    found = urllib.request.urlopen(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json.dumps(body).encode())
    print(found.status)
except urllib.error.HTTPError as error:
    print(error.code)
"""
    process = start(*flags, "--", sys.executable, "-c", client, flags[0])
    assert process.communicate()[0] == f"{status}\n"


def run(code: str, folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=folder)


HIDDEN = """
import sys
sys.modules["aiohttp"] = None
sys.argv = ["burnish", "fakeserver"]
from burnish.cli import main
main()
"""


def test_without_aiohttp_it_says_what_to_install(tmp_path):
    done = run(HIDDEN, tmp_path)
    assert done.returncode == 2
    assert "pip install 'burnish[openai]'" in done.stderr


HELP = """
import sys
from burnish.cli import build
try:
    build()(["--help"])
except SystemExit:
    print("|", *sys.modules)
"""


def test_help_does_not_load_it(tmp_path):
    loaded = set(run(HELP, tmp_path).stdout.rpartition("|")[2].split())
    assert "burnish.cli.fakeserver" in loaded
    assert not loaded & {"aiohttp", "asyncio", "tomllib"}
