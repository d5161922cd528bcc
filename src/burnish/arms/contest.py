"""Does it help? Arms of the same pairs, a proxy trained on each with several seeds, all asked the same in the end.

Every training is kept in the output under the digest of all that can change it, so a stopped contest goes on, and one
with more seeds, sizes, arms or proxies trains only what is new. It needs no image of the arms' source but for the
proxy's first look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

import burnish
from burnish.arms import kinds, mixtures, page, pool, verdict
from burnish.arms.asked import Asked
from burnish.arms.gallery import Gallery, gallery
from burnish.arms.mixtures import Entrant
from burnish.arms.training import AGAIN, BASE, CONTROL, Job, Outcome, Trained, trainer
from burnish.engines import jobs as spreading
from burnish.engines import processes
from burnish.errors import StopError, UsageError
from burnish.evals.run_plan import rewrites_below
from burnish.mixing.reading import ONE_SOURCE
from burnish.mixing.sources import Source, open_source
from burnish.passes.sources import claim
from burnish.proxy import Proxy
from burnish.storage.layout import CARD, SUMMARY
from burnish.storage.ledger import Counts
from burnish.storage.overlap import refuse_overlap
from burnish.storage.run import Run
from burnish.storage.stopping import stopping
from burnish.values import Json, Shard

PAGE, MIXTURES = "page.html", "mixtures"

Look = Callable[[Iterable[str], Proxy], Gallery]
OnTraining = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """What is to be done. `proxies`: by name, as `burnish.proxy.load` gives them. `arms`: names and TOML files, none:
    all that come along. `seeds`: 0 to below it. `sizes` of pools, none: a quarter, half and all. `below`: of the
    filter, None: the source's own ``rewrite.below``. `caption`: role of the synthetic captions. `cut`: recall at how
    many is the figure. `epochs`: turns of the mixtures that are drawn; a proxy takes them in turn for as many steps as
    it has. `look`: how a proxy sees the pictures of sources.
    """

    source: str
    output: str
    exams: Sequence[Asked]
    proxies: Mapping[str, Proxy]
    arms: Sequence[str] = ()
    seeds: int = 5
    sizes: Sequence[int] = ()
    below: float | None = None
    caption: str = ""
    cut: int = 5
    epochs: int = 4
    workers: int = 1
    look: Look = gallery

    def __post_init__(self) -> None:
        if self.seeds < 2:
            raise UsageError("an error bar needs 2 seeds or more; 5 are a beginning.")
        if min(self.cut, self.epochs) < 1:
            raise UsageError("cut and epochs must be at least 1.")
        names = [exam.name for exam in self.exams]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise UsageError(f"two exams are called {twice[0]!r}: give each a name of its own.")


def run(contest: Contest, on_training: OnTraining = lambda _proxy, _done, _all: None) -> dict[str, Any]:
    """Train what is missing, write the page, and give the figures as plain data (docs/arms.md).

    Raises `UsageError` before anything is touched, `StopError`/`Interrupted` if stopped: the same call goes on.
    """
    refuse_overlap(contest.source, contest.output)
    source = open_source(ONE_SOURCE, contest.source)
    asked = {one.image_xxh128 for exam in contest.exams for one in exam.questions}
    below = rewrites_below(contest.source) if contest.below is None else contest.below
    counted = pool.count(source, asked, below, contest.caption)
    sizes = pool.sizes(contest.sizes, counted.pairs)
    wanted = list(dict.fromkeys((BASE, *(contest.arms or kinds.names()))))
    entrants, left_out = mixtures.entrants(wanted, counted.facts)
    plan: dict[str, Json] = {
        "arms": {"source": claim([source]), "exams": {exam.name: exam.digest for exam in contest.exams}},
        "burnish": burnish.__version__,
    }
    with Run.open(contest.output, plan) as opened, processes.interruptible():
        try:
            opened.reopen()
            for size in sizes:
                pool.write(opened, source, asked, size, counted.pairs)
            trained = {
                name: _trained(contest, opened, source, (name, entrants, sizes), on_training)
                for name in contest.proxies
            }
            found = verdict.found(
                contest, verdict.Field(counted=counted, entrants=entrants, left_out=left_out), trained
            )
            contents = _contents(contest, entrants, sizes, found)
            _remove_others(opened, contents)
            opened.seal(contents)
        except KeyboardInterrupt:
            raise processes.interrupted() from None
    return found


def _jobs(contest: Contest, entrants: Sequence[Entrant], sizes: Sequence[int]) -> Iterator[tuple[str, int, Job]]:
    """(arm, pool, training), seed by seed."""
    base = next(one for one in entrants if one.name == BASE)
    for size in sizes:
        where = (contest.source, f"{contest.output.rstrip('/')}/{pool.folder(size)}", size)
        for seed in range(contest.seeds):
            yield BASE, size, _job(base, where, seed, contest.epochs)
            yield AGAIN, size, _job(base, where, seed, contest.epochs, again=True)
            yield CONTROL, size, _job(base, where, seed, contest.epochs, control=True)
            for one in entrants:
                if one.name != BASE:
                    yield one.name, size, _job(one, where, seed, contest.epochs)


def _job(one: Entrant, where: tuple[str, str, int], seed: int, epochs: int, **how: bool) -> Job:
    source, folder, size = where
    mixture = one.mixture(source, folder, size, seed)
    return Job(size=size, seed=seed, mixture=mixture, epochs=epochs, **how)


def _trained(
    contest: Contest,
    opened: Run,
    source: Source,
    what: tuple[str, Sequence[Entrant], Sequence[int]],
    on_training: OnTraining,
) -> Trained:
    name, entrants, sizes = what
    proxy = contest.proxies[name]
    rest = (str(claim([source])[source.name]), *(exam.digest for exam in contest.exams), proxy.identity)
    listed = [(arm, size, job, job.digest(*rest)) for arm, size, job in _jobs(contest, entrants, sizes)]
    every = {digest: job for _, _, job, digest in listed}
    done = {digest: kept for digest in every if (kept := _kept(opened, digest)) is not None}
    missing = [job for digest, job in every.items() if digest not in done]
    on_training(name, len(done), len(every))
    if missing:
        seen = contest.look([contest.source, *dict.fromkeys(exam.source for exam in contest.exams)], proxy)
        exams = [exam.exam(seen.rows) for exam in contest.exams]
        for job, outcome in spreading.spread(missing, contest.workers, trainer, proxy, seen, exams):
            digest = job.digest(*rest)
            _keep(opened, digest, outcome)
            done[digest] = outcome
            on_training(name, len(done), len(every))
    shown = [*(one.name for one in entrants), AGAIN, CONTROL]
    outcomes: dict[int, dict[str, list[Outcome]]] = {size: {arm: [] for arm in shown} for size in sizes}
    for arm, size, _, digest in listed:
        outcomes[size][arm].append(done[digest])
    return Trained(identity=proxy.identity, outcomes=outcomes)


def _shard(digest: str) -> Shard:
    return Shard(name=f"runs/{digest}", path="", size=0)


def _kept(opened: Run, digest: str) -> Outcome | None:
    """The outcome of a training that was done before."""
    name = f"runs/{digest}.json"
    if not opened.done(_shard(digest)):
        return None
    with stopping("read", f"{opened.files.shown}/{name}"):
        data = opened.files.read(name)
    try:
        return Outcome.from_json(orjson.loads(data))
    except orjson.JSONDecodeError as error:
        raise StopError(
            f"{opened.files.shown}/{name} is damaged: {error}.\nRemove it; the same command trains it again."
        ) from error


def _keep(opened: Run, digest: str, outcome: Outcome) -> None:
    with opened.commit(_shard(digest)) as commit:
        with commit.create(f"runs/{digest}.json") as file:
            file.write(orjson.dumps(outcome.as_json()))
        commit.publish(Counts())


def _remove_others(opened: Run, contents: Mapping[str, bytes]) -> None:
    """Mixtures of an earlier end with other sizes or arms: no seal speaks of them any more."""
    with stopping("write to", opened.files.shown):
        for name in opened.files.sizes(MIXTURES):
            if name not in contents:
                opened.files.remove(name)


def _contents(
    contest: Contest, entrants: Sequence[Entrant], sizes: Sequence[int], found: dict[str, Any]
) -> dict[str, bytes]:
    """The files at the run's end: the page, the figures, and the mixtures as anybody can train with them."""
    made = {
        f"{MIXTURES}/{one.name}-{size}.toml": mixtures.written(
            one, contest.source, f"{contest.output.rstrip('/')}/{pool.folder(size)}", size
        ).encode()
        for one in entrants
        for size in sizes
    }
    summary = orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS) + b"\n"
    return {**made, PAGE: page.html(found).encode(), CARD: page.markdown(found).encode(), SUMMARY: summary}
