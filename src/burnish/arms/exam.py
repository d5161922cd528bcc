"""What all arms are asked in the end: pictures that nobody trained on, each with the text that is right for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from burnish.evals import retrieval
from burnish.proxy import Floats, Rows, Student


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exam:
    """``texts[i]`` is right for the picture of row ``pictures[i]`` of a gallery. Pictures of one number in `groups` are
    alike: they count as one when it is asked what other pictures would have shown.
    """

    name: str
    pictures: Rows
    texts: tuple[str, ...]
    groups: Rows

    def sit(self, student: Student, seen: Floats) -> retrieval.Ranks:
        """The places a student gives to what is right; `seen` is the gallery's."""
        texts, right = retrieval.labels(self.texts)
        return retrieval.ranks(student.scores(seen[self.pictures], texts), right)

    def found(self, ranks: retrieval.Ranks, cut: int) -> list[npt.NDArray[np.float64]]:
        """Whether what is right was among the first `cut`: for each picture, and for each different text."""
        return [(places <= cut).astype(np.float64) for places in (ranks.image_to_text, ranks.text_to_image)]

    def members(self) -> list[Rows]:
        """The groups of what `found` gives; a text is in the group of its first picture."""
        _, right = retrieval.labels(self.texts)
        return [self.groups, self.groups[np.unique(right, return_index=True)[1]]]

    def chance(self, cut: int) -> float:
        """Recall at `cut`, mean of both directions, of a student who knows nothing."""
        return retrieval.chance(retrieval.labels(self.texts)[1], cut)
