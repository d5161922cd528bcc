"""Logs: plain lines or JSON lines on stderr, and the same JSON lines beside the output.

One object a line: ts, level, event, then whatever the event carries (run, shard, key, reason, ms). Credentials are
cut from every string.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

LOGGER = logging.getLogger("burnish")
FIELDS = ("run", "shard", "key", "reason", "ms", "counts", "reasons", "exit_code")
"""What an event may carry, as ``extra=`` of the logging call."""


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON with the keys of this module's docstring."""
        import orjson

        from burnish.storage.redact import redacted

        line: dict[str, Any] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(redacted(line), option=orjson.OPT_NON_STR_KEYS, default=str).decode()


class PlainLines(logging.Formatter):
    """``warning: text``, safe for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        from burnish.storage.redact import redact
        from burnish.texts import terminal

        return f"{record.levelname.lower()}: {terminal(redact(record.getMessage()), 1_000)}"


def start(*, quiet: bool, verbose: bool, as_json: bool) -> None:
    """Set up logging for one command. Plain logs show warnings; JSON logs and -v everything; -q errors only."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    everything = verbose or as_json
    handler.setLevel(logging.ERROR if quiet else logging.INFO if everything else logging.WARNING)
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(logging.DEBUG if verbose else logging.INFO)
    LOGGER.propagate = False


def is_quiet() -> bool:
    """Whether -q was given."""
    return bool(LOGGER.handlers) and LOGGER.handlers[0].level >= logging.ERROR


def is_json() -> bool:
    """Whether --log-format json was given."""
    return bool(LOGGER.handlers) and isinstance(LOGGER.handlers[0].formatter, JsonLines)


class RunLog(logging.Handler):
    """Keeps an event's JSON line for ``OUT/.burnish/run.jsonl``; nothing is written before `open`, so that a run
    that is refused leaves nothing behind.
    """

    MAX_WAITING = 1_000

    def __init__(self, output: str) -> None:
        """`output` is the output folder, a path or a URL."""
        super().__init__(logging.INFO)
        self.setFormatter(JsonLines())
        self._output = output
        self._waiting: list[str] = []
        self._file: BinaryIO | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, or hold it until `open`."""
        line = self.format(record) + "\n"
        if self._file is not None:
            self._file.write(line.encode())
            self._file.flush()
        elif len(self._waiting) < self.MAX_WAITING:
            self._waiting.append(line)

    def open(self) -> None:
        """Append to the file from now on; does nothing the second time. The run owns the output when this is called."""
        if self._file is not None:
            return
        from burnish.storage.stopping import stopping

        with stopping("write the run's log below", self._output):
            self._file = _append(self._output)
            self._file.write("".join(self._waiting).encode())
        self._waiting = []

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()


def _append(output: str) -> BinaryIO:
    from burnish.storage.layout import LOG
    from burnish.storage.places import locate

    place = locate(output)
    if place.fs is None:
        path = place.local / LOG
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab")
    return cast(BinaryIO, place.fs.open(f"{place.path.rstrip('/')}/{LOG}", "ab"))


@contextmanager
def beside(output: str) -> Iterator[RunLog]:
    """A `RunLog` that hears every event of ours while the block runs."""
    handler = RunLog(output)
    LOGGER.addHandler(handler)
    try:
        yield handler
    finally:
        LOGGER.removeHandler(handler)
        handler.close()
