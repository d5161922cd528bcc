"""One shard: its pairs with scores, what is made of them, and the table of it; later its images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import xxhash

from burnish import backends, images
from burnish import plan as plans
from burnish.answers import Answered, metered
from burnish.errors import UsageError
from burnish.flow import enhance
from burnish.images.formats import ending
from burnish.mixing import draws
from burnish.mixing.samples import Keys
from burnish.mixing.sources import Entry, Source, items, known
from burnish.negatives import lines, sheet
from burnish.negatives.comparing import Judge
from burnish.negatives.making import Made, Maker, Seen
from burnish.negatives.settings import Settings
from burnish.negatives.teaching import Teacher, Worse
from burnish.plan import CostRules
from burnish.protocols import Backend
from burnish.purse import Shared, Unlimited
from burnish.storage.answers import AnswerFile, answers_folder
from burnish.storage.commit import Commit
from burnish.storage.ledger import Counts
from burnish.storage.run import Ticket
from burnish.texts import storable
from burnish.tools import load_tools
from burnish.values import Item, Pair, Picture, Record, Shard

BATCH = 32
"""Pairs decoded and put to the models at once."""

IMAGES = "images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A shard to make captions of (`named`: as it is committed), or, with `wanted`, to copy images of: the file for
    each place in the shard.
    """

    source: Source
    shard: Shard
    wanted: Mapping[int, str] | None = None

    @property
    def named(self) -> Shard:
        """The shard as it is committed."""
        return replace(self.shard, name=f"{IMAGES if self.wanted is not None else sheet.FOLDER}/{self.shard.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The models of a run; two that are called the same are one. `scoring` gives scores to pairs that have none."""

    judge: Backend
    scoring: Backend | None = None
    teacher: Backend | None = None

    @classmethod
    def load(cls, settings: Settings) -> Models:
        """Raises `UsageError` for a model that does not exist or cannot do what is asked of it."""
        made: dict[tuple[str, str], Backend] = {}

        def model(name: str, options: Mapping[str, str]) -> Backend:
            key = (name, repr(sorted(options.items())))
            if key not in made:
                made[key] = backends.load(name, options)
            return made[key]

        judge = model(*settings.judging)
        scoring = model(settings.backend, settings.backend_options) if settings.backend else None
        teacher = model(settings.teacher, settings.teacher_options) if settings.teacher else None
        if teacher is not None:
            Worse(teacher)
        return cls(judge=judge, scoring=scoring, teacher=teacher)

    def identities(self) -> dict[str, str]:
        """What each is known by, "" for none."""
        taught = Worse(self.teacher).identity if self.teacher else ""
        return {
            "backend": self.scoring.identity if self.scoring else "",
            "judge": self.judge.identity,
            "teacher": taught,
        }


def worker(settings: Settings, ticket: Ticket) -> Callable[[Job], None]:
    """What each process does with its jobs."""
    models = Models.load(settings)
    return lambda job: _make(job, settings, models, ticket)


def copier(ticket: Ticket) -> Callable[[Job], None]:
    """What each process does with jobs whose images are wanted."""
    return lambda job: _copy(job, ticket)


def _make(job: Job, settings: Settings, models: Models, ticket: Ticket) -> None:
    with ticket.commit(job.named) as commit, ExitStack() as stack:
        journal = _Journal(answers_folder(ticket.out), job.shard, settings.cost)
        maker = _maker(settings, models, journal)
        desk = _Desk(job, settings, commit)
        eyes = {side: stack.enter_context(images.Decoder(images.Limits(), side)) for side in _sides(models)}
        pairs = _scored(job, settings, (models, journal), commit)
        while batch := list(islice(pairs, BATCH)):
            seen = {side: eye.decode_batch([pair.image for pair, _ in batch]) for side, eye in eyes.items()}
            taught = seen[models.teacher.side_px if models.teacher else models.judge.side_px]
            shown = [
                Seen(entry=entry, picture=_picture(own), taught=_picture(other))
                for (_, entry), own, other in zip(batch, seen[models.judge.side_px], taught, strict=True)
            ]
            for (pair, _), each, made in zip(batch, shown, maker.make(shown), strict=True):
                desk.put(pair, each, made)
        desk.finish()
        quarantine = commit.quarantine()
        maker.tally.faults = quarantine.faults + quarantine.gaps
        counts = Counts(
            total=maker.tally.pairs + maker.tally.faults,
            kept=maker.tally.pairs,
            quarantined=quarantine.faults,
            gaps=quarantine.gaps,
        )
        commit.publish(counts, {"tally": maker.tally.as_json()})


def _sides(models: Models) -> set[int]:
    return {model.side_px for model in (models.judge, models.teacher) if model is not None}


def _picture(found: object) -> Picture | None:
    return found if isinstance(found, Picture) else None


@dataclass(frozen=True, slots=True)
class _Journal:
    """Where the answers about a shard are kept, if they cost something, and what they may cost."""

    folder: Path
    shard: Shard
    cost: CostRules

    def over(self, model: Backend, what: str, asked: Backend | None = None) -> Backend:
        """What is asked (the model, if nothing is named) for the purpose `what`."""
        asked = asked or model
        if not metered(model):
            return asked
        purse = Shared(self.folder, self.cost) if self.cost.limited else Unlimited()
        return Answered(asked, AnswerFile(self.folder / what / f"{self.shard.name}.jsonl"), purse)


def _maker(settings: Settings, models: Models, journal: _Journal) -> Maker:
    teacher = None
    if models.teacher is not None:
        own = models.teacher
        teacher = Teacher(journal.over(own, "worse", Worse(own)), journal.over(own, "better"))
    return Maker(settings, Judge(journal.over(models.judge, "judge"), settings), teacher)


def _scored(
    job: Job, settings: Settings, asked: tuple[Models, _Journal], commit: Commit
) -> Iterator[tuple[Pair, Entry]]:
    """The pairs of a shard with what is known of them; what is none goes to quarantine."""
    models, journal = asked
    stream: Iterator[tuple[Item, Entry | None]]
    if job.shard.name in job.source.recorded or models.scoring is None:
        stream = known(job.source, job.shard)
    else:
        stream = _assessed(job, settings, journal.over(models.scoring, "scored"))
    for item, entry in stream:
        if isinstance(item, Pair):
            assert entry is not None
            yield item, entry
        else:
            commit.quarantine().put(item)


def _assessed(job: Job, settings: Settings, scoring: Backend) -> Iterator[tuple[Item, Entry | None]]:
    """The pairs of a shard that was never assessed, by way of a run of `burnish enhance` without an output."""
    plan = plans.build({"source": job.source.path, "backend": settings.backend, "workers": 1})
    with closing(load_tools(plan, backend=scoring)) as tools:
        for outcome in enhance(items(job.source, job.shard), tools):
            if isinstance(outcome, Record):
                yield outcome.pair, _entry(outcome)
            else:
                yield outcome, None


def _entry(record: Record) -> Entry:
    pair = record.pair
    return Entry(
        key=storable(pair.key)[0],
        image_xxh128=xxhash.xxh3_128_hexdigest(pair.image),
        captions=record.captions,
        chosen=record.chosen,
    )


class _Desk:
    """Writes the table of a shard: what was made, each with its chats."""

    def __init__(self, job: Job, settings: Settings, commit: Commit) -> None:
        self._settings = settings
        self._sheet = sheet.writer(commit.create(sheet.file_of(job.shard.name)))
        self._stem = job.shard.stem
        self._keys = Keys()
        self._row = -1

    def put(self, pair: Pair, seen: Seen, made: Sequence[Made]) -> None:
        self._row += 1
        if not made:
            return
        entry = seen.entry
        name = self._keys.own(entry.key)
        image = f"{IMAGES}/{self._stem}/{name}.{ending(pair.image)}"
        for each in made:
            self._sheet.put(
                {
                    "row": self._row,
                    "who": f"{draws.identity(self._settings.seed, entry.key, entry.image_xxh128):016x}",
                    "key": entry.key,
                    "image": image,
                    "kind": each.kind,
                    "way": "" if each.refused == "" and each.way == "rewrite" else each.way,
                    "text": storable(each.text)[0],
                    "target": storable(each.target)[0],
                    "score": each.scores.get(self._settings.criterion, lines.NO_SCORE),
                    "refused": each.refused,
                    "lines": "[]" if each.refused else self._lines(seen, each, (f"{self._stem}/{name}", image)),
                }
            )

    def _lines(self, seen: Seen, made: Made, where: tuple[str, str]) -> str:
        assert seen.picture is not None
        named, image = where
        taught = lines.Taught(picture=seen.picture, text=made.text, target=made.target, scores=made.scores)
        base = {"key": seen.entry.key, "kind": made.kind, "way": made.way}
        split = split_of(seen.entry.image_xxh128, self._settings.held_out)
        rows: list[dict[str, Any]] = []
        for line in lines.lines(taught, self._settings):
            parts = (named, made.kind, made.way, line.task, line.criterion)
            rows.append(
                {
                    "id": "-".join(part for part in parts if part),
                    **base,
                    "task": line.task,
                    "criterion": line.criterion,
                    "score": line.score,
                    "image": image,
                    "messages": line.messages,
                    "split": split,
                }
            )
        return orjson.dumps(rows).decode()

    def finish(self) -> None:
        self._sheet.finish()


def split_of(image_xxh128: str, held_out: float) -> str:
    """By the picture alone: no text of a picture is on both sides, whatever the seed."""
    drawn = draws.identity(0, "", image_xxh128)
    return "held_out" if drawn < draws.cut_of(held_out) else "train"


def _copy(job: Job, ticket: Ticket) -> None:
    """The images that are wanted, to the byte, each once."""
    assert job.wanted is not None
    with ticket.commit(job.named) as commit:
        written = 0
        pairs = (item for item in items(job.source, job.shard) if isinstance(item, Pair))
        for row, pair in enumerate(pairs):
            if row in job.wanted:
                with commit.create(job.wanted[row]) as file:
                    file.write(pair.image)
                written += 1
        if written != len(job.wanted):
            raise UsageError(
                f"{job.shard.name} has fewer pairs than when captions were made of it.\nTake a new folder for the set."
            )
        commit.publish(Counts())
