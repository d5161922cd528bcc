"""In which language each text is, found out while people already review: 0.3 ms a text, in a child of low priority.

What was found stays in the index, so that a million pairs are gone through once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

import orjson

from burnish.guards import language
from burnish.review.index import Index

AT_ONCE = 1_000
UNSURE = "?"
"""Of texts too short, or too mixed, to say."""
_NICE = 15
_REMEMBERED = 1 << 17
"""Texts: on the web the same ones come again and again."""


class Languages:
    """Works in a thread of its own from `start` to the last text or `close`."""

    def __init__(self, index: Index) -> None:
        """Nothing is started."""
        self._index = index
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="languages", daemon=True)

    def start(self) -> None:
        """Go on where an earlier review stopped."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the texts that are being looked at."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def is_done(self) -> bool:
        """Whether every text was looked at."""
        return self.known() == self._index.rows

    def known(self) -> int:
        """How many were."""
        found = self._index.cursor().execute("SELECT count(*) FROM languages").fetchone()
        assert found is not None
        return int(found[0])

    def _run(self) -> None:
        at = self.known()
        if at >= self._index.rows:
            return
        with _child() as child:
            while at < self._index.rows and not self._ending.is_set():
                texts = self._texts(at)
                codes = _asked(child, [text for _, text in texts])
                if len(codes) != len(texts):  # it was killed: the next review goes on
                    break
                self._keep([each for each, _ in texts], codes)
                at += len(texts)

    def _texts(self, at: int) -> list[tuple[int, str]]:
        asked = "SELECT id, chosen FROM pairs WHERE id >= ? AND id < ? ORDER BY id"
        return self._index.cursor().execute(asked, [at, at + AT_ONCE]).fetchall()

    def _keep(self, ids: Sequence[int], codes: Sequence[str]) -> None:
        asked = "INSERT INTO languages SELECT unnest($ids), unnest($codes)"
        self._index.cursor().execute(asked, {"ids": list(ids), "codes": list(codes)})


def codes_of(texts: Sequence[str]) -> list[str]:
    """The language of each text (ISO 639-1), `UNSURE` where it cannot be told."""
    return [_code(text) for text in texts]


@lru_cache(_REMEMBERED)
def _code(text: str) -> str:
    return language(text) or UNSURE


def _child() -> subprocess.Popen[bytes]:
    """A process of this module, which ends with its input. A Ctrl-C for the review is not for it."""
    command = [sys.executable, "-m", __name__]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603


def _asked(child: subprocess.Popen[bytes], texts: Sequence[str]) -> list[str]:
    """The child's answer; fewer than there are texts if it is gone."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(orjson.dumps(list(texts), option=orjson.OPT_APPEND_NEWLINE))
        child.stdin.flush()
    except BrokenPipeError:
        return []
    line = child.stdout.readline()
    return cast("list[str]", orjson.loads(line)) if line.endswith(b"\n") else []


def main() -> None:
    """The child: a list of texts a line in, their languages a line out."""
    os.nice(_NICE)
    for line in sys.stdin.buffer:
        try:
            sys.stdout.buffer.write(orjson.dumps(codes_of(orjson.loads(line)), option=orjson.OPT_APPEND_NEWLINE))
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # the review was killed: nobody is left to be told, and nothing is to be flushed
            os._exit(0)


if __name__ == "__main__":
    main()
