"""From an error of the environment to a `StopError` that says what, where and what to do next."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from burnish.errors import StopError
from burnish.storage.redact import redact

_NEXT_STEP = {
    errno.ENOSPC: "Free some space there",
    errno.EDQUOT: "Free some of your quota there",
    errno.EMFILE: "Raise the limit of open files (ulimit -n 4096)",
    errno.ENFILE: "Raise the system's limit of open files",
    errno.EROFS: "Make the folder writable",
    errno.EACCES: "Make it accessible to this user",
    errno.EPERM: "Make it accessible to this user",
    errno.EIO: "Check the disk or the network",
}


@contextmanager
def stopping(what: str, where: str) -> Iterator[None]:
    """Turn any `OSError` inside into a `StopError`: cannot `what` `where`. Our own errors go through as they are."""
    try:
        yield
    except OSError as error:
        raise stop_error(what, where, error) from error


def stop_error(what: str, where: str, error: OSError) -> StopError:
    """The `StopError` for `error`; nothing secret in it."""
    code = error.errno or 0
    name = errno.errorcode.get(code, type(error).__name__)
    reason = redact(error.strerror or str(error))
    step = _NEXT_STEP.get(code, "Put that right")
    return StopError(
        f"cannot {what} {redact(where)}: {reason} ({name}).\n"
        f"{step}, then run the same command again: finished shards are kept."
    )
