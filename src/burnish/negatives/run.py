"""A whole set into a folder: captions made shard by shard, chosen over all shards, written beside their images, sealed.

The dear half, models judging captions, is committed shard by shard, and goes on after any stop. What is chosen then
depends on what was made and on nothing else, so the set is the same whatever the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any, cast

import orjson

import burnish
from burnish import criteria
from burnish.engines import processes
from burnish.engines.jobs import spread
from burnish.errors import UsageError
from burnish.mixing.sources import Source
from burnish.negatives import forms, sheet, ways
from burnish.negatives.card import card
from burnish.negatives.choosing import Candidate, chosen
from burnish.negatives.settings import Settings
from burnish.negatives.shards import Job, Models, copier, worker
from burnish.negatives.tally import Tally
from burnish.passes.sources import claim
from burnish.purse import Shared
from burnish.storage.answers import answers_folder
from burnish.storage.layout import CARD, SUMMARY
from burnish.storage.ledger import Counts
from burnish.storage.overlap import refuse_overlap
from burnish.storage.run import Run
from burnish.values import Json, Shard

OnShard = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The outcome. `there`: captions that could be taught, by stratum; `taught`: those that are, by kind and way;
    `samples`: lines by split and task.
    """

    tally: Tally
    there: dict[str, int]
    taught: dict[str, dict[str, int]] = field(default_factory=dict)
    samples: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def captions(self) -> int:
        """Captions that are taught."""
        return sum(sum(ways.values()) for ways in self.taught.values())

    @property
    def lines(self) -> int:
        """Samples in all."""
        return sum(sum(tasks.values()) for tasks in self.samples.values())

    def as_json(self) -> dict[str, Json]:
        """All numbers by name."""
        rest = {name: value for name, value in asdict(self).items() if name != "tally"}
        made = {"captions": sum(self.tally.kinds.values()), "taught": self.captions, "lines": self.lines}
        return {**self.tally.as_json(), **made, "by": rest}


def negatives(
    source: Source, settings: Settings, output: str, *, workers: int = 0, on_shard: OnShard | None = None
) -> Found:
    """Make the samples of `source` and write them into the new folder or URL `output`; the same call goes on after any
    stop.

    Raises `UsageError` before anything is touched, `StopError`/`Interrupted` with finished shards intact.
    """
    refuse_overlap(source.path, output)
    _refuse_unknown(settings)
    _refuse_unscored(source, settings)
    models = Models.load(settings)
    plan: dict[str, Json] = {
        "negatives": settings.as_json(),
        "models": dict(models.identities()),
        "source": claim([source]),
        "burnish": burnish.__version__,
    }
    with Run.open(output, plan) as run, processes.interruptible():
        try:
            _made(run, source, settings, (workers, on_shard or (lambda _done, _all: None)))
            return _written(run, source, settings, workers)
        except KeyboardInterrupt:
            raise processes.interrupted() from None


def _refuse_unknown(settings: Settings) -> None:
    for form in settings.names("forms"):
        forms.load(form)
    for way in settings.all_ways:
        if way != ways.TEACHER:
            ways.load(way)
    for criterion in settings.scored:
        criteria.load(criterion)


def _refuse_unscored(source: Source, settings: Settings) -> None:
    if not settings.backend and any(shard.name not in source.recorded for shard in source.shards):
        raise UsageError(
            f"{source.path} is no output of burnish: its pairs have no scores.\n"
            "Assess it first (burnish enhance SRC -o OUT), or name a model here with --backend."
        )


def _made(run: Run, source: Source, settings: Settings, how: tuple[int, OnShard]) -> None:
    workers, on_shard = how
    jobs = [Job(source=source, shard=shard) for shard in source.shards]
    left = _left(run, jobs)
    if settings.cost.limited:
        Shared(answers_folder(run.ticket.out), settings.cost).fill()
    finished = len(jobs) - len(left)
    on_shard(finished, len(jobs))
    for _ in spread(left, workers, worker, settings, run.ticket):
        finished += 1
        on_shard(finished, len(jobs))


def _left(run: Run, jobs: Sequence[Job]) -> list[Job]:
    """The jobs that are still to be done; the seal goes if there are any."""
    done = run.records()
    left = [job for job in jobs if job.named.name not in done or not done[job.named.name].of(job.named)]
    if left:
        run.reopen()
    return left


def _written(run: Run, source: Source, settings: Settings, workers: int) -> Found:
    tally = Tally()
    for name, record in run.records().items():
        if name.startswith(f"{sheet.FOLDER}/"):
            tally.add(Tally.from_json(cast("dict[str, Any]", record.facts["tally"])))
    places, there = chosen(_candidates(run, source), settings.balance, settings.most)
    _copied(run, source, places, workers)
    taught, samples = _lines(run, source, settings, places)
    found = Found(tally=tally, there=there, taught=taught, samples=samples)
    summary = orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2) + b"\n"
    run.seal({CARD: card(settings, found.as_json()).encode(), SUMMARY: summary})
    return found


def _rows(run: Run, source: Source, *columns: str) -> Iterator[tuple[int, Shard, dict[str, Any]]]:
    """All rows of all shards with their place, counted over all."""
    places = count()
    for shard in source.shards:
        for row in sheet.rows(run.files, shard.name, *columns):
            yield next(places), shard, row


def _candidates(run: Run, source: Source) -> Iterator[Candidate]:
    for place, _, row in _rows(run, source, "who", "kind", "way", "text", "score", "refused"):
        if not row["refused"]:
            what = (row["kind"], row["way"], row["text"])
            yield Candidate.of(place, int(row["who"], 16), what, row["score"])


def _copied(run: Run, source: Source, places: frozenset[int], workers: int) -> None:
    wanted: dict[str, dict[int, str]] = {shard.name: {} for shard in source.shards}
    for place, shard, row in _rows(run, source, "row", "image"):
        if place in places:
            wanted[shard.name][row["row"]] = row["image"]
    jobs = [Job(source=source, shard=shard, wanted=wanted[shard.name]) for shard in source.shards]
    for _ in spread(_left(run, jobs), workers, copier, run.ticket):
        pass


def _lines(
    run: Run, source: Source, settings: Settings, places: frozenset[int]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Write the files of lines; what is taught, by kind and way, and the samples by split and task."""
    taught: dict[str, dict[str, int]] = {}
    samples: dict[str, dict[str, int]] = {}
    written = [forms.load(name) for name in settings.names("forms")]
    with run.commit(Shard(name="samples", path=source.path, size=len(places))) as commit:
        files = [(form, commit.create(form.file)) for form in written]
        for place, _, row in _rows(run, source, "kind", "way", "lines"):
            if place not in places:
                continue
            _count(taught, row["kind"], row["way"])
            for chat in orjson.loads(row["lines"]):
                _count(samples, chat["split"], chat["task"])
                for form, file in files:
                    file.write(orjson.dumps(form.line(chat)) + b"\n")
        for _, file in files:
            file.close()
        commit.publish(Counts())
    return taught, samples


def _count(into: dict[str, dict[str, int]], outer: str, inner: str) -> None:
    counts = into.setdefault(outer, {})
    counts[inner] = counts.get(inner, 0) + 1
