"""The command line called in this process, and a small source to call it on."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from typer.testing import CliRunner

from burnish.cli import build


@dataclass(frozen=True)
class Answer:
    """What a call gave: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


def call(*arguments: str | Path, env: dict[str, str] | None = None) -> Answer:
    """``burnish ARGUMENTS``."""
    done = CliRunner().invoke(build(), [str(a) for a in arguments], env=env, prog_name="burnish")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Answer(code=done.exit_code, out=done.stdout, err=done.stderr)


def lay_sample(folder: Path, *names: str) -> Path:
    """The named files of the bundled sample in `folder`; by default the broken shard, the smallest."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or ("broken-00000.tar",):
        (folder / name).write_bytes((files("burnish.sample") / name).read_bytes())
    return folder
