"""A whole mix into a folder: counted, then written shard by shard under the commit protocol, then sealed.

One shard of a source is one shard of the training set. What a shard becomes depends on its pairs and the rule alone, so
a killed mix goes on and gives the same bytes, whatever the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, cast

import orjson

import burnish
from burnish import tokens
from burnish.engines import processes
from burnish.engines.jobs import spread
from burnish.errors import UsageError
from burnish.mixing import forms, quotas
from burnish.mixing.card import card
from burnish.mixing.census import Census, taken
from burnish.mixing.mixture import Mixture
from burnish.mixing.pieces import counting
from burnish.mixing.rule import Rule
from burnish.mixing.samples import Drawer
from burnish.mixing.shares import Report, report
from burnish.mixing.sources import Source, entries, opened
from burnish.mixing.tally import Tally, foreseen
from burnish.mixing.write import Job, write_shard
from burnish.storage.layout import CARD, SUMMARY
from burnish.storage.overlap import refuse_overlap
from burnish.storage.run import Run, Ticket
from burnish.values import Json, Shard

OnShard = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A mixture on its sources: the rule, and how many pairs of which shards are wanted (None: all of all)."""

    mixture: Mixture
    sources: tuple[Source, ...]
    rule: Rule
    wanted: Mapping[str, int] | None = None
    census: Census | None = None

    def todo(self) -> Iterator[tuple[Source, Shard]]:
        """The shards that are wanted."""
        for source in self.sources:
            for shard in source.shards:
                if self.wanted is None or self.wanted.get(source.output_name(shard), 0):
                    yield source, shard

    def limit(self, source: Source, shard: Shard) -> int | None:
        """How many pairs of a shard are wanted."""
        return None if self.wanted is None else self.wanted[source.output_name(shard)]


def foresee(mixture: Mixture, *, limit: int = 0) -> Report:
    """The shares and levels that `mix` would give, counted and not estimated; nothing is written, and of outputs of
    burnish no image is read. `limit`: the first so many pairs.
    """
    with ExitStack() as stack:
        ready = _prepared(mixture, limit, stack, count=True)
        assert ready.census is not None
        if mixture.levels.levels:
            return report(mixture, ready.rule, _drawn(ready))
        tallies = {
            one.source.name: foreseen(one, ready.rule.sources[one.source.name], mixture.epoch)
            for one in ready.census.sources
        }
        return report(mixture, ready.rule, tallies)


def _drawn(ready: Prepared) -> dict[str, Tally]:
    """The tallies by drawing every sample: what level it has stands with its caption, not in a census."""
    drawer = Drawer(ready.mixture, ready.rule)
    tallies = {source.name: Tally() for source in ready.sources}
    for source, shard in ready.todo():
        useful = ready.rule.sources[source.name].terms.useful
        for entry in islice(entries(source, shard), ready.limit(source, shard)):
            tallies[source.name].add(drawer.draw(source, entry), useful)
    return tallies


def mix(mixture: Mixture, output: str, *, workers: int = 0, limit: int = 0, on_shard: OnShard | None = None) -> Report:
    """Write the training set of `mixture` into the folder or URL `output`; the same call goes on after any stop.

    `workers`: processes, 0 for one a core. `on_shard` gets how many shards are done and how many there are. Raises
    `UsageError` before anything is touched, `StopError`/`Interrupted` with all finished shards intact.
    """
    for _, _, source in mixture.entries():
        refuse_overlap(source.path, output)
    with ExitStack() as stack:
        ready = _prepared(mixture, limit, stack, count=False)
    ready = replace(ready, census=None)
    with Run.open(output, _claim(ready, limit)) as run, processes.interruptible():
        try:
            return _write(ready, run, workers, on_shard or (lambda _done, _all: None))
        except KeyboardInterrupt:
            raise processes.interrupted() from None


def _prepared(mixture: Mixture, limit: int, stack: ExitStack, *, count: bool) -> Prepared:
    counting(mixture)  # what cannot be used is said before anything is read
    forms.check(mixture)
    sources = opened(mixture)
    if not (count or limit or quotas.needs_census(mixture)):
        return Prepared(mixture=mixture, sources=sources, rule=quotas.drawn(mixture))
    census = stack.enter_context(taken(sources, quotas.terms_of(mixture), mixture.levels, limit))
    if not census.pairs:
        raise UsageError("the sources hold no pair.\nSee what is in one with: burnish inspect SRC")
    named = {f"{one.source.name}/{shard}": number for one in census.sources for shard, number in one.shards.items()}
    rule = quotas.counted(mixture, census)
    return Prepared(mixture=mixture, sources=sources, rule=rule, wanted=named if limit else None, census=census)


def _claim(ready: Prepared, limit: int) -> dict[str, Json]:
    """Everything that can change an output byte."""
    return {
        "mix": ready.mixture.as_json(),
        "sources": {source.name: source.digest for source in ready.sources},
        "burnish": burnish.__version__,
        "limit": limit,
        "tokenizer": tokens.load(ready.mixture.text.tokenizer).digest,
    }


def _write(ready: Prepared, run: Run, workers: int, on_shard: OnShard) -> Report:
    todo = list(ready.todo())
    done = run.records()
    jobs = [
        Job(source=replace(source, shards=()), shard=shard, limit=ready.limit(source, shard))
        for source, shard in todo
        if not _stands(done, source, shard)
    ]
    finished = len(todo) - len(jobs)
    if jobs:
        run.reopen()
    on_shard(finished, len(todo))
    for _ in spread(jobs, workers, _writer, ready.mixture, ready.rule, run.ticket):
        finished += 1
        on_shard(finished, len(todo))
    tallies = {source.name: Tally() for source in ready.sources}
    for record in run.records().values():
        facts = cast("dict[str, Any]", record.facts)
        tallies[facts["source"]] += Tally.from_json(facts["tally"])
    found = report(ready.mixture, ready.rule, tallies)
    summary = orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2) + b"\n"
    run.seal({CARD: card(ready.mixture, found).encode(), SUMMARY: summary})
    return found


def _stands(done: Mapping[str, Any], source: Source, shard: Shard) -> bool:
    record = done.get(source.output_name(shard))
    return record is not None and record.of(replace(shard, name=source.output_name(shard)))


def _writer(mixture: Mixture, rule: Rule, ticket: Ticket) -> Callable[[Job], Tally]:
    """What each worker does with its jobs."""
    drawer = Drawer(mixture, rule)
    return lambda job: write_shard(job, mixture, drawer, ticket)
