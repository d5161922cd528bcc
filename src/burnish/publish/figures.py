"""What the card of a push says in numbers: scores as found and as they are now, and how much was changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from burnish import records
from burnish.publish.contents import Contents
from burnish.storage.files import Files
from burnish.storage.layout import RECORDS
from burnish.values import Caption, State


@dataclass(slots=True)
class Mean:
    """A mean that grows; `missing` counts captions that were asked and have no score."""

    total: float = 0.0
    n: int = 0
    missing: int = 0

    def add(self, caption: Caption, criterion: str) -> None:
        """Take one caption's score in."""
        score = caption.score(criterion)
        if score is None:
            return
        if score.value is None or score.state is not State.OK:
            self.missing += 1
        else:
            self.total += score.value
            self.n += 1

    def __str__(self) -> str:
        return f"{self.total / self.n:.2f} (n = {self.n:,})" if self.n else "none"


@dataclass(slots=True)
class Figures:
    """By criterion, the mean of the originals and of the chosen texts; `changed`: pairs whose text is another."""

    pairs: int = 0
    changed: int = 0
    found: dict[str, Mean] = field(default_factory=dict)
    now: dict[str, Mean] = field(default_factory=dict)


def figures(files: Files, contents: Contents) -> Figures:
    """One reading of the records of the committed shards."""
    sums = Figures()
    for entry in contents.data:
        if entry.name.startswith(f"{RECORDS}/"):
            with files.open(entry.name) as file:
                for row in records.rows(file):
                    captions = records.captions(row)
                    _take(sums, captions[0], captions[row["chosen"]])
    return sums


def _take(sums: Figures, original: Caption, chosen: Caption) -> None:
    sums.pairs += 1
    sums.changed += chosen.text != original.text
    for captions, means in ((original, sums.found), (chosen, sums.now)):
        for score in captions.scores:
            means.setdefault(score.criterion, Mean()).add(captions, score.criterion)


def means(sums: Figures) -> Mapping[str, tuple[Mean, Mean]]:
    """By criterion: as found, now."""
    names = sorted(sums.found.keys() | sums.now.keys())
    return {name: (sums.found.get(name, Mean()), sums.now.get(name, Mean())) for name in names}
