"""Exams from sources: pairs whose text is known to be right, or a field of theirs that says what is.

An exam whose source is the one that the arms are made of is a share of its pictures, held out: no arm trains on them.
Pictures that have a text in common count as alike, and so do texts of one picture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
import xxhash

from burnish.arms.exam import Exam
from burnish.errors import UsageError
from burnish.mixing import draws
from burnish.mixing.reading import split_name
from burnish.storage.places import locate
from burnish.storage.redact import redact
from burnish.storage.sources import pieces
from burnish.stores import open_store
from burnish.values import Pair

HELD_OUT = 0.2
AT_MOST = 1_000
LEAST = 10
"""Pictures; fewer tell nothing."""
TEXT = "text"
"""What an exam is called that asks for the pairs' own texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The picture with this digest of its file, the text that is right for it, and whom it is alike."""

    image_xxh128: str
    text: str
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An exam before anybody has looked at its pictures; plain and picklable. `source`: where they are."""

    name: str
    source: str
    questions: tuple[Question, ...]

    def exam(self, rows: Mapping[str, int]) -> Exam:
        """With the pictures' rows in a gallery."""
        return Exam(
            name=self.name,
            pictures=np.array([rows[one.image_xxh128] for one in self.questions], np.int64),
            texts=tuple(one.text for one in self.questions),
            groups=np.array([one.group for one in self.questions], np.int64),
        )

    @property
    def digest(self) -> str:
        """What is asked, whatever it is called and wherever it lies."""
        told = "\0".join(f"{one.image_xxh128}\0{one.text}\0{one.group}" for one in self.questions)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def read(
    given: Sequence[str], source: str = "", *, held_out: float = HELD_OUT, at_most: int = AT_MOST
) -> tuple[Asked, ...]:
    """Exams from ``PATH`` (the pairs' own texts) or ``FIELD=PATH`` (what that field of theirs says).

    Of `source`, which the arms are made of, the share `held_out` of the pictures is asked about, however its path is
    spelt. Of more than `at_most` pictures so many are drawn, the same ones in all exams. An exam is called as its
    field, `TEXT` for the pairs' own texts; further ones of a name are numbered from 2. Raises `UsageError` if too few
    pictures are left, or for one and the same exam twice.
    """
    if not given:
        raise UsageError("say what is right: --exam PATH with clean pairs, or --exam FIELD=PATH.")
    if not 0 < held_out < 1:
        raise UsageError(f"--held-out must lie between 0 and 1, not {held_out:g}.")
    found: list[tuple[str, str, dict[str, str]]] = []
    own = _place(source)
    places: list[tuple[str, str]] = []
    for entry in given:
        field, path = split_name(entry)
        if (field, _place(path)) in places:
            raise UsageError(f"the exam {redact(entry)} is given twice: it would count twice.\nLeave one of them out.")
        places.append((field, _place(path)))
        told = _told(path, field, held_out if _place(path) == own else 1.0)
        chosen = sorted(told, key=_drawn)[:at_most]
        if len(chosen) < LEAST:
            raise UsageError(
                f"the exam {redact(entry)} has {len(chosen)} pictures with a text; it needs {LEAST}.\n"
                "FIELD=PATH asks for what a field of the pairs says, PATH for their texts."
            )
        name = _unused(field or TEXT, [name for name, _, _ in found])
        found.append((name, path, {digest: told[digest] for digest in sorted(chosen)}))
    groups = _groups([told for _, _, told in found])
    return tuple(
        Asked(
            name=name,
            source=path,
            questions=tuple(Question(image_xxh128=d, text=t, group=groups[d]) for d, t in told.items()),
        )
        for name, path, told in found
    )


def _place(source: str) -> str:
    """What `source` names, whichever way it is spelt."""
    places = [locate(piece) for piece in pieces(source)]
    return "\n".join(place.real if place.fs is None else f"{place.fs.protocol}://{place.real}" for place in places)


def _unused(name: str, used: Sequence[str]) -> str:
    """`name`, numbered if it is used."""
    return next(each for each in chain((name,), (f"{name} {number}" for number in count(2))) if each not in used)


def _told(path: str, field: str, share: float) -> dict[str, str]:
    """The right text of each different picture, by the digest of its file."""
    found: dict[str, str] = {}
    for pair in pairs(path):
        text = pair.fields.get(field) if field else pair.text
        name = digest(pair)
        if isinstance(text, str) and text.strip() and _drawn(name) < draws.cut_of(share):
            found.setdefault(name, " ".join(text.split()))
    return found


def pairs(path: str) -> Iterator[Pair]:
    """The pairs of a source, in order."""
    store = open_store(path)
    for shard in store.shards():
        yield from (item for item in store.read(shard) if isinstance(item, Pair))


def digest(pair: Pair) -> str:
    """Of its image file, as records have it."""
    return xxhash.xxh3_128_hexdigest(pair.image)


def _drawn(digest: str) -> int:
    return draws.identity(0, "exam", digest)


def _groups(exams: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """The number of the group of each picture: pictures are linked by the texts that they share in any exam."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            name = above[name] = above[above[name]]
        return name

    pictures = []
    for number, exam in enumerate(exams):
        for digest, text in exam.items():
            pictures.append(digest)
            above[top(digest)] = top(f"{number} {text.casefold()}")
    roots = {root: number for number, root in enumerate(sorted({top(digest) for digest in pictures}))}
    return {digest: roots[top(digest)] for digest in pictures}
