"""JSON lines on stderr and beside the output."""

import json
import logging
from pathlib import Path

import pytest

from burnish.cli import _log


@pytest.fixture(autouse=True)
def _fresh():
    before = list(_log.LOGGER.handlers)
    _log.LOGGER.setLevel(logging.INFO)
    yield
    _log.LOGGER.handlers[:] = before


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def record(message: str, **extra) -> logging.LogRecord:
    return logging.makeLogRecord({"msg": message, "levelno": logging.INFO, "levelname": "INFO", **extra})


def test_one_object_a_line_with_the_known_fields():
    line = json.loads(_log.JsonLines().format(record("shard done", shard="00000.tar", ms=12, other="x")))
    assert line["event"] == "shard done"
    assert line["level"] == "info"
    assert (line["shard"], line["ms"]) == ("00000.tar", 12)
    assert "other" not in line
    assert line["ts"].endswith("+00:00")


def test_odd_text_stays_one_line_and_credentials_are_cut():
    text = "a\nb\x1b[31m \udc80 s3://key:secret@bucket/x https://h/p?sig=secret"
    line = _log.JsonLines().format(record(text, reason=text))
    assert "\n" not in line
    assert "secret" not in line
    assert "\x1b" not in line
    json.loads(line)


def test_nothing_is_written_before_the_run_owns_the_output(tmp_path):
    with _log.beside(str(tmp_path / "out")):
        _log.LOGGER.info("refused")
    assert not (tmp_path / "out").exists()


def test_events_from_before_and_after_opening_are_appended_in_order(tmp_path):
    for run in ("first", "second"):
        with _log.beside(str(tmp_path)) as log:
            _log.LOGGER.info("%s started", run)
            log.open()
            log.open()
            _log.LOGGER.info("%s done", run)
    events = [line["event"] for line in lines(tmp_path / ".burnish" / "run.jsonl")]
    assert events == ["first started", "first done", "second started", "second done"]


def test_a_remote_output_has_its_log_too():
    import fsspec

    with _log.beside("memory://log-test/out") as log:
        log.open()
        _log.LOGGER.info("done")
    assert b'"done"' in fsspec.filesystem("memory").cat("/log-test/out/.burnish/run.jsonl")


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        ({}, ["warning: careful"]),
        ({"quiet": True}, []),
        ({"verbose": True}, ["info: hello", "warning: careful"]),
    ],
)
def test_plain_levels(flags, shown, capsys):
    _log.start(**{"quiet": False, "verbose": False, "as_json": False, **flags})
    _log.LOGGER.info("hello")
    _log.LOGGER.warning("careful")
    assert capsys.readouterr().err.splitlines() == shown
