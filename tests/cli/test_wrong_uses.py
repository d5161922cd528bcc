"""Sixty wrong uses: each ends with the right exit code and one message of at most six lines that says what to do."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.calls import Answer, call, lay_sample


def nothing(_work: Path) -> None:
    """No preparation."""


@dataclass(frozen=True)
class Wrong:
    """A call, what its message must hold, and what to prepare in the working folder."""

    what: str
    arguments: tuple[str, ...]
    says: tuple[str, ...]
    prepare: Callable[[Path], object] = nothing
    env: dict[str, str] = field(default_factory=dict)
    code: int = 2


def write(name: str, content: str | bytes) -> Callable[[Path], object]:
    data = content.encode() if isinstance(content, str) else content
    return lambda work: (work / name).write_bytes(data)


def source(work: Path) -> None:
    lay_sample(work / "in")


def made(*settings: str) -> Callable[[Path], object]:
    """A finished output folder beside its source."""

    def prepare(work: Path) -> None:
        source(work)
        assert run("enhance", "in", "-o", "out", *settings).code in {0, 3}

    return prepare


def table(image: object) -> Callable[[Path], object]:
    """A Parquet file with one caption and `image`."""
    made = pa.table({"caption": ["a red apple"], "image": [image]})
    return lambda work: pq.write_table(made, work / "t.parquet")


def run(*arguments: str) -> Answer:
    return call(*arguments)


def folder(*names: str) -> Callable[[Path], object]:
    return lambda work: [(work / name).mkdir(parents=True) for name in names]


def both(*steps: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda work: [step(work) for step in steps]


FAKE = ("--backend", "fake", "--workers", "1")
PLAIN = ("--recipe", "none", "--workers", "1")
GO = ("enhance", "in", "-o", "out", *FAKE)

WRONG = [
    # commands and flags
    Wrong("no such command", ("enhanse",), ("enhanse", "enhance")),
    Wrong("no such flag", ("enhance", "in", "-o", "out", "--worker", "2"), ("--worker", "--workers")),
    Wrong("flag without its value", ("enhance", "in", "-o"), ("-o",)),
    Wrong("one argument too many", ("enhance", "in", "more", "-o", "out"), ("more",)),
    Wrong("workers not a number", (*GO, "--workers", "two"), ("--workers", "integer")),
    Wrong("workers negative", (*GO, "--workers", "-1"), ("--workers",)),
    Wrong("limit zero", (*GO, "--limit", "0"), ("--limit",)),
    Wrong("limit a word", (*GO, "--limit", "all"), ("--limit", "integer")),
    Wrong("log format unknown", (*GO, "--log-format", "xml"), ("xml", "json")),
    Wrong("verify without a folder", ("verify",), ("OUT",)),
    Wrong("retry without a folder", ("retry",), ("OUT",)),
    Wrong("config without its second word", ("config", "shwo"), ("shwo",)),
    Wrong("train without the clip art", ("train", "builtin", "--clipart", "in"), ("in", "apt-get"), folder("in")),
    Wrong("train something unknown", ("train", "bilt-in"), ("bilt-in",)),
    # what to read and where to write
    Wrong("no source", ("enhance", "-o", "out"), ("source", "burnish enhance")),
    Wrong("no output", ("enhance", "in", *FAKE), ("output", "-o"), source),
    Wrong("nothing to inspect", ("inspect",), ("source", "burnish inspect")),
    Wrong("source missing", ("enhance", "nowhere", "-o", "out", *FAKE), ("nowhere",)),
    Wrong("source missing, inspect", ("inspect", "nowhere"), ("nowhere",)),
    Wrong("source missing, dry run", ("enhance", "nowhere", "-o", "out", *FAKE, "--dry-run"), ("nowhere",)),
    Wrong("source an empty folder", GO, ("in holds no files",), folder("in")),
    Wrong("source a folder of images without texts", GO, ("2 x .jpg", "metadata.csv", "file_name,text"),
          both(folder("in"), write("in/a.jpg", b"x"), write("in/b.jpg", b"y"))),
    Wrong("source a folder of other things", GO, ("in", "--store"), both(folder("in"), write("in/a.docx", b"x"))),
    Wrong("pattern matches nothing", ("enhance", "in/{00000..00003}.tar", "-o", "out", *FAKE), ("in",), folder("in")),
    Wrong("pattern not closed", ("enhance", "in/{00000..0000", "-o", "out", *FAKE), ("in",), folder("in")),
    Wrong("output is the source", ("enhance", "in", "-o", "in", *FAKE), ("in", "new folder"), source),
    Wrong("output inside the source", ("enhance", "in", "-o", "in/out", *FAKE), ("in/out",), source),
    Wrong("source inside the output", ("enhance", "a/in", "-o", "a", *FAKE), ("a",), lambda w: lay_sample(w / "a/in")),
    Wrong("output is a link to the source", ("enhance", "in", "-o", "link", *FAKE), ("link",),
          both(source, lambda w: (w / "link").symlink_to(w / "in"))),
    Wrong("output is a file", GO, ("out",), both(source, write("out", "x"))),
    Wrong("output holds something else", GO, ("out",), both(source, folder("out"), write("out/notes.txt", "x"))),
    Wrong("output on an unknown filesystem", ("enhance", "in", "-o", "nosuch://a/b", *FAKE), ("nosuch",), source),
    Wrong("source on an unknown filesystem", ("enhance", "nosuch://a/b", "-o", "out", *FAKE), ("nosuch",)),
    Wrong("demo into a folder of something else", ("demo", "-o", "out"), ("out", "-o"),
          both(folder("out"), write("out/notes.txt", "x"))),
    Wrong("demo into a file", ("demo", "-o", "out"), ("out", "-o"), write("out", "x")),
    # names
    Wrong("store unknown", (*GO, "--store", "webdatset"), ("webdatset", "webdataset"), source),
    Wrong("backend unknown", ("enhance", "in", "-o", "out", "--backend", "builtn"), ("builtn", "builtin"), source),
    Wrong("recipe unknown", (*GO, "--recipe", "aitq"), ("aitq", "aitqe"), source),
    Wrong("backend of the user's not there",
          ("enhance", "in", "-o", "out", "--backend", "mine:model"), ("mine",), source),
    Wrong("backend of the user's without the object",
          ("enhance", "in", "-o", "out", "--backend", "json:model"), ("model",), source),
    Wrong("backend of the user's that is none", ("enhance", "in", "-o", "out", "--backend", "json:dumps"),
          ("json:dumps", "identity"), source),
    Wrong("backend of the user's that is a function of something",
          ("enhance", "in", "-o", "out", "--backend", "own:f"), ("own:f", "factory", "'request'"),
          both(source, write("own.py", "def f(r):\n    return len(r.text)\n"))),
    Wrong("backend of the user's that wants no options",
          ("enhance", "in", "-o", "out", "--backend", "own:f"), ("own:f", "factory"),
          both(source, write("own.py", "def f():\n    return 3\n"))),
    Wrong("backend of the user's that is not callable",
          ("enhance", "in", "-o", "out", "--backend", "own:f"), ("own:f", "factory"),
          both(source, write("own.py", "f = 3\n"))),
    Wrong("options for a function of one request",
          ("enhance", "in", "-o", "out", "--backend", "own:f", "--set", "backend_options.a=1"), ("own:f", "options"),
          both(source, write("own.py", "def f(request):\n    return 3\n"))),
    Wrong("backend without a module", ("enhance", "in", "-o", "out", "--backend", ":model"), (":model",), source),
    Wrong("backend that only Python can give", ("enhance", "in", "-o", "out", "--backend", "function"),
          ("function", "--backend"), source),
    Wrong("backend option unknown", (*GO, "--set", "backend_options.sidepx=64"), ("sidepx", "side_px"), source),
    Wrong("list of an unknown kind", ("list", "models"), ("models", "backends")),
    Wrong("list an unknown name", ("list", "recipes", "aitq"), ("aitq", "aitqe")),
    # settings
    Wrong("--set without a value", (*GO, "--set", "limit"), ("limit", "key=value"), source),
    Wrong("--set without a key", (*GO, "--set", "=3"), ("key=value",), source),
    Wrong("--set of an unknown key", (*GO, "--set", "rewrite.bellow=2"), ("rewrite.bellow", "rewrite.below"), source),
    Wrong("--set of an unknown group", (*GO, "--set", "rewrites.below=2"), ("rewrites", "rewrite"), source),
    Wrong("--set of a wrong type", (*GO, "--set", "rewrite.below=low"), ("rewrite.below", "low"), source),
    Wrong("--set of a group to a number", (*GO, "--set", "rewrite=3"), ("rewrite",), source),
    Wrong("--set out of range", (*GO, "--set", "batch_size=0"), ("batch_size", "at least 1"), source),
    Wrong("--set out of a group's range", (*GO, "--set", "rewrite.below=30"), ("rewrite.below", "0 to 6"), source),
    Wrong("--set not a number at all", (*GO, "--set", "max_bad=nan"), ("max_bad", "0 to 1"), source),
    Wrong("store option unknown", (*GO, "--set", "store_options.colour=red"), ("colour", "text"), source),
    Wrong("store that does not fit", (*GO, "--store", "parquet"), ("parquet",), source),
    Wrong("text column missing", ("enhance", "t.parquet", "-o", "out", *FAKE, "--set", "store_options.text_column=alt"),
          ("alt", "caption"), table(b"\xff\xd8\xff")),
    Wrong("image column missing", ("enhance", "t.parquet", "-o", "out", *FAKE), ("image_column",), table("a.jpg")),
    Wrong("--config missing", (*GO, "--config", "plan.toml"), ("plan.toml",), source),
    Wrong("--config a folder", (*GO, "--config", "in"), ("in",), source),
    Wrong("--config not TOML", (*GO, "--config", "plan.toml"), ("plan.toml", "TOML"),
          both(source, write("plan.toml", "below = = 3"))),
    Wrong("--config not text", (*GO, "--config", "plan.toml"), ("plan.toml",),
          both(source, write("plan.toml", b"\xff\xfe\x00"))),
    Wrong("--config with an unknown key", (*GO, "--config", "plan.toml"), ("plan.toml", "beckend", "backend"),
          both(source, write("plan.toml", 'beckend = "fake"'))),
    Wrong("burnish.toml with a wrong type", GO, ("burnish.toml", "batch_size"),
          both(source, write("burnish.toml", 'batch_size = "many"'))),
    Wrong("variable with an unknown key", GO, ("BURNISH_BACKND", "backend"), source, {"BURNISH_BACKND": "fake"}),
    Wrong("variable with a wrong value", GO, ("BURNISH_LIMIT", "limit"), source, {"BURNISH_LIMIT": "some"}),
    # output folders
    Wrong("verify what is not there", ("verify", "nowhere"), ("nowhere",)),
    Wrong("verify another folder", ("verify", "in"), ("in",), source),
    Wrong("retry what is not there", ("retry", "nowhere"), ("nowhere",)),
    Wrong("retry another folder", ("retry", "in"), ("in",), source),
    Wrong("resume with another recipe", ("enhance", "in", "-o", "out", *PLAIN), ("recipe",), made(*FAKE)),
    Wrong("resume with another threshold", (*GO, "--set", "rewrite.below=2"), ("rewrite.below",), made(*FAKE)),
    Wrong("dry run that would refuse", (*GO, "--dry-run", "--set", "rewrite.below=2"), ("rewrite.below",), made(*FAKE)),
    Wrong("more bad pairs than allowed", (*GO, "--set", "max_bad=0.01"), ("max_bad",), source, code=3),
]  # fmt: skip


def test_there_are_sixty():
    assert len(WRONG) >= 60
    assert len({wrong.what for wrong in WRONG}) == len(WRONG)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.what)
def test_one_short_message_with_the_fix(wrong):
    wrong.prepare(Path())
    before = everything()
    answer = call(*wrong.arguments, env=wrong.env)
    assert answer.code == wrong.code, answer
    lines = [line for line in answer.err.splitlines() if line.strip()]
    assert 1 <= len(lines) <= 6, answer.err
    assert all(word in answer.err for word in wrong.says), answer.err
    assert "Traceback" not in answer.err + answer.out
    if wrong.code == 2:
        assert everything() == before, "a refused call touched something"


def everything() -> dict[str, int]:
    """What Python keeps of a user's own module that it was told to load is no trace of ours."""
    found = (path for path in Path().rglob("*") if "__pycache__" not in path.parts)
    return {str(path): path.lstat().st_size for path in found}


def may_do_everything() -> bool:
    """Whether this user is not held by permissions (root is not)."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0)
        return os.access(folder, os.R_OK)


@pytest.mark.skipif(may_do_everything(), reason="this user may read and write everything")
@pytest.mark.parametrize(("locked", "arguments"), [("in", GO), (".", GO), (".", ("demo",))])
def test_no_permission(locked, arguments):
    lay_sample(Path("in"))
    Path(locked).chmod(0o500 if locked == "." else 0)
    try:
        answer = call(*arguments)
    finally:
        Path(locked).chmod(0o700)
    assert answer.code in {2, 75}
    assert 1 <= len(answer.err.splitlines()) <= 6
    assert "Traceback" not in answer.err


def test_a_missing_extra_prints_its_pip_line(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    Path("clipart/svg").mkdir(parents=True)
    answer = call("train", "builtin", "--clipart", "clipart")
    assert answer.code == 2
    assert "pip install 'burnish[train]'" in answer.err


def test_a_changed_output_is_exit_4():
    made(*FAKE)(Path())
    tar = next(Path("out").glob("*.tar"))
    data = bytearray(tar.read_bytes())
    data[len(data) // 2] ^= 1
    tar.write_bytes(data)
    answer = call("verify", "out")
    assert answer.code == 4
    assert tar.name in answer.out
    assert len(answer.err.splitlines()) <= 6


def test_a_lost_source_stops_a_retry():
    made(*FAKE)(Path())
    shutil.rmtree("in")
    answer = call("retry", "out")
    assert answer.code in {2, 75}
    assert "in" in answer.err
    assert "Traceback" not in answer.err
