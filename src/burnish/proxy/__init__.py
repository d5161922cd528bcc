"""Proxies: small models trained on captions to see what the captions are worth. One file each.

A proxy never stands for the model that will be trained in the end: it says which of several texts for the same pictures
taught the same small model more, at equal steps. Its file defines ``PROXY``, a class that takes options as keywords and
is a `Proxy`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from burnish import discovery
from burnish.errors import UsageError

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What is trained on once: the picture of row ``pictures[i]`` with ``texts[i]``. A picture may come several times
    or not at all.
    """

    pictures: Rows
    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.pictures) != len(self.texts):
            raise ValueError(f"{len(self.pictures)} pictures cannot go with {len(self.texts)} texts.")


class Student(Protocol):
    """What has been trained."""

    def scores(self, seen: Floats, texts: Sequence[str]) -> Floats:
        """How well each text fits each picture, (pictures, texts); higher is better, the scale is its own."""
        ...


class Proxy(Protocol):
    """A way to train a small model. `identity` names it with everything that can change a figure; `side_px` is the
    longest side of a picture that it wants to see. It can be sent to another process.
    """

    identity: str
    side_px: int

    def look(self, pictures: Iterable[npt.NDArray[np.uint8]]) -> Floats:
        """What it needs to know of each RGB picture (height, width, 3), one row a picture: done once for all runs."""
        ...

    def train(self, seen: Floats, epochs: Sequence[Epoch], seed: int) -> Student:
        """A student after the proxy's number of steps, the epochs taken in turn as often as that needs.

        `seen` is what `look` gave. Seed, pictures and texts decide everything. Raises `MissingExtra` without its
        library, `UsageError` if there is too little to train on.
        """
        ...


def load(name: str, options: Mapping[str, object] | None = None) -> Proxy:
    """The proxy called `name`. Raises `UsageError` for an unknown name or option."""
    kind = discovery.load("proxy", name)
    try:
        return cast("Proxy", kind(**(options or {})))  # type: ignore[operator]
    except TypeError as error:
        raise UsageError(f"proxy {name}: {error}.") from error
