"""What the names in a pair mean: n-best spans, n-best rows for each, and the best set of links for all together.

Spans may overlap, and one spelling may be that of many rows; the set decides. A link stands only if it is sure enough
against all other rows of its span and none of them (`EntityRules.min_score`); a name of which only that is sure that it
is one is noted without its row, so that it survives.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from burnish.entities import Entity
from burnish.entities import table as tables
from burnish.entities.folding import Reading, read, words
from burnish.entities.index import Index, may_err
from burnish.entities.scoring import Ordinary, Scorer, Shape, Span, agreed, opens, shape

NBEST = 5
"""Rows of a span that take part in the ranking."""
BEAM = 24
"""Sets of links that are kept while the best one is looked for."""
MAX_SPANS = 64
"""Names that are looked at in one pair: those that most speaks for."""
MAX_ALIKE = 256
"""Rows of one spelling that are looked at, the first in the table."""
FUZZY_WORDS = 5
MAX_FUZZY_SPANS = 256


@dataclass(frozen=True, slots=True)
class _Source:
    number: int
    reading: Reading
    shape: Shape

    def span(self, start: int, stop: int) -> Span:
        """`start` to `stop` of the key."""
        reading = self.reading
        first, last = reading.span(start, stop)
        form, begins = reading.key[start:stop], opens(reading.text, first)
        return Span(self.number, first, last, reading.text[first:last], form, self.shape, begins)


@dataclass(frozen=True, slots=True)
class _Candidate:
    span: Span
    row: int
    errors: int
    total: float


def everyday(_: str) -> bool:
    """An `Ordinary` for who knows no everyday words."""
    return False


class Linker:
    """Links names in texts to the rows of a table. Pure: the same texts give the same links in every process."""

    def __init__(self, table: tables.Table, *, min_score: float, fuzzy: bool, ordinary: Ordinary = everyday) -> None:
        """`min_score`, `fuzzy` as in `burnish.plan.EntityRules`; `ordinary` tells everyday words from names."""
        self.index = Index(table, fuzzy=fuzzy)
        self._scorer = Scorer(self.index, ordinary)
        self._min_score = min_score
        self._fuzzy = fuzzy
        self._longest = max(self.index.sizes, default=0)

    def link(self, sources: Mapping[str, str]) -> tuple[Entity, ...]:
        """The names in all sources (name -> text) of one pair, in order; they do not overlap."""
        readings = [_Source(at, read(text), shape(text)) for at, text in enumerate(sources.values())]
        found: dict[Span, dict[int, int]] = {}
        for source in readings:
            found |= self._exact(source)
        if self._fuzzy:
            taken = list(found)
            for source in readings:
                found |= self._near(source, taken)
        ranked = self._ranked(found, [source.reading for source in readings])
        chosen = self._best(ranked)
        names = list(sources)
        return tuple(filter(None, (self._entity(names[c.span.source], c, ranked, chosen) for c in chosen)))

    def mentions(self, text: str) -> list[tuple[Span, list[int]]]:
        """Every span of `text` that is spelt like rows of the table, with these."""
        found = self._exact(_Source(0, read(text), shape(text)))
        return [(span, list(rows)) for span, rows in found.items()]

    # --- spans and their rows ----------------------------------------------------------------------------------

    def _exact(self, source: _Source) -> dict[Span, dict[int, int]]:
        """The spans that are spelt like rows, with these (row -> 0 errors)."""
        places = list(self._places(source.reading))
        rows = self.index.exact([source.reading.key[start:stop] for start, stop in places])
        hits = ((place, rows.get(source.reading.key[slice(*place)])) for place in places)
        return {source.span(*place): dict.fromkeys(numbers[:MAX_ALIKE], 0) for place, numbers in hits if numbers}

    def _places(self, reading: Reading) -> Iterator[tuple[int, int]]:
        """Where a name of a size that the table has may stand."""
        sizes, soft = self.index.sizes, reading.soft
        for start in reading.starts:
            for stop in reading.stops[bisect_right(reading.stops, start) :]:
                if stop - start > self._longest:
                    break
                if stop - start in sizes and not (stop in soft and stop - start == 1):
                    yield start, stop

    def _near(self, source: _Source, exact: Sequence[Span]) -> dict[Span, dict[int, int]]:
        """The spans that may be misspelt rows, with these (row -> errors)."""
        spans = list(islice(self._doubtful(source, exact), MAX_FUZZY_SPANS))
        rows = self.index.near([span.key for span in spans])
        return {span: dict(rows[span.key]) for span in spans if span.key in rows}

    def _doubtful(self, source: _Source, exact: Sequence[Span]) -> Iterator[Span]:
        """The spans that may be misspelt names: apart from names that are there, or around one."""
        reading = source.reading
        for start in reading.starts:
            if source.shape is Shape.MIXED and not reading.text[reading.at[start]].isupper():
                continue
            first = bisect_right(reading.stops, start)
            for stop in reading.stops[first : first + FUZZY_WORDS]:
                if stop - start > self._longest + 2:
                    break
                if may_err(reading.key[start:stop]) and self._may_be_misspelt(span := source.span(start, stop), exact):
                    yield span

    def _may_be_misspelt(self, span: Span, exact: Sequence[Span]) -> bool:
        if any(span.overlaps(other) and not other.inside(span) for other in exact):
            return False
        return not self._scorer.everyday(span.text)

    # --- candidates --------------------------------------------------------------------------------------------

    def _ranked(
        self, found: Mapping[Span, dict[int, int]], readings: Sequence[Reading]
    ) -> dict[Span, list[_Candidate]]:
        """For each span its best candidates; a name inside a longer one that is likelier a name than not is none."""
        around = frozenset().union(*(words(reading.text) for reading in readings))
        run = "\n".join(reading.key for reading in readings)
        ranked: dict[Span, list[_Candidate]] = {}
        for span, errors in found.items():
            ranked[span] = self._candidates(span, errors, around, run)
        sure = [span for span, best in ranked.items() if best[0].total > 0 and not best[0].errors]
        kept = [span for span in ranked if not any(span.inside(other) for other in sure)]
        kept = sorted(kept, key=lambda span: -ranked[span][0].total)[:MAX_SPANS]
        return {span: ranked[span] for span in sorted(kept, key=lambda s: (s.source, s.start, s.stop))}

    def _candidates(self, span: Span, errors: Mapping[int, int], around: frozenset[str], run: str) -> list[_Candidate]:
        scorer, most = self._scorer, max(self.index.row(number).prior for number in errors)
        made = []
        for number, wrong in errors.items():
            total = scorer.alone(span, wrong) + scorer.spelling(span, number, wrong)
            total += scorer.context(number, around - words(span.text), run) + scorer.prior(number, most)
            made.append(_Candidate(span, number, wrong, total))
        return sorted(made, key=lambda candidate: (-candidate.total, candidate.row))[:NBEST]

    # --- the set -----------------------------------------------------------------------------------------------

    def _best(self, ranked: Mapping[Span, list[_Candidate]]) -> tuple[_Candidate, ...]:
        """The set of candidates, at most one a span and none overlapping, that has most for it; by a beam."""
        sets: list[tuple[float, tuple[_Candidate, ...]]] = [(0.0, ())]
        for span, candidates in ranked.items():
            longer = [
                (value + one.total + self._together(one.row, chosen), (*chosen, one))
                for value, chosen in sets
                if not chosen or not chosen[-1].span.overlaps(span)
                for one in candidates
            ]
            sets = sorted([*sets, *longer], key=lambda found: (-found[0], len(found[1])))[:BEAM]
        return sets[0][1]

    def _together(self, row: int, others: Sequence[_Candidate]) -> float:
        """What the others of a set speak for a row: the one that speaks most."""
        return max((self._scorer.coherence(row, other.row) for other in others), default=0.0)

    def _entity(
        self, source: str, one: _Candidate, ranked: Mapping[Span, list[_Candidate]], chosen: Sequence[_Candidate]
    ) -> Entity | None:
        """The link of a candidate of the best set; without its row if that is unsure, None if it may be no name."""
        others = [other for other in chosen if other is not one]
        sums = {each.row: each.total + self._together(each.row, others) for each in ranked[one.span]}
        sure = agreed(sums, one.row)
        if sure >= self._min_score:
            row = self.index.row(one.row)
            return _entity(source, one.span, sure, (row.id, row.name, row.kind), row.forms)
        any_row = sum(agreed(sums, row) for row in sums)
        if len(sums) > 1 and any_row >= self._min_score and not one.errors:
            return _entity(source, one.span, any_row, ("", one.span.text, ""), (one.span.text,))
        return None


def _entity(source: str, span: Span, score: float, row: tuple[str, str, str], forms: tuple[str, ...]) -> Entity:
    own, name, kind = row
    return Entity(
        source=source,
        start=span.start,
        stop=span.stop,
        text=span.text,
        id=own,
        name=name,
        kind=kind,
        score=round(score, 4),
        forms=forms,
    )


def load(path: str, *, min_score: float, fuzzy: bool, ordinary: Callable[[str], bool]) -> Linker:
    """A linker over the table in a file. Raises `UsageError` for what is wrong in it."""
    return Linker(tables.load(path), min_score=min_score, fuzzy=fuzzy, ordinary=ordinary)
