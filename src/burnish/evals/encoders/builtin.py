"""The towers of the built-in model, in the space in which its matcher compares them. No extra, no options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from burnish.backends.builtin.judge import Judge
from burnish.backends.builtin.vision import SIDE_PX
from burnish.evals.encoders import Vectors, one_of, unit
from burnish.values import Picture


class Builtin:
    """See the module."""

    side_px = 2 * SIDE_PX

    def __init__(self, _where: str, options: Mapping[str, str]) -> None:
        """Loads the weights."""
        one_of(options, {}, "builtin")
        self._judge = Judge()
        self.identity = f"builtin@{self._judge.digest[:12]}"

    def see(self, pictures: Sequence[Picture]) -> Vectors:
        """One at a time."""
        return unit(np.stack([seen.joint for seen in self._judge.look([picture.rgb for picture in pictures])]))

    def read(self, texts: Sequence[str]) -> Vectors:
        """One at a time."""
        return unit(np.stack([read.joint for read in self._judge.read(list(texts))]))


ENCODER = Builtin
