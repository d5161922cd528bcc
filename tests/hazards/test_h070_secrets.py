"""Hazard 70: a key is found nowhere but where it is sent: no log, message, plan, cache, table or process list.

Every way below has a canary as its API key, or in a URL, at the most talkative level. Afterwards all that was printed
and every file that was written is searched for it, plain, in base64 and as it stands in a URL, tables unpacked.
"""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest

from burnish import confined
from burnish.fakeserver import FakeServer, Settings
from tests.cli.calls import Answer, call, lay_sample
from tests.cli.conftest import _own_settings

__all__ = ["_own_settings"]

CANARY = "sk-CANARY+4f/9aQ7~zz=eh2"
LOUD = ("-v", "--log-format", "json")
SERVER = ("--backend", "openai", "--set", "backend_options.patience_s=0.3", "--set", "backend_options.backoff_s=0.01")
RUN = ("enhance", "in", "-o", "out", "--workers", "1", "--limit", "3", "--set", "max_bad=1", *SERVER)
NO_SERVER = ("enhance", "in", "-o", "out", "--backend", "fake")

JUDGE = """
import os
KEY = os.environ["OPENAI_API_KEY"]
def raises(request):
    raise RuntimeError("cannot log in with " + KEY)
def missing(request):
    import a_module_that_is_not_there
def writes(request):
    return KEY
"""


def forms_of(secret: str) -> set[str]:
    """How a secret may stand somewhere: as it is, for a URL, in base64 at each of the three alignments, in json."""
    raw = secret.encode()
    coded = {base64.b64encode(b"x" * shift + raw).decode()[4 * bool(shift) : -6] for shift in range(3)}
    return {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], secret[3:18], *coded}


def texts_of(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    yield data.decode("utf-8", "replace")
    if path.name.endswith(".gz"):
        yield gzip.decompress(data).decode("utf-8", "replace")
    if data[:4] == b"PAR1":
        table = pq.read_table(path)
        yield f"{table.schema.metadata} {table.to_pylist()}"


def hits(said: Answer, folder: Path) -> list[str]:
    told = {"stdout": [said.out], "stderr": [said.err]}
    files = {p.as_posix(): [p.as_posix(), *texts_of(p)] for p in folder.rglob("*") if p.is_file()}
    return [
        place
        for place, texts in (told | files).items()
        if place.rpartition("/")[2] not in {"judge.py", "keyed.toml"}  # the user's own files
        and any(form in text for form in forms_of(CANARY) for text in texts)
    ]


WAYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # name: (what the server does wrong, the command); "URL" is the server's address, "KEY" the canary
    "a run": ((), RUN),
    "a run with reasons and blind looks": ((), (*RUN, "--explain", "--blind")),
    "a run in worker processes": ((), ("enhance", "in", "-o", "out", "--workers", "2", "--set", "max_bad=1", *SERVER)),
    "its summary as json": ((), (*RUN, "--json")),
    "a dry run": ((), (*RUN, "--dry-run")),
    "a dry run as json": ((), (*RUN, "--dry-run", "--json")),
    "scores only": ((), ("assess", "in", "-o", "out", "--limit", "3", "--set", "max_bad=1", *SERVER)),
    "captions": ((), ("recaption", "in", "-o", "out", "--format", "ssc", "--limit", "3", *SERVER)),
    "a check-up": ((), ("doctor", *SERVER)),
    "a check-up as json": ((), ("doctor", "--json", *SERVER)),
    "the settings": ((), ("config", "show", *SERVER)),
    "a look at the source": ((), ("inspect", "in")),
    "the wrong key": (("status_401@1-",), RUN),
    "the wrong key at a check-up": (("status_401@1-",), ("doctor", *SERVER)),
    "a forbidden key": (("status_403@3-",), RUN),
    "no such model": (("model_not_found@2-",), RUN),
    "an empty account": (("insufficient_quota@3-",), RUN),
    "a server that breaks": (("status_500@3-",), RUN),
    "a server that hangs up": (("reset@3-",), RUN),
    "a server that speaks html": (("html_200@2-",), RUN),
    "hours of waiting": (("status_429_hours@2-",), RUN),
    "another model": (("other_model@4-",), RUN),
    "no server": ((), (*RUN, "--set", "backend_options.base_url=http://127.0.0.1:9/v1")),
    "a key in the server's address": ((), (*RUN, "--set", "backend_options.base_url=http://user:KEY@127.0.0.1:9/v1")),
    "a key in its query": ((), (*RUN, "--set", "backend_options.base_url=http://127.0.0.1:9/v1?key=KEY")),
    "a key as an option": ((), (*RUN, "--set", "backend_options.api_key=KEY")),
    "a key as an unknown option": ((), (*RUN, "--set", "backend_options.password=KEY")),
    "a key as an unknown setting": ((), (*NO_SERVER, "--set", "api_key=KEY")),
    "a key in a source's address": ((), ("enhance", "nfs://user:KEY@host/x.tar", "-o", "out", "--backend", "fake")),
    "a presigned source": ((), ("inspect", "memory://bucket/x.tar?X-Amz-Signature=KEY")),
    "a key in an output's address": ((), ("enhance", "in", "-o", "nfs://user:KEY@host/out", "--backend", "fake")),
    "a plan file with a key": ((), ("enhance", "in", "-o", "out", "--config", "keyed.toml")),
    "a judge that raises it": ((), ("enhance", "in", "-o", "out", "--backend", "judge:raises")),
    "a judge that lacks a module": ((), ("enhance", "in", "-o", "out", "--backend", "judge:missing")),
}  # fmt: skip
FEW = ("a run", "the wrong key", "a key as an option", "a key in the server's address", "a judge that raises it")


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder with a source, a judge and a plan that knows too much."""
    lay_sample(tmp_path / "work" / "in")
    (tmp_path / "work" / "judge.py").write_text(JUDGE)
    (tmp_path / "work" / "keyed.toml").write_text(f'[backend_options]\nbase_url = "http://u:{CANARY}@h/v1"\n')
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "work"))
    monkeypatch.delitem(sys.modules, "judge", raising=False)
    return tmp_path


def gone_through(place: Path, way: str) -> Answer:
    faults, command = WAYS[way]
    with FakeServer(Settings(faults=faults, api_key=CANARY)) as server:
        said = [part.replace("KEY", CANARY).replace("URL", server.url) for part in command]
        return call(*said, *LOUD, env={"OPENAI_API_KEY": CANARY, "OPENAI_BASE_URL": server.url})


@pytest.mark.parametrize(
    "way", [way if way in FEW else pytest.param(way, marks=pytest.mark.full("F17")) for way in WAYS]
)
def test_a_key_is_found_nowhere(place, way, record_property):
    said = gone_through(place, way)
    assert said.out + said.err
    assert hits(said, place) == []
    record_property("ways", 1)
    record_property("found", 0)


def test_there_are_enough_ways_good_and_bad():
    assert len(WAYS) >= 30


def test_a_key_is_found_where_there_is_one(tmp_path):
    """The search itself: in a file, in a table's cell, in base64, in a name."""
    import pyarrow as pa

    nothing = Answer(code=0, out="", err="")
    (tmp_path / "a.txt").write_text(base64.b64encode(b"say" + CANARY.encode()).decode())
    pq.write_table(pa.table({"x": [f"the key {CANARY}"]}), tmp_path / "b.parquet", compression="zstd")
    (tmp_path / "c.bin").write_bytes(quote(CANARY, safe="").encode())
    assert len(hits(nothing, tmp_path)) == 3
    assert hits(Answer(code=0, out=f"x{CANARY}y", err=""), tmp_path / "none") == ["stdout"]


def test_children_that_touch_strangers_bytes_get_no_key(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    assert CANARY not in str(confined.environment())


SEEN = """
import json, sys
from pathlib import Path
from burnish import plan
from burnish.engines import local

CHILD = bytes(1).join([b"-m", b"burnish.images.child"])

def told(process):
    try:
        kept = Path(f"/proc/{process}/environ").read_bytes() if CHILD in line(process) else b""
        return line(process) + kept
    except OSError:
        return b""

def line(process):
    return Path(f"/proc/{process}/cmdline").read_bytes() + Path(f"/proc/{process}/comm").read_bytes()

seen, children = b"", 0
def tick(counts):
    global seen, children
    for process in [p.name for p in Path("/proc").iterdir() if p.name.isdecimal()]:
        told_now = told(process)
        children += CHILD in told_now
        seen += told_now
settings = {"source": sys.argv[1], "output": sys.argv[2], "backend": "openai", "limit": 40}
local.run(plan.build(settings), on_progress=tick)
print(json.dumps({"children": children, "found": sys.stdin.read().encode() in seen}))
"""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux to look at other processes")
def test_no_process_shows_the_key(tmp_path, monkeypatch):
    """While a run is at work: command lines and titles of all processes, and the environment of the decoder."""
    source = lay_sample(tmp_path / "in")
    with FakeServer(Settings(api_key=CANARY)) as server:
        monkeypatch.setenv("OPENAI_API_KEY", CANARY)
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        done = subprocess.run(
            [sys.executable, "-c", SEEN, source, tmp_path / "out"],
            input=CANARY[3:18],  # not as an argument, where it would be found
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["children"] > 0
    assert CANARY not in done.stderr
    assert not found["found"]
