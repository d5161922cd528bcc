"""What a data set's captions are like, and how far they are from those before: lengths, words, n-grams, embeddings,
names that survive, repetition, and whether an evaluation set is in it.

The pairs go by one after the other, from an output's records without its images; what is kept is counts of bounded size
and a sample of `Wanted.sample` captions, those whose keys have the lowest hashes. Pairs of one picture are sampled
together, whatever their keys.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import xxhash

from burnish import edits
from burnish.errors import UsageError
from burnish.evals import overlap, profile
from burnish.evals.editor import Rate, wilson
from burnish.evals.figures import Floats
from burnish.evals.gaussian import Gaussian, frechet
from burnish.evals.membership import LanguageModel, Membership, membership
from burnish.evals.overlap import Index, Overlap
from burnish.evals.profile import Moved, Profile
from burnish.evals.run_plan import rewrites_below
from burnish.mixing.offers import captions_of
from burnish.mixing.sources import Entry, Source, entries, open_source
from burnish.passes.alike import Way
from burnish.passes.duplicates import Found as Alike
from burnish.passes.duplicates import Wanted as Ways
from burnish.passes.duplicates import duplicates
from burnish.passes.signatures import caption_of
from burnish.storage.redact import redact

SOURCE = "source"
"""In place of another data set: the texts as they were before the first run on them."""
DIMENSIONS = 384
Tell: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`of`: whose text counts, a role or "chosen". `against`: another data set, or `SOURCE`. `unseen`: a data set that
    should not be in this one, "" for none, found by n-grams of `ngram` words. `language_model`: a folder, "" for none.
    `alike`: ways of being alike by which repetition is counted. `sample`: captions that are embedded, or asked about.
    """

    of: str = "chosen"
    against: str = SOURCE
    unseen: str = ""
    ngram: int = overlap.WORDS
    language_model: str = ""
    alike: tuple[str, ...] = ()
    sample: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Of the same pairs before and now. `changed`: captions that differ; `changed_words`: mean share of their words
    that do; `entities`: a caption's different names, numbers and quotations, and how many of them have survived;
    `flips`: pairs whose overall score fell on the other side of the threshold of rewriting, each time that of its own
    run, of those scored both times.
    """

    pairs: int
    changed: Rate
    changed_words: float
    entities: Rate
    flips: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """By the built-in text tower (MiniLM). Frechet distances of the two `sets`, of one's half and the other's other
    half (`halves`), and of the two halves of one set (`floor`), means of the two there are. `cosine`: mean of a caption
    with that of the same pair before, and its standard deviation; None where the two sets are not of the same pairs.
    """

    captions: int
    sets: float
    halves: float
    floor: float
    cosine: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that was measured; None for what was not asked for or does not apply."""

    now: dict[str, Any]
    before: dict[str, Any]
    drift: dict[str, dict[str, float | None]]
    moved: dict[str, list[Moved]]
    paired: Paired | None
    embedded: Embedded | None
    duplicates: Alike | None
    overlap: Overlap | None
    membership: Membership | None

    def as_json(self) -> dict[str, Any]:
        """By name."""
        told = asdict(replace(self, duplicates=None))
        return {**told, "duplicates": None if self.duplicates is None else self.duplicates.as_json()}


@dataclass(frozen=True, slots=True, order=True)
class _Lot:
    """By what a pair is drawn: the same on both sides of the same pair, and no two of a set have the same."""

    rank: int
    place: int

    @property
    def half(self) -> int:
        return self.rank % 2


@dataclass(slots=True)
class _Sample:
    """The captions with the lowest lots, at most `most`."""

    most: int
    _heap: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, lot: _Lot, text: str) -> None:
        entry = (-lot.rank, -lot.place, text)
        if len(self._heap) < self.most:
            heapq.heappush(self._heap, entry)
        elif self._heap and entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)

    def texts(self) -> list[str]:
        """In the order of the lots."""
        return [text for *_, text in sorted(self._heap, reverse=True)]


@dataclass(slots=True, kw_only=True)
class _Pairs:
    """Counts of pairs seen twice; `below`: each time's threshold of rewriting."""

    below: tuple[float, float]
    pairs: int = 0
    changed: int = 0
    shares: float = 0.0
    entities: int = 0
    kept: int = 0
    scored: int = 0
    flips: int = 0

    def add(self, before: Entry, now: Entry, texts: tuple[str, str]) -> None:
        self.pairs += 1
        if texts[0] != texts[1]:
            self.changed += 1
            self.shares += edits.changed_share(*texts)
        entities, kept = edits.survival(*texts)
        self.entities += entities
        self.kept += kept
        low = [_is_low(entry, below) for entry, below in zip((before, now), self.below, strict=True)]
        if None not in low:
            self.scored += 1
            self.flips += low[0] != low[1]

    def found(self) -> Paired:
        return Paired(
            pairs=self.pairs,
            changed=wilson(self.changed, self.pairs),
            changed_words=round(self.shares / max(1, self.changed), 4),
            entities=wilson(self.kept, self.entities),
            flips=wilson(self.flips, self.scored),
        )


def measure(output: str, wanted: Wanted, tell: Tell = lambda _: None) -> Found:
    """Everything wanted of a data set. Raises `UsageError` for sources that cannot be read."""
    source = open_source("data", output)
    other = None if wanted.against == SOURCE else open_source("against", wanted.against)
    unseen = open_source(overlap.UNSEEN, wanted.unseen) if wanted.unseen else None
    index = Index(_texts(unseen, "chosen"), wanted.ngram) if unseen else None
    model = LanguageModel(wanted.language_model) if wanted.language_model else None
    tell("captions")
    profiles, samples, pairs = _stream(source, other, wanted, index)
    tell("embeddings")
    embedded = _embedded(samples, paired=pairs is not None) if wanted.sample else None
    tell("alike pairs")
    return Found(
        now=profiles[1].as_json(),
        before=profiles[0].as_json(),
        drift=profile.drift(*profiles),
        moved=profile.moved(*profiles),
        paired=None if pairs is None else pairs.found(),
        embedded=embedded,
        duplicates=_alike(source, wanted) if wanted.alike else None,
        overlap=None if index is None or unseen is None else index.overlap(overlap.near([source], unseen)),
        membership=None if model is None else _membership(model, samples[1], unseen, wanted),
    )


_Two: TypeAlias = tuple[Profile, Profile]
_Both: TypeAlias = tuple[Entry | None, Entry | None]


def _stream(
    source: Source, other: Source | None, wanted: Wanted, index: Index | None
) -> tuple[_Two, tuple[_Sample, _Sample], _Pairs | None]:
    """One look at all captions, before and now; no pairs where the two data sets are not of the same pairs."""
    profiles, samples = (Profile(), Profile()), (_Sample(wanted.sample), _Sample(wanted.sample))
    below = rewrites_below(source.path)
    pairs: _Pairs | None = _Pairs(below=(below if other is None else rewrites_below(other.path), below))
    roles = ("chosen" if other is None else wanted.of, wanted.of)
    seen: tuple[set[str], set[str]] = set(), set()
    for place, both in enumerate(_both(source, other)):
        texts = [None if entry is None else caption_of(entry, role) for entry, role in zip(both, roles, strict=True)]
        for at, (lot, text) in enumerate(zip(_lots(place, both), texts, strict=True)):
            entry = both[at]
            if entry is not None and text is not None:
                profiles[at].add(text, lot.half)
                samples[at].add(lot, text)
                seen[at].update(one.role for one in entry.captions if captions_of(entry, one.role))
        if index is not None and texts[1] is not None:
            index.see(texts[1])
        pairs = _paired(pairs, both, texts)
    for each, role, found in zip((other, source), roles, seen, strict=True):
        if each is not None:
            _refuse_absent(each, role, found)
    return profiles, samples, pairs


def _refuse_absent(source: Source, role: str, found: set[str]) -> None:
    """A role that no caption has would be measured as empty texts."""
    if role != "chosen" and role not in found:
        raise UsageError(
            f"no pair of {redact(source.path)} has a caption {role!r}.\n"
            f"There are: {', '.join(sorted(found)) or 'none'}; or --of chosen"
        )


def _lots(place: int, both: _Both) -> tuple[_Lot, _Lot]:
    """One lot for both where they are of the same picture: the samples then hold the same pairs in the same order."""
    before, now = both
    if before is not None and now is not None and before.image_xxh128 == now.image_xxh128:
        before = now
    ranks = [0 if entry is None else _hash(entry.key) for entry in (before, now)]
    return _Lot(ranks[0], place), _Lot(ranks[1], place)


def _paired(pairs: _Pairs | None, both: _Both, texts: Sequence[str | None]) -> _Pairs | None:
    """`pairs` with one more; None if these two are not of the same picture."""
    before, now = both
    if pairs is None or before is None or now is None or before.image_xxh128 != now.image_xxh128:
        return None
    pairs.add(before, now, (texts[0] or "", texts[1] or ""))
    return pairs


def _both(source: Source, other: Source | None) -> Iterator[_Both]:
    """The pairs before and now, side by side; one of them is None where one data set has ended."""
    if other is None:
        for entry in _entries(source):
            yield replace(entry, captions=entry.captions[:1], chosen=0), entry
        return
    yield from zip_longest(_entries(other), _entries(source))


def _entries(source: Source) -> Iterator[Entry]:
    return (entry for shard in source.shards for entry in entries(source, shard))


def _texts(source: Source, role: str) -> Iterator[tuple[str, str]]:
    return ((entry.key, caption_of(entry, role)) for entry in _entries(source))


def _embedded(samples: tuple[_Sample, _Sample], *, paired: bool) -> Embedded | None:
    from burnish.backends.builtin.judge import Judge

    language = Judge().language
    tables = []
    for sample in samples:
        texts = sample.texts()
        if len(texts) < 4:
            return None
        tables.append(np.stack([language.embed(text) for text in texts]).astype(np.float64))
    one, other = tables
    cosines = (tables[0] * tables[1]).sum(axis=1) if paired else None
    return Embedded(
        captions=len(tables[1]),
        sets=round(_distance(*tables), 5),
        halves=round(sum(_distance(one[at::2], other[1 - at :: 2]) for at in (0, 1)) / 2, 5),
        floor=round(sum(_distance(table[::2], table[1::2]) for table in tables) / 2, 5),
        cosine=None if cosines is None else (round(float(cosines.mean()), 4), round(float(cosines.std(ddof=1)), 4)),
    )


def _distance(ones: Floats, others: Floats) -> float:
    both = Gaussian(DIMENSIONS), Gaussian(DIMENSIONS)
    for gaussian, rows in zip(both, (ones, others), strict=True):
        gaussian.add(rows)
    return frechet(*both)


def _alike(source: Source, wanted: Wanted) -> Alike:
    ways = tuple(map(Way.of, wanted.alike))
    with tempfile.TemporaryDirectory(prefix="burnish-alike-") as scratch:
        return duplicates([source], Ways(by=ways, of=wanted.of), str(Path(scratch) / "alike"), workers=1)


def _membership(model: LanguageModel, seen: _Sample, unseen: Source | None, wanted: Wanted) -> Membership:
    """The data's captions against the evaluation set's."""
    others = _Sample(wanted.sample)
    for place, (key, text) in enumerate(_texts(unseen, "chosen") if unseen is not None else ()):
        others.add(_Lot(_hash(key), place), text)
    return membership(model, seen.texts(), others.texts())


def _is_low(entry: Entry, below: float) -> bool | None:
    score = entry.captions[0].score("overall")
    return None if score is None or score.value is None else score.value < below


def _hash(key: str) -> int:
    return xxhash.xxh3_64_intdigest(key.encode("utf-8", "surrogatepass"))
