"""One shard of a training set, from a source's shard to its commit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from burnish.mixing.forms import Made, Setup, Sink, load, plain
from burnish.mixing.mixture import Mixture
from burnish.mixing.offers import Terms
from burnish.mixing.samples import Draw, Drawer, Keys, Sample, captions_by_role
from burnish.mixing.sources import Entry, Source, known
from burnish.mixing.tally import Tally
from burnish.storage.commit import Commit
from burnish.storage.ledger import Counts
from burnish.storage.run import Ticket
from burnish.values import Fault, Gap, Item, Pair, Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A shard to write; `limit`: its first so many pairs."""

    source: Source
    shard: Shard
    limit: int | None = None


def write_shard(job: Job, mixture: Mixture, drawer: Drawer, ticket: Ticket) -> Tally:
    """Write and commit one shard. Nothing is visible before the commit. Raises `StopError`, `UsageError`."""
    named = replace(job.shard, name=job.source.output_name(job.shard))
    with ticket.commit(named) as commit:
        shard = _Shard(job, mixture, drawer, commit)
        for item, entry in known(job.source, job.shard):
            if not shard.take(item, entry):
                break
        shard.finish()
        tally = shard.tally
        quarantine = commit.quarantine()
        counts = Counts(
            total=tally.samples + quarantine.faults + quarantine.gaps,
            kept=tally.samples,
            quarantined=quarantine.faults,
            gaps=quarantine.gaps,
        )
        commit.publish(counts, {"source": job.source.name, "tally": tally.as_json()})
    return tally


class _Shard:
    """A shard on its way: its files are made when the first sample comes."""

    def __init__(self, job: Job, mixture: Mixture, drawer: Drawer, commit: Commit) -> None:
        self._job = job
        self._drawer = drawer
        self._commit = commit
        self._form = load(mixture.form)
        self._keys = Keys()
        self._sink: Sink | None = None
        group = mixture.groups[job.source.group]
        self._terms = Terms.of(mixture.seed, group, group.sources[job.source.name])
        self._setup = Setup(
            stem=replace(job.shard, name=job.source.output_name(job.shard)).stem,
            group=job.source.group,
            source=job.source.name,
            roles=roles_of(mixture),
            members=mixture.members,
        )
        self.tally = Tally()

    def take(self, item: Item, entry: Entry | None) -> bool:
        """Take one item in; False if no more are wanted."""
        if isinstance(item, Fault | Gap):
            self._commit.quarantine().put(item)
            self.tally.faults += 1
            return True
        if self._job.limit is not None and self.tally.pairs >= self._job.limit:
            return False
        assert entry is not None
        drawn = self._drawer.draw(self._job.source, entry)
        self.tally.add(drawn, self._terms.useful)
        if drawn.samples:
            self._put(item, entry, drawn)
        return True

    def _put(self, pair: Pair, entry: Entry, drawn: Draw) -> None:
        if self._sink is None:
            self._sink = self._form(self._commit, self._setup)
        captions = dict(captions_by_role(entry, self._setup.roles))
        image_key = self._keys.own(entry.key)
        for sample in map(self._plain, drawn.samples):
            made = Made(
                key=self._keys.own(f"{entry.key}_{sample.copy}") if sample.copy else image_key,
                image_key=image_key,
                source_key=entry.key,
                image=pair.image,
                sample=sample,
                captions=captions,
            )
            self._sink.put(made)

    def _plain(self, sample: Sample) -> Sample:
        text = plain(sample.text, self._form.tags)
        if text == sample.text:
            return sample
        self.tally.respelt += 1
        return replace(sample, text=text)

    def finish(self) -> None:
        """End the files, if there are any."""
        if self._sink is not None:
            self._sink.finish()


def roles_of(mixture: Mixture) -> tuple[str, ...]:
    """All roles of a mixture, fallbacks too, in its order: the keys of each sample's captions."""
    found = (role for group in mixture.groups.values() for role in (*group.roles, *_fallbacks(group.missing)))
    return tuple(dict.fromkeys(found))


def _fallbacks(missing: object) -> tuple[str, ...]:
    return missing if isinstance(missing, tuple) else ()
