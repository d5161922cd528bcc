"""Whether a new text still says the names that were linked, and no other ones in their place.

A name stands in a text in any of its row's spellings, or as it stood before, whatever the case, accents and spacing;
but not as a part of another name that the table knows (York in "New York").
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from burnish import edits
from burnish.entities import TEXT, Entity
from burnish.entities.folding import Reading, key, read
from burnish.mojibake import repair

if TYPE_CHECKING:
    from burnish.entities.linking import Linker


def spellings(entity: Entity) -> frozenset[str]:
    """The keys of all the ways in which it may stand."""
    return frozenset(filter(None, map(key, (entity.text, *entity.forms))))


def stands(entity: Entity, text: str) -> bool:
    """Whether `text` says the name, the table aside."""
    return _says(read(text), spellings(entity))


def says(text: str, forms: Iterable[str]) -> bool:
    """Whether one of `forms`, as people write them, stands in `text`."""
    return _says(read(text), filter(None, map(key, forms)))


def distinct(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """One for each row, the first; of those without a row one for each spelling."""
    return tuple({entity.id or key(entity.text): entity for entity in reversed(list(entities))}.values())[::-1]


@dataclass(frozen=True, slots=True)
class Names:
    """Linked names of a pair, and the table they are from; nothing without one."""

    entities: tuple[Entity, ...] = ()
    linker: Linker | None = None

    def __bool__(self) -> bool:
        return bool(self.entities)

    def missing(self, text: str) -> tuple[Entity, ...]:
        """Those that `text` does not say."""
        reading = read(text)
        return tuple(e for e in self.entities if not _says(self._bare(reading, e), spellings(e)))

    def within(self, text: str, sources: Sequence[str] = ()) -> Names:
        """Those that `text` says, and those that were found in one of `sources`."""
        lacking = {entity for entity in self.missing(text) if entity.source not in sources}
        return Names(tuple(entity for entity in self.entities if entity not in lacking), self.linker)

    def foreign(self, known: str, text: str, *, alike: bool = False) -> tuple[str, ...]:
        """Names that the table knows and `text` says, but `known` does not, in any of their spellings. `alike`: only
        those of a kind that one of these has.
        """
        if self.linker is None:
            return ()
        before, kinds = read(known), {entity.kind for entity in self.entities}
        return tuple(
            entity.text
            for entity in self.linker.link({TEXT: text})
            if _spelt(entity) and not _says(before, spellings(entity)) and (not alike or entity.kind in kinds)
        )

    @property
    def told(self) -> tuple[tuple[str, ...], ...]:
        """For each name how it may stand, for a model: as it is in the pair first, then as the table has it."""
        return tuple(tuple(dict.fromkeys((entity.text, entity.name))) for entity in self.entities)

    @property
    def spelt(self) -> str:
        """All the ways to spell the names, a line each."""
        return "\n".join(dict.fromkeys(form for entity in self.entities for form in (entity.text, *entity.forms)))

    def covers(self, part: str, text: str) -> bool:
        """Whether `part` belongs to one of the names wherever `text` has it as something protected
        (`burnish.edits.protected`): the 747 of a Boeing 747 does, the 7 of "7 men" beside it does not.
        """
        if not self.entities:
            return False
        reading = read(repair(text))
        found = [span for span in edits.protected(reading.text) if reading.text[span.start : span.stop] == part]
        named = [place for entity in self.entities for place in self._places(reading, entity)]
        said = (_said(reading, span.start, span.stop) for span in found)
        return all(any(start <= first and last <= stop for start, stop in named) for first, last in said)

    def _places(self, reading: Reading, entity: Entity) -> Iterator[tuple[int, int]]:
        """Where in the text `entity` stands, in any spelling."""
        bare = self._bare(reading, entity)
        for form in spellings(entity):
            yield from (bare.span(at, at + len(form)) for at in _found(bare, form))

    def _bare(self, reading: Reading, entity: Entity) -> Reading:
        """The text without longer names of other rows around a spelling of `entity`."""
        own = spellings(entity)
        if self.linker is None or not any(form in reading.key for form in own):
            return reading
        text = reading.text
        for span, rows in self.linker.mentions(text):
            around = any(form in span.key for form in own) and span.key not in own
            if around and not any(self.linker.index.row(row).id == entity.id for row in rows):
                text = text[: span.start] + "\n" * (span.stop - span.start) + text[span.stop :]
        return reading if text == reading.text else read(text)


def _spelt(entity: Entity) -> bool:
    """Whether it is spelt as its row has it: a guess at a misspelt name accuses nobody."""
    return key(entity.text) in map(key, entity.forms)


def _says(reading: Reading, forms: Iterable[str]) -> bool:
    return any(_stands(reading, form) for form in forms)


def _stands(reading: Reading, form: str) -> bool:
    return next(_found(reading, form), None) is not None


def _found(reading: Reading, form: str) -> Iterator[int]:
    """Where in the key of `reading` a name with the key `form` begins."""
    at = reading.key.find(form)
    while at >= 0:
        if at in reading.starts and at + len(form) in reading.stops:
            yield at
        at = reading.key.find(form, at + 1)


def _said(reading: Reading, start: int, stop: int) -> tuple[int, int]:
    """The characters `start` to `stop` of the text without marks and spaces at either end."""
    first, last = bisect_left(reading.at, start), bisect_left(reading.at, stop)
    return (reading.at[first], reading.at[last - 1] + 1) if first < last else (start, start)


def of(entities: Sequence[Entity] | None, linker: Linker | None) -> Names:
    """The names of a record, each row once."""
    return Names(distinct(entities or ()), linker)
