"""`MixedPairs`: a mixture as a stream of samples while a model trains. Works with torch's DataLoader; needs no torch.

An epoch's shards are put in an order drawn for that epoch, dealt out to all ranks' workers, and each worker reads
several at once, drawing which goes on. Captions are drawn anew in each epoch. What was delivered is a count for each
worker: that is the whole state, and from it every stream goes on with exactly the samples that would have followed.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from burnish import tokens
from burnish.errors import UsageError
from burnish.mixing import draws, quotas, reading
from burnish.mixing.census import Read, taken
from burnish.mixing.draws import Why
from burnish.mixing.mixture import Mixture
from burnish.mixing.rule import Rule
from burnish.mixing.samples import Drawer
from burnish.mixing.sources import Source, entries, known, opened
from burnish.values import Pair, Shard

_FORMAT = 2
_EMPTY_TURNS = 16
"""So many turns in a row without a sample of any shard: with `per_part` a worker then gives up."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of several readers: worker `index` of `count` over all ranks."""

    index: int
    count: int


class MixedPairs:
    """Samples of a mixture, as dictionaries, epoch after epoch.

    Each sample has ``image`` (bytes as found), ``text``, ``role``, ``maker``, ``source``, ``group``, ``key``, ``score``
    (-1.0: none), ``alignment``, ``prompt``, ``turn``, and ``position``: (epoch, part, parts, number), by which
    `delivered` knows what has arrived. Iterating gives one epoch; the next call the next one.

    Repetitions and roles are drawn by hash, so shares are right up to chance (docs/mixing.md); a mixture's
    ``exact = true`` cannot hold for a stream that never ends and counts as false. ``missing = "compensate"``, ``weights
    = "shares"`` and ``levels.count`` need one reading of the sources' texts when the object is made.
    """

    def __init__(
        self,
        mixture: Mixture | str,
        sources: Sequence[str] = (),
        *,
        lanes: int = 4,
        rank: int | None = None,
        world: int | None = None,
        per_part: int = 0,
    ) -> None:
        """`mixture`: one, or the path of its TOML; `sources` as on the command line. `lanes`: shards a worker reads at
        once. `rank` of `world` processes: from ``RANK`` and ``WORLD_SIZE`` if not given. `per_part`: each worker gives
        exactly so many samples an epoch, going on with the next turns if its shards end (0: all, and workers differ);
        distributed training wants it, or ranks wait for each other. Raises `UsageError`.
        """
        if lanes < 1 or per_part < 0:
            raise UsageError("lanes must be at least 1 and per_part at least 0.")
        given = reading.load(mixture) if isinstance(mixture, str) else mixture
        self.mixture = replace(reading.bind(given, sources), exact=False)
        self.epoch = self.mixture.epoch
        self._lanes = lanes
        self._per_part = per_part
        self._rank = _from_environment("RANK", 0) if rank is None else rank
        self._world = _from_environment("WORLD_SIZE", 1) if world is None else world
        if not 0 <= self._rank < self._world:
            raise UsageError(f"rank {self._rank} is not one of {self._world}: ranks count from 0.")
        self._sources = opened(self.mixture)
        self._rule = rule_of(self.mixture, self._sources)
        self._drawer: Drawer | None = None
        self._delivered: dict[int, int] = {}
        self._parts = 0
        _make_known_to_torch()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The samples of this worker that are still to come in the epoch; `epoch` is one further at the end."""
        part = self._part()
        self._expect(part.count)
        start = self._delivered.get(part.index, 0)
        epoch = self.epoch
        for number, sample in enumerate(islice(self._stream(part, epoch), start, self._per_part or None), start):
            self._delivered[part.index] = number + 1
            yield {**sample, "position": (epoch, part.index, part.count, number)}
        self.epoch, self._delivered = epoch + 1, {}

    def set_epoch(self, epoch: int) -> None:
        """Go to the beginning of `epoch`. With workers that live on, make the DataLoader anew afterwards."""
        self.epoch, self._delivered = epoch, {}

    def delivered(self, positions: Sequence[Any]) -> None:
        """Note what has arrived from worker processes: the ``position`` of samples, in any order, as four numbers each
        or (as torch collates them) four columns. Call it for each batch; then `state_dict` is right in this process.
        """
        for epoch, part, parts, number in _rows(positions):
            if epoch > self.epoch:
                self.set_epoch(epoch)
            if epoch == self.epoch:
                self._parts = parts
                self._delivered[part] = max(self._delivered.get(part, 0), number + 1)

    def state_dict(self) -> dict[str, Any]:
        """Where the stream stands: plain data. Only this rank's workers are in it: every rank keeps its own."""
        return {
            "format": _FORMAT,
            "epoch": self.epoch,
            "parts": self._parts,
            "delivered": {str(part): number for part, number in sorted(self._delivered.items())},
            "mixture": self._fingerprint(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state` was taken. Raises `UsageError` if it is of another mixture, tokenizer, `keep` or other
        sources: other samples would follow.
        """
        if state.get("format") != _FORMAT:
            raise UsageError(
                "the state was taken by another version of burnish.\n"
                "Load it with that one, or begin an epoch with set_epoch."
            )
        if state.get("mixture") != self._fingerprint():
            raise UsageError(
                "the state is of another mixture, or its sources, tokenizer or what keep names have changed since.\n"
                "Load it with what it was taken with, or begin an epoch with set_epoch."
            )
        self.epoch = int(state["epoch"])
        self._parts = int(state["parts"])
        self._delivered = {int(part): int(number) for part, number in state["delivered"].items()}

    def _expect(self, parts: int) -> None:
        if self._delivered and self._parts not in {0, parts}:
            raise UsageError(
                f"the state was taken with {self._parts} workers over all ranks, now there are {parts}.\n"
                "Go on with as many, or begin the next epoch with set_epoch."
            )
        self._parts = parts

    def _fingerprint(self) -> str:
        import hashlib

        import orjson

        told = {
            "mix": self.mixture.as_json(),
            "sources": {source.name: source.digest for source in self._sources},
            "tokenizer": tokens.load(self.mixture.text.tokenizer).digest,
            "reading": [self._lanes, self._per_part],
        }
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def _part(self) -> Part:
        worker, workers = _torch_worker()
        return Part(self._rank * workers + worker, self._world * workers)

    def _stream(self, part: Part, epoch: int) -> Iterator[dict[str, Any]]:
        """The samples of a part from the beginning of an epoch; without end if there is a number to reach."""
        first, empty = epoch, 0
        while empty < _EMPTY_TURNS:
            empty += 1
            for sample in self._once(part, epoch):
                empty = 0
                yield sample
            epoch += _FAR if epoch == first else 1
            if not self._per_part:
                return
        raise _no_samples(part, len(self._dealt(part, epoch)))

    def _once(self, part: Part, epoch: int) -> Iterator[dict[str, Any]]:
        if self._drawer is None:
            self._drawer = Drawer(self.mixture, self._rule)
        waiting = iter(self._dealt(part, epoch))
        open_ = [self._samples(*entry, epoch) for entry in islice(waiting, self._lanes)]
        step = 0
        while open_:
            lane = draws.draw(self.mixture.seed, Why.LANE + part.index * _FAR, step) % len(open_)
            step += 1
            sample = next(open_[lane], None)
            if sample is not None:
                yield sample
                continue
            following = next(waiting, None)
            if following is None:
                del open_[lane]
            else:
                open_[lane] = self._samples(*following, epoch)

    def _dealt(self, part: Part, epoch: int) -> list[tuple[Source, Shard]]:
        """The shards of a part in an epoch: all in an order drawn by their names, dealt out one by one."""
        every = [(source, shard) for source in self._sources for shard in source.shards]

        def place(entry: tuple[Source, Shard]) -> tuple[int, str]:
            name = entry[0].output_name(entry[1])
            return draws.draw(draws.identity(self.mixture.seed, name, ""), Why.ORDER, epoch), name

        return sorted(every, key=place)[part.index :: part.count]

    def _samples(self, source: Source, shard: Shard, epoch: int) -> Iterator[dict[str, Any]]:
        assert self._drawer is not None
        for pair, entry in known(source, shard):
            if not isinstance(pair, Pair) or entry is None:
                continue
            for sample in self._drawer.draw(source, entry, epoch).samples:
                yield {
                    "image": pair.image,
                    "text": sample.text,
                    "role": sample.role,
                    "maker": sample.maker,
                    "source": source.name,
                    "group": source.group,
                    "key": entry.key,
                    "score": -1.0 if sample.score is None else sample.score,
                    "alignment": sample.level,
                    "prompt": sample.prompt,
                    "turn": sample.turn,
                }


_FAR = 1 << 10
"""Turns that fill up an epoch (`per_part`) are drawn this many epochs on: nobody trains so long."""


def rule_of(mixture: Mixture, sources: tuple[Source, ...], read: Read = entries) -> Rule:
    """The rule of a mixture on its sources, which are read once, by `read`, if it depends on what is in them."""
    if not quotas.needs_census(mixture):
        return quotas.drawn(mixture)
    with taken(sources, quotas.terms_of(mixture), mixture.levels, read=read) as census:
        return quotas.counted(mixture, census)


def _no_samples(part: Part, shards: int) -> UsageError:
    told = f"worker {part.index} of {part.count} has no samples: "
    if not shards:
        return UsageError(f"{told}there are fewer shards than workers.\nUse fewer workers or ranks, or smaller shards.")
    return UsageError(
        f"{told}none in {_EMPTY_TURNS} turns of its {shards} shards.\n"
        "Their pairs lack captions of the roles, or weigh too little for per_part.\n"
        "See the shares with: burnish mix SRC --mixture FILE --dry-run"
    )


def _rows(positions: Sequence[Any]) -> Iterator[tuple[int, int, int, int]]:
    """Positions one by one, also from what torch's default collate makes of a list of them: four tensors."""
    columns = len(positions) == 4 and all(getattr(column, "ndim", 0) == 1 for column in positions)
    for epoch, part, parts, number in zip(*positions, strict=True) if columns else positions:
        yield int(epoch), int(part), int(parts), int(number)


def _from_environment(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        raise UsageError(f"the variable {name} should hold a number, not {value!r}.")
    return int(value)


def _torch_worker() -> tuple[int, int]:
    """(number, count) of the DataLoader worker this is; (0, 1) outside of one."""
    import sys

    data = sys.modules.get("torch.utils.data")
    info = data.get_worker_info() if data is not None else None
    return (0, 1) if info is None else (info.id, info.num_workers)


def _make_known_to_torch() -> None:
    """Let a DataLoader see an iterable dataset: it asks for the class, and that lets others be registered."""
    if importlib.util.find_spec("torch") is None:
        return
    from torch.utils.data import IterableDataset

    IterableDataset.register(MixedPairs)
