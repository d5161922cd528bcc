"""The Hugging Face Hub, by its own client in processes of their own, against a loopback server that speaks its HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import fsspec
import pytest

from burnish.errors import VerifyError
from burnish.publish.contents import Parcel, contents
from burnish.publish.hub import HubFar
from burnish.storage.layout import CARD, CROISSANT, PUSHED, SEAL
from burnish.storage.opening import open_files
from tests.loopback_hub import TOKEN, Hub, loopback_hub
from tests.publish.sets import output, same_set, tree

pytest.importorskip("huggingface_hub", reason="the hf extra is not installed")
SET = "hf://me/pairs"
ID = "me/pairs"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with loopback_hub() as running:
        yield running


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return output(tmp_path)


def environment(hub: Hub, home: Path) -> dict[str, str]:
    """The client's settings are read when it is imported: hence a process each."""
    own = {"HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN, "HF_HOME": str(home / "hf"), "HF_HUB_DISABLE_TELEMETRY": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return {**kept, **own, "HF_HUB_DISABLE_XET": "1"}


def run(hub: Hub, home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "burnish", *map(str, arguments)],
        env=environment(hub, home), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert TOKEN not in done.stdout + done.stderr
    return done


def test_a_set_goes_to_the_hub_and_comes_back(hub: Hub, out: Path, tmp_path: Path) -> None:
    planned = run(hub, tmp_path, "push", out, SET, "--dry-run", "--json")
    assert planned.returncode == 0, planned.stderr
    assert not hub.repos, "a dry run makes nothing"
    done = run(hub, tmp_path, "push", out, SET, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["sent"] == json.loads(planned.stdout)["sent"]
    repo = hub.repos[ID]
    assert repo.private
    assert {".gitattributes", CARD, CROISSANT, PUSHED, SEAL, "00000.tar"} <= set(repo.files)
    assert repo.files["00000.tar"] == (out / "00000.tar").read_bytes()
    assert hub.tokens == {TOKEN, ""}, "none for the places that large files are put to"
    back = run(hub, tmp_path, "pull", SET, "-o", tmp_path / "copy")
    assert back.returncode == 0, back.stderr
    assert same_set(out, tmp_path / "copy")
    assert TOKEN.encode() not in b"".join([*repo.files.values(), *tree(tmp_path / "copy").values()])
    checked = run(hub, tmp_path, "verify", "hf://datasets/me/pairs")
    assert checked.returncode == 0, checked.stderr + checked.stdout


def test_the_second_push_sends_nothing(hub: Hub, out: Path, tmp_path: Path) -> None:
    run(hub, tmp_path, "push", out, SET)
    commits, uploads = hub.repos[ID].commits, len(hub.uploads)
    again = run(hub, tmp_path, "push", out, SET, "--json")
    assert json.loads(again.stdout)["sent"] == {}
    assert (hub.repos[ID].commits, len(hub.uploads)) == (commits, uploads)


@pytest.mark.parametrize("fault", [500, -500], ids=["before", "after"])
def test_commits_that_fail_are_made_once(hub: Hub, out: Path, tmp_path: Path, fault: int) -> None:
    """Every second commit is answered with 500, whether it was made or not."""
    seen: list[str] = []

    def failing(method: str, path: str) -> int:
        if method == "POST" and "/commit/" in path:
            seen.append(path)
            return fault if len(seen) % 2 else 0
        return 0

    hub.fault = failing
    done = run(hub, tmp_path, "push", out, SET)
    assert done.returncode == 0, done.stderr
    hub.fault = lambda _method, _path: 0
    assert run(hub, tmp_path, "pull", SET, "-o", tmp_path / "copy").returncode == 0
    assert same_set(out, tmp_path / "copy")


def test_a_hub_that_stays_down_stops_the_push_and_the_same_command_goes_on(hub: Hub, out: Path, tmp_path: Path) -> None:
    hub.fault = lambda method, path: 500 if method == "POST" and "/commit/" in path and hub.repos[ID].commits > 2 else 0
    done = run(hub, tmp_path, "push", out, SET)
    assert done.returncode == 75, done.stderr
    assert SEAL not in hub.repos[ID].files
    early = run(hub, tmp_path, "pull", SET, "-o", tmp_path / "early")
    assert early.returncode in {2, 4}
    hub.fault = lambda _method, _path: 0
    uploads = sorted(hub.uploads)
    assert run(hub, tmp_path, "push", out, SET).returncode == 0
    assert sorted(hub.uploads) == uploads, "what was uploaded is not uploaded again"
    assert run(hub, tmp_path, "pull", SET, "-o", tmp_path / "copy").returncode == 0
    assert same_set(out, tmp_path / "copy")


def test_a_push_that_is_killed_has_no_seal_and_goes_on(hub: Hub, out: Path, tmp_path: Path) -> None:
    reached, never = threading.Event(), threading.Event()

    def hanging(method: str, path: str) -> int:
        if method == "POST" and "/commit/" in path and hub.repos[ID].commits > 2:
            reached.set()
            never.wait(60)
        return 0

    hub.fault = hanging
    child = subprocess.Popen([sys.executable, "-m", "burnish", "push", str(out), SET], env=environment(hub, tmp_path))
    assert reached.wait(60)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert SEAL not in hub.repos[ID].files
    hub.fault = lambda _method, _path: 0
    never.set()
    assert run(hub, tmp_path, "push", out, SET).returncode in {0, 75}, "the lost commit may come in between"
    assert run(hub, tmp_path, "push", out, SET).returncode == 0
    assert run(hub, tmp_path, "pull", SET, "-o", tmp_path / "copy").returncode == 0
    assert same_set(out, tmp_path / "copy")


def test_a_changed_byte_on_the_hub_is_found(hub: Hub, out: Path, tmp_path: Path) -> None:
    run(hub, tmp_path, "push", out, SET)
    files = hub.repos[ID].files
    files["00000.tar"] = files["00000.tar"][:-1] + b"\1"
    done = run(hub, tmp_path, "pull", SET, "-o", tmp_path / "copy")
    assert done.returncode == 4
    assert "00000.tar has other bytes than were committed" in done.stderr
    assert not (tmp_path / "copy" / "00000.tar").exists()
    mended = run(hub, tmp_path, "push", out, SET, "--json")
    assert "00000.tar" in json.loads(mended.stdout)["sent"]


def test_a_token_that_may_not_write_is_told_of_and_never_shown(hub: Hub, out: Path, tmp_path: Path) -> None:
    hub.fault = lambda method, _path: 403 if method == "POST" else 0
    done = run(hub, tmp_path, "push", out, SET)
    assert done.returncode == 2
    assert "hf auth login" in done.stderr
    assert run(hub, tmp_path, "push", out, SET, "-v").returncode == 2


def test_a_public_data_set_is_written_only_if_asked(hub: Hub, out: Path, tmp_path: Path) -> None:
    done = run(hub, tmp_path, "push", out, SET, "--public")
    assert done.returncode == 0, done.stderr
    assert not hub.repos[ID].private
    again = run(hub, tmp_path, "push", out, SET)
    assert again.returncode == 2
    assert "--public" in again.stderr


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(hub: Hub, out: Path, tmp_path: Path) -> None:
    def meddling(method: str, path: str) -> int:
        if method == "POST" and "/commit/" in path and hub.repos[ID].commits == 2:
            hub.repos[ID].commits += 1
        return 0

    hub.fault = meddling
    done = run(hub, tmp_path, "push", out, SET)
    assert done.returncode == 75
    assert "changed by someone else" in done.stderr
    assert SEAL not in hub.repos[ID].files


def test_a_file_of_a_remote_output_is_held_against_its_digest_before_it_is_sent(out: Path) -> None:
    place = f"memory://{uuid.uuid4().hex}"
    fs, root = fsspec.url_to_fs(place)
    entry = next(entry for entry in contents(open_files(out)).data if entry.name == "00000.tar")
    whole = (out / "00000.tar").read_bytes()
    far = HubFar(ID, open_files(place), public=False)
    with ExitStack() as stack:
        fs.pipe(f"{root}/00000.tar", whole)
        taken = far._addition(Parcel(entry=entry), stack)
        assert Path(taken.path_or_fileobj).read_bytes() == whole
        fs.pipe(f"{root}/00000.tar", whole[:-1] + b"\1")
        with pytest.raises(VerifyError, match="other bytes"):
            far._addition(Parcel(entry=entry), stack)


def test_a_data_set_of_others_is_left_alone(hub: Hub, out: Path, tmp_path: Path) -> None:
    from tests.loopback_hub import Repo

    hub.repos[ID] = Repo(private=True, files={".gitattributes": b"", CARD: b"# mine", "data.csv": b"a,b"})
    done = run(hub, tmp_path, "push", out, SET)
    assert done.returncode == 2
    assert "data.csv" in done.stderr
    assert hub.repos[ID].commits == 1
