"""Licences and opt-outs of an output's pairs, counted for its card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from burnish.errors import UsageError, VerifyError
from burnish.protocols import Store, Telling
from burnish.publish.contents import Contents
from burnish.report.sections.rights import DIFFERENT, NAMES, VALUES
from burnish.stores import open_store
from burnish.texts import terminal
from burnish.values import Json, Pair, Reason, Shard

REFUSED = (Reason.OPTED_OUT, Reason.ROBOTS_REFUSED)
_NOT_SAID = "not said"
_VALUE_CHARS = 200
_NO = {"", "0", "false", "no", "none", "null"}
_OPT_OUTS = ("opt", "no_ai", "noai", "do_not", "donot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """`pairs` in the output; `columns`: by field, its values and how often each; `opted_out`: pairs of which any such
    field says that their owner wants no training on them; `not_fetched`: by reason, what was left out for its owner's
    sake; `read`: whether the pairs' fields could be read at all.
    """

    pairs: int
    columns: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    opted_out: int = 0
    not_fetched: Mapping[str, int] = field(default_factory=dict)
    read: bool = True


def rights(output: str, found: Contents) -> Rights:
    """Count the fields of every pair of the output; of images as little is read as its form allows. Raises `StopError`
    if it cannot be read.
    """
    refused = _refused(found)
    sums = _Tally()
    try:
        for each in _by_shard(output, found):
            sums += each
    except UsageError:  # tables of a pass, or a form of the user's own that is not installed
        return Rights(pairs=found.counts.written, not_fetched=refused, read=False)
    for counts in sums.columns.values():
        if sums.pairs > counts.total():
            counts[_NOT_SAID] += sums.pairs - counts.total()
    top = {name: dict(counts.most_common(VALUES)) for name, counts in sorted(sums.columns.items())}
    return Rights(pairs=sums.pairs, columns=top, opted_out=sums.opted_out, not_fetched=refused)


@dataclass(slots=True)
class _Tally:
    """What some pairs say."""

    pairs: int = 0
    opted_out: int = 0
    columns: dict[str, Counter[str]] = field(default_factory=dict)

    def take(self, fields: Mapping[str, Json]) -> None:
        """One pair's fields."""
        self.pairs += 1
        said = {name: value for name, value in fields.items() if _speaks(name)}
        for name, value in said.items():
            self._count(name, _shown(value), 1)
        self.opted_out += any(_is_opt_out(name, value) for name, value in said.items())

    def __iadd__(self, other: _Tally) -> Self:
        self.pairs += other.pairs
        self.opted_out += other.opted_out
        for name, counts in other.columns.items():
            for shown, number in counts.items():
                self._count(name, shown, number)
        return self

    def _count(self, name: str, shown: str, number: int) -> None:
        counts = self.columns.setdefault(name, Counter())
        counts[shown if shown in counts or len(counts) < DIFFERENT else "others"] += number


def _by_shard(output: str, found: Contents) -> Iterator[_Tally]:
    store = open_store(output)
    written = {record.shard: record.counts.written for record in found.records}
    for shard in store.shards():
        if shard.name in written:
            told = _told(store, shard)
            yield told if told.pairs == written[shard.name] else _read(store, shard)


def _told(store: Store, shard: Shard) -> _Tally:
    """Without the images, if the store can do that: then as many pairs as were written."""
    sums = _Tally()
    told = store.fields_of(shard, _speaks) if isinstance(store, Telling) else None
    with suppress(VerifyError):  # then they are fewer
        for fields in told or ():
            sums.take(fields)
    return sums


def _read(store: Store, shard: Shard) -> _Tally:
    sums = _Tally()
    for item in store.read(shard):
        if isinstance(item, Pair):
            sums.take(item.fields)
    return sums


def _speaks(name: str) -> bool:
    return NAMES.fullmatch(name) is not None


def _refused(found: Contents) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for record in found.records:
        told = record.facts.get("reasons")
        for reason, number in told.items() if isinstance(told, dict) else ():
            if reason in REFUSED and isinstance(number, int):
                sums[str(reason)] += number
    return dict(sorted(sums.items()))


def _shown(value: Json) -> str:
    return _NOT_SAID if value in (None, "") else terminal(str(value), _VALUE_CHARS)


def _is_opt_out(name: str, value: Json) -> bool:
    return name.lower().startswith(_OPT_OUTS) and str(value).strip().lower() not in _NO
