"""Every fenced sh, console and python block of README.md and docs/ is run, in order, from the installed package.

A console block that shows what its commands print is compared with what they do print, but for times and free space;
"..." stands for lines left out. A block that cannot be run carries ``<!-- not run: REASON -->`` on the line before its
fence. A document with ``<!-- needs the extra [train] -->`` runs in the slow tier, which has the extra.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from burnish.fakeserver import FakeServer, Settings

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUN = {"sh", "bash", "shell", "console", "python"}
MAX_NOT_RUN = 6
"""Over all documents: installing, and what needs a service of one's own."""

FENCE = re.compile(
    r"(?:^<!-- not run: (?P<reason>.*?) -->\n+)?^```(?P<language>\w+)[^\n]*\n(?P<body>.*?)^```",
    re.MULTILINE | re.DOTALL,
)

LEFT_OUT = "..."
MEASURED = re.compile(
    r"(?:\d+ h )?(?:\d+ min )?\d[\d.]* s\b|\d+ h \d+ min\b|\d[\d.,]* pairs/s|\d[\d.]* [kMGT]B(?= free)"
)


@dataclass(frozen=True)
class Block:
    language: str
    body: str
    reason: str | None

    def argv(self) -> list[str]:
        if self.language == "python":
            return [sys.executable, "-c", self.body]
        body = self.body
        if self.language == "console":
            body = "\n".join(line[2:] for line in body.splitlines() if line.startswith("$ "))
        return ["bash", "-euo", "pipefail", "-c", body]

    def shown(self) -> list[str]:
        """What a console block says its commands print."""
        lines = self.body.splitlines() if self.language == "console" else []
        return [line for line in lines if line.strip() not in {"", LEFT_OUT} and not line.startswith("$ ")]


def needs_extra(path: Path) -> bool:
    return "<!-- needs the extra [train] -->" in path.read_text(encoding="utf-8")


def documents() -> list[object]:
    """Those with something to run; slow ones marked so."""
    return [
        pytest.param(path, id=path.relative_to(ROOT).as_posix(), marks=[pytest.mark.slow] if needs_extra(path) else [])
        for path in DOCUMENTS
        if blocks(path)
    ]


def blocks(path: Path) -> list[Block]:
    found = FENCE.finditer(path.read_text(encoding="utf-8"))
    return [Block(m["language"], m["body"], m["reason"]) for m in found if m["language"] in RUN]


def environment(home: Path) -> dict[str, str]:
    """A user's, with this interpreter's programs first and no settings of this machine."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BURNISH_", "XDG_"))}
    return {**clean, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)}


def test_the_command_is_installed():
    assert (Path(sys.executable).parent / "burnish").is_file(), "install the project first: make test does"


@pytest.mark.timeout(1200)  # the README's blocks take a minute and a half, on a busy machine many times that
@pytest.mark.parametrize("path", documents())
def test_blocks_run(path, tmp_path):
    if needs_extra(path) and find_spec("torch") is None:
        pytest.skip("the document says that it needs the extra [train]")
    work = tmp_path / "work"
    work.mkdir()
    for block in blocks(path):
        if block.reason is not None:
            continue
        done = subprocess.run(
            block.argv(), cwd=work, env=environment(tmp_path), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block.body}\n--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}"
        printed = iter([unmeasured(line) for line in done.stdout.splitlines()])
        missing = [line for line in block.shown() if unmeasured(line) not in printed]  # in order: the iterator goes on
        assert not missing, f"{block.body}\n--- printed\n{done.stdout}"


def unmeasured(line: str) -> str:
    """A printed line without what is another each time."""
    return MEASURED.sub("#", line.rstrip())


def test_what_is_shown_is_compared_but_for_times():
    block = Block("console", "$ burnish x\nin 3 s\n...\n\nnext: y\n", None)
    assert block.argv()[-1] == "burnish x"
    assert block.shown() == ["in 3 s", "next: y"]
    assert unmeasured("2 shards in 1 min 2.5 s, 15.7 pairs/s, 21 GB free ") == "2 shards in #, #, # free"


def for_servers(text: str) -> list[str]:
    """Commands of burnish that ask a server, in blocks that are run nowhere."""
    bodies = (block.body for block in blocks(ROOT / "docs" / "openai.md") if block.reason is not None)
    lines = (line.split("#")[0] for body in bodies for line in body.replace("\\\n", " ").splitlines())
    return [line.strip() for line in lines if line.startswith("burnish") and text in line]


def test_commands_for_real_servers_are_understood(tmp_path):
    commands = [*for_servers("burnish doctor"), *for_servers("burnish enhance")]
    assert len(commands) >= 5
    shards = tmp_path / "shards"
    shards.mkdir()
    (shards / "00000.tar").write_bytes((ROOT / "src/burnish/sample/broken-00000.tar").read_bytes())
    for command in commands:
        named = re.search(r"backend_options\.model=(\S+)", command)
        dry = "" if "doctor" in command or "--dry-run" in command else " --dry-run"
        with FakeServer(Settings(model_id=named[1] if named else "some-model")) as server:
            done = subprocess.run(
                ["bash", "-euc", command + dry],
                cwd=tmp_path,
                env={**environment(tmp_path), "OPENAI_BASE_URL": server.url},
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert not (tmp_path / "better").exists()


def test_few_blocks_are_left_out_and_each_says_why():
    reasons = [block.reason for path in DOCUMENTS for block in blocks(path) if block.reason is not None]
    assert len(reasons) <= MAX_NOT_RUN
    assert all(len(reason.split()) >= 3 for reason in reasons)


@pytest.mark.parametrize("target", ["demo", "test", "test-all", "check", "bench"])
def test_make_targets_exist(target):
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
