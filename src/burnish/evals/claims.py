"""What the captions of an output claim, and how much of it holds: one row of measures for each role of caption.

ANA is the average number of true assertions of a caption (the idea is arXiv 2410.02740's; its exact formula is not
public, ours counts the different supported claims, denials left out, because one can deny without end). CHAIR is arXiv
1809.02156's, with all objects a checker knows in place of MSCOCO's 80 and their synonyms: CHAIR_i is the share of the
objects named that are not there, CHAIR_s the share of captions that name one; an object counts once a caption. Entity
survival is the share of the different names, numbers and quotations of the original text that still stand in a caption;
where a run has linked names with a table (`burnish.entities`), that of the linked names, in any spelling of their rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, TypeAlias, TypeVar

import xxhash

from burnish import edits, images, records
from burnish.claims import Checker, Claim, Kind, Splitter, Verdict
from burnish.claims.asking import AskingChecker
from burnish.claims.rules import split
from burnish.entities import Entity, survival
from burnish.errors import UsageError
from burnish.protocols import Backend
from burnish.scenes import truth
from burnish.scenes.checker import TruthChecker
from burnish.storage.opening import open_files
from burnish.stores import open_store
from burnish.values import Caption, Pair, Picture

DECODED_AT_ONCE = 32

_T = TypeVar("_T")
Linked: TypeAlias = Sequence[Entity] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One caption taken apart: claims with their verdicts, and of the original's different entities how many it has
    kept.
    """

    role: str
    text: str
    claims: tuple[tuple[Claim, Verdict], ...]
    entities: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Of all captions of a role. Shares are None where there is nothing to take them of."""

    captions: int
    words: float
    claims: float
    ana: float
    hallucinated: float | None
    unknown: float | None
    chair_i: float | None
    chair_s: float
    entity_survival: float | None


def measure(checked: Iterable[Checked]) -> dict[str, Measures]:
    """Measures by role, in the order in which roles turn up."""
    roles: dict[str, _Tally] = {}
    for each in checked:
        roles.setdefault(each.role, _Tally()).add(each)
    return {role: tally.measures() for role, tally in roles.items()}


@dataclass(slots=True)
class _Tally:
    """Counts over the captions of a role: they are not kept."""

    captions: int = 0
    words: int = 0
    true: int = 0
    named: int = 0
    invented: int = 0
    inventing: int = 0
    entities: int = 0
    kept: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)

    def add(self, each: Checked) -> None:
        objects = _objects(each)
        invented = sum(verdict is Verdict.REFUTED for verdict in objects)
        self.captions += 1
        self.words += len(edits.words(each.text))
        self.verdicts.update(verdict for _, verdict in each.claims)
        self.true += sum(verdict is Verdict.SUPPORTED and not claim.negated for claim, verdict in each.claims)
        self.named += len(objects)
        self.invented += invented
        self.inventing += bool(invented)
        self.entities += each.entities
        self.kept += each.kept

    def measures(self) -> Measures:
        verdicts, captions = self.verdicts, self.captions
        right, wrong = verdicts[Verdict.SUPPORTED], verdicts[Verdict.REFUTED]
        return Measures(
            captions=captions,
            words=round(self.words / captions, 2),
            claims=round(verdicts.total() / captions, 3),
            ana=round(self.true / captions, 3),
            hallucinated=_share(wrong, right + wrong),
            unknown=_share(verdicts[Verdict.UNKNOWN], verdicts.total()),
            chair_i=_share(self.invented, self.named),
            chair_s=round(self.inventing / captions, 4),
            entity_survival=_share(self.kept, self.entities),
        )


def _objects(each: Checked) -> list[Verdict]:
    """The verdicts of the objects a caption says are there."""
    return [
        verdict
        for claim, verdict in each.claims
        if claim.kind is Kind.EXISTENCE and not claim.negated and verdict is not Verdict.UNKNOWN
    ]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def check(
    captions: Iterable[Caption], checker: Checker, splitter: Splitter = split, linked: Linked = None
) -> Iterator[Checked]:
    """The captions of one pair, the original first, each taken apart and checked. `linked`: names found in the
    original, None if nobody looked.
    """
    captions = tuple(captions)
    survive = partial(edits.survival, captions[0].text) if linked is None else _linked(captions[0].text, linked)
    for caption in captions:
        claims = splitter(caption.text)
        entities, kept = survive(caption.text)
        yield Checked(
            role=caption.role,
            text=caption.text,
            claims=tuple(zip(claims, checker(claims), strict=True)),
            entities=entities,
            kept=kept,
        )


_Survival: TypeAlias = Callable[[str], tuple[int, int]]
"""Of a text: how many entities it should have, and how many it has."""


def _linked(original: str, linked: Sequence[Entity]) -> _Survival:
    names = survival.of(linked, None).within(original)
    return lambda text: (len(names.entities), len(names.entities) - len(names.missing(text)))


def against_truth(output: str, scenes: str) -> Iterator[Checked]:
    """All captions of an output against the scenes that its pairs are. Raises `UsageError` where one is no scene."""
    known = truth.load(scenes).by_file
    for row in _rows(output):
        scene = known.get(row["image_xxh128"])
        if scene is None:
            raise UsageError(f"{scenes} holds no scene with the picture of {row['key']!r} in {output}.")
        yield from check(records.captions(row), TruthChecker(scene), linked=records.entities(row))


def against_images(output: str, backend: Backend) -> Iterator[Checked]:
    """All captions of an output against their images, as `backend` sees them. Raises `UsageError` where records and
    images do not belong together, or an image cannot be decoded.
    """
    with images.Decoder(images.Limits(), backend.side_px) as decoder:
        for batch in _batched(zip(_rows(output), _pairs(output), strict=True), DECODED_AT_ONCE):
            pictures = decoder.decode_batch([pair.image for _, pair in batch])
            for (row, pair), picture in zip(batch, pictures, strict=True):
                same = xxhash.xxh3_128_hexdigest(pair.image) == row["image_xxh128"]
                if not same or not isinstance(picture, Picture):
                    raise UsageError(
                        f"{output}: the image of {pair.key!r} is not the one that was recorded, or cannot be decoded.\n"
                        f"Look what has changed with: burnish verify {output}"
                    )
                yield from check(records.captions(row), AskingChecker(backend, picture), linked=records.entities(row))


def _batched(stream: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """`stream` in lists of `size`, the last one shorter."""
    rest = iter(stream)
    while batch := list(islice(rest, size)):
        yield batch


def _pairs(output: str) -> Iterator[Pair]:
    store = open_store(output)
    for shard in store.shards():
        yield from (item for item in store.read(shard) if isinstance(item, Pair))


def _rows(output: str) -> Iterator[dict[str, Any]]:
    files = open_files(output)
    names = records.names(files)
    if not names:
        raise UsageError(f"{files.shown} holds no records of burnish.\nMake them with: burnish recaption SRC -o OUT")
    for name in names:
        with files.open(name) as file:
            yield from records.rows(file)
