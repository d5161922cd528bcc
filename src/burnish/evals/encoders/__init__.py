"""Models with two towers, one for pictures and one for texts, whose vectors lie in one space. One file each.

An encoder is named NAME or NAME:WHERE ("transformers:clip-folder"); its file defines ``ENCODER``, called with WHERE and
options as strings. Only cosines count here: a scale or a bias of the logits changes no order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt

from burnish import discovery
from burnish.errors import UsageError
from burnish.values import Picture

KIND = "evals.encoders"
AT_ONCE = 64
"""Pictures or texts in one call of a tower."""

Vectors = npt.NDArray[np.float32]
_T = TypeVar("_T")


class Encoder(Protocol):
    """`identity` names the model, its weights' folder by its last part; `side_px` is the longest side of a picture that
    it has any use for.
    """

    identity: str
    side_px: int

    def see(self, pictures: Sequence[Picture]) -> Vectors:
        """A row a picture, (n, d), each of length 1."""
        ...

    def read(self, texts: Sequence[str]) -> Vectors:
        """A row a text, (n, d), each of length 1. What is longer than the tower can read is cut."""
        ...


def load(name: str, options: Mapping[str, str] | None = None) -> Encoder:
    """The encoder called NAME or NAME:WHERE. Raises `UsageError` for one that cannot be, `MissingExtra` without its
    library.
    """
    kind, _, where = name.partition(":")
    make = cast("Callable[[str, Mapping[str, str]], Encoder]", discovery.load(KIND, kind))
    return make(where, dict(options or {}))


def one_of(given: Mapping[str, str], known: Mapping[str, str], name: str) -> dict[str, str]:
    """`given` over the defaults `known`. Raises `UsageError` for an option that the encoder `name` does not have."""
    if unknown := sorted(given.keys() - known.keys()):
        told = ", ".join(known) or "none"
        raise UsageError(f"the encoder {name} has no option {unknown[0]!r}.\nIt has: {told}")
    return {**known, **given}


def unit(rows: npt.NDArray[np.float32]) -> Vectors:
    """Each row divided by its length; a row of zeros stays what it is."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def parts(of: Sequence[_T], size: int = AT_ONCE) -> Iterator[Sequence[_T]]:
    """`of` in pieces of `size`, the last one shorter."""
    yield from (of[first : first + size] for first in range(0, len(of), size))
