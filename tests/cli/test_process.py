"""`burnish` as a process of its own: streams, signals, exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import burnish
from tests.cli.calls import lay_sample

ALL_BAD = ("--set", "max_bad=1")  # a quarter of the broken shard is bad

MODEL = """
import time
from burnish.backends.fake import FakeBackend
from burnish.errors import StopError

class Slow(FakeBackend):
    def answer(self, requests):
        time.sleep(0.1)
        return super().answer(requests)

class Gone(FakeBackend):
    def answer(self, requests):
        raise StopError("the model's server is gone.\\nStart it, then run the same command again.")

class Wrong(FakeBackend):
    def answer(self, requests):
        raise ValueError("a fault of the model's own")
"""


def start(*arguments: str, **environment: str) -> subprocess.Popen:
    path = os.pathsep.join([str(Path(burnish.__file__).parents[1]), "."])
    return subprocess.Popen(
        [sys.executable, "-m", "burnish", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path, **environment},
    )


def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    process = start(*arguments, **environment)
    out, err = process.communicate()
    return process.returncode, out, err


def enhance(model: str) -> list[str]:
    Path("mymodel.py").write_text(MODEL)
    lay_sample(Path("in"))
    return [
        "enhance",
        "in",
        "-o",
        "out",
        "--backend",
        f"mymodel:{model}",
        "--workers",
        "1",
        "--set",
        "batch_size=2",
        *ALL_BAD,
    ]


def test_version_and_help():
    assert run("--version") == (0, f"burnish {burnish.__version__}\n", "")
    code, out, _ = run("--help")
    assert code == 0
    for number in ("0 ", "1 ", "2 ", "3 ", "4 ", "75 ", "130 "):
        assert f"\n    {number}" in out
    for command in ("assess", "config", "demo", "doctor", "enhance", "inspect", "list", "retry", "train", "verify"):
        assert f"\n  {command} " in out


@pytest.mark.parametrize(
    "command",
    [
        "assess",
        "demo",
        "doctor",
        "enhance",
        "inspect",
        "list",
        "mix",
        "recaption",
        "report",
        "retry",
        "scenes",
        "verify",
    ],
)
def test_each_command_has_help_and_at_most_ten_flags_of_its_own(command):
    code, out, _ = run(command, "--help")
    assert code == 0
    sections = out.partition("\nOptions:\n")[2].split("\n\n")
    flags = [[line for line in section.splitlines() if line.startswith("  -")] for section in sections]
    shared = ("  -q,", "  -v,", "  --log-format", "  -h,")
    assert all(0 < len([flag for flag in found if not flag.startswith(shared)]) <= 10 for found in flags if found)
    assert len(flags[0]) > 4


def test_options_that_belong_together_stand_together():
    _, out, _ = run("enhance", "--help")
    heads = [line for line in out.splitlines() if line.endswith(":") and not line.startswith(" ")]
    asked, lists, where, cost = "What else the model is asked:", "Lists of URLs:", "Where it runs:", "What it may cost:"
    assert heads == ["Arguments:", "Options:", asked, lists, where, cost]
    asked, lists, where, cost = (out.split(head)[1].split("\n\n")[0] for head in heads[2:])
    assert all(flag in asked for flag in ("--explain", "--blind", "--ocr", "--fuse"))
    assert all(flag in lists for flag in ("--fetch", "--fetch-allow"))
    assert all(flag in where for flag in ("--engine", "--workers"))
    assert all(flag in cost for flag in ("--price-in", "--price-out", "--max-cost", "--max-tokens"))


def test_data_on_stdout_everything_else_on_stderr():
    lay_sample(Path("in"))
    code, out, err = run("enhance", "in", "-o", "out", "--backend", "fake", "--json", "--log-format", "json", *ALL_BAD)
    assert code == 0, err
    assert json.loads(out)["counts"]["total"] == 21
    lines = [json.loads(line) for line in err.splitlines()]
    events = [line["event"] for line in lines]
    assert events == ["run started", "run opened: 1 of 1 shards to do", "shard done", "run done"]
    assert lines[2]["shard"] == "broken-00000.tar"
    assert lines[2]["run"] == lines[1]["run"]
    assert lines[2]["counts"]["total"] == 21
    assert lines[2]["reasons"]["no_image"] == 2
    beside = [json.loads(line)["event"] for line in Path("out/.burnish/run.jsonl").read_text().splitlines()]
    assert beside == events


def test_no_colours_and_no_bars_in_pipes():
    lay_sample(Path("in"))
    code, out, err = run("enhance", "in", "-o", "out", "--backend", "fake", *ALL_BAD)
    assert code == 0
    assert "\x1b" not in out + err
    assert out.splitlines()[0].startswith("in 21 = out ")
    assert out.splitlines()[-1].startswith("next: burnish report out")


def test_a_reader_that_leaves_is_no_error():
    process = start("config", "show")
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait() in {0, 1, -signal.SIGPIPE}
    assert "Traceback" not in err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_then_the_same_command_goes_on(stop):
    arguments = enhance("Slow")
    process = start(*arguments)
    log = Path("out/.burnish/run.jsonl")
    while not log.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(stop)
    _, err = process.communicate()
    assert process.returncode == 130, err
    assert 1 <= len(err.splitlines()) <= 6
    assert "Traceback" not in err
    code, out, err = run(*arguments)
    assert code == 0, err
    assert out.startswith("in 21 = ")
    assert run("verify", "out")[0] == 0


def test_an_environment_fault_is_75():
    code, _, err = run(*enhance("Gone"))
    assert code == 75
    assert err.startswith("error: the model's server is gone.\nStart it")


def test_a_bug_is_1_with_a_traceback_only_when_asked_for():
    arguments = enhance("Wrong")
    code, _, err = run(*arguments)
    assert code == 1
    assert "ValueError: a fault of the model's own" in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 6
    _, _, err = run(*arguments, "-v")
    assert "Traceback" in err


@pytest.mark.parametrize("package", ["pyarrow", "onnxruntime", "simplejpeg"])
def test_a_missing_package_is_2_with_its_pip_line(package):
    """Here, and in the child process that decodes images (simplejpeg)."""
    lay_sample(Path("in"))
    gone = f"raise ModuleNotFoundError({f'No module named {package!r}'!r}, name={package!r})"
    Path("gone").mkdir()
    Path("gone", f"{package}.py").write_text(gone, encoding="utf-8")
    backend = () if package == "onnxruntime" else ("--backend", "fake")
    code, _, err = run("enhance", "in", "-o", "out", *backend, PYTHONPATH=str(Path("gone").resolve()))
    assert code == 2, err
    assert f"'{package}' is not installed" in err
    assert "pip install burnish" in err
    assert not list(Path("out").glob("*.tar"))


def test_completion_is_offered_and_completes():
    code, out, _ = run("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert code == 0
    assert "_BURNISH_COMPLETE=complete_bash" in out
    words = {"_BURNISH_COMPLETE": "complete_bash", "COMP_WORDS": "burnish enh", "COMP_CWORD": "1"}
    assert run(**words)[1].split() == ["enhance"]


def test_terminal_escapes_in_captions_stay_out_of_the_terminal():
    lay_sample(Path("in"))
    code, out, err = run("enhance", "in", "-o", "out", "--backend", "fake", "--dry-run")
    assert code == 0, err
    assert "\x1b" not in out
    assert "\u202e" not in out
