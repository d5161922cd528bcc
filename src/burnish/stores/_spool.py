"""What a writer notes of each record until the whole shard is known."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from typing import Final

from burnish.storage.stopping import stopping

_MEMORY_BYTES: Final = 8 << 20


class Spool:
    """Lines of bytes without line feeds, in memory or in a temporary file; gone when it is closed or forgotten."""

    def __init__(self) -> None:
        """Empty."""
        self._file = tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115 -- closed by `close`, or with us
        weakref.finalize(self, self._file.close)  # an abandoned writer never closes it

    def put(self, line: bytes) -> None:
        """Append one line. Raises `StopError` if the disk fails."""
        with stopping("write", tempfile.gettempdir()):
            self._file.write(line + b"\n")

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        yield from self._file

    def close(self) -> None:
        """Forget everything."""
        self._file.close()
