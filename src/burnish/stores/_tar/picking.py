"""A few members of a plain local tar by their names, the others passed over: headers are read, payloads are not."""

from __future__ import annotations

import os
import sys
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from burnish.storage.stopping import stopping
from burnish.stores._tar.header import BLOCK, WITHOUT_DATA, parse

MAX_BYTES = 64 << 20
"""A longer member is passed over like all others."""


def pick(path: str, names: Container[str], most: int) -> Iterator[tuple[str, bytes]]:
    """(name, payload) of every plain member whose name, or the last part of it, is in `names`.

    Looks at no more than `most` headers and ends at the first that is none: what is damaged is not searched for.
    """
    with stopping("read", path), _opened(path) as file:
        for name, start, size in _members(file, most):
            if (name in names or name.rpartition("/")[2] in names) and size <= MAX_BYTES:
                yield name, os.pread(file, size, start)


def spans(path: str, most: int) -> Iterator[tuple[str, int, int]]:
    """(name, where it begins, its size) of the plain members that `pick` would look at."""
    with stopping("read", path), _opened(path) as file:
        yield from (found for found in _members(file, most) if found[2] <= MAX_BYTES)


def documents(path: str) -> Iterator[bytes]:
    """The payloads of the plain members that are called ``*.json``, in order."""
    with stopping("read", path), _opened(path) as file:
        for name, start, size in _members(file, sys.maxsize):
            if name.endswith(".json") and size <= MAX_BYTES:
                yield os.pread(file, size, start)


@contextmanager
def _opened(path: str) -> Iterator[int]:
    file = os.open(Path(path), os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield file
    finally:
        os.close(file)


def _members(file: int, most: int) -> Iterator[tuple[str, int, int]]:
    at = 0
    for _ in range(most):
        head = parse(os.pread(file, BLOCK, at))
        if head is None:
            return
        name, size, kind = head
        data = at + BLOCK
        yield name, data, size
        at = data if kind in WITHOUT_DATA else data + ((size + BLOCK - 1) & -BLOCK)
