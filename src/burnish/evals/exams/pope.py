"""Does a model say that things are there which are not? See `burnish.evals.pope`."""

from __future__ import annotations

from collections.abc import Iterator

from burnish.evals import pope
from burnish.evals.exams import Mark, Sitting, Takes


class Pope:
    """One mark a way of choosing what is asked about."""

    takes: Takes = "backend"

    def sit(self, sitting: Sitting) -> Iterator[Mark]:
        """Of scenes."""
        for found in pope.pope(sitting.asked, sitting.source, sitting.most, sitting.seeds):
            yield Mark(of=found.mode, figures={**found.figures, "unanswered": found.unanswered})


EXAM = Pope()
