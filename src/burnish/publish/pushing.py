"""`burnish push`: look at everything first, then send what is not there, the seal last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from burnish.errors import StopError, UsageError, VerifyError
from burnish.publish.contents import Contents, Parcel, contents, journal_parcels, parcel
from burnish.publish.far import Far, near, open_far, reaching
from burnish.publish.leaflets import leaflets
from burnish.storage.files import Files
from burnish.storage.journal import FileEntry
from burnish.storage.layout import BESIDE, CACHES, CARD, HIDDEN, JOURNAL, PLAN, REVIEW, SEAL
from burnish.storage.opening import open_files
from burnish.storage.overlap import refuse_overlap
from burnish.storage.run import seal_bytes
from burnish.storage.stopping import stopping
from burnish.storage.tags import Seen
from burnish.storage.verify import Difference, verify

_HARMLESS: Final = (*BESIDE, "LICENSE", "LICENSE.md", "LICENSE.txt")
"""May lie at a place that is pushed to for the first time."""
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How to push: `dry_run` sends nothing; `unfinished` takes a run that has not finished, without its seal;
    `replace` takes the place of another set, or of a card that others wrote; `public` makes a new data set on the Hub
    public; `read_back` compares every byte there at the end.
    """

    dry_run: bool = False
    unfinished: bool = False
    replace: bool = False
    public: bool = False
    read_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What was sent, or would be: `sent` names and sizes, `there` how many files were there with the same bytes,
    `removed` names of an earlier push that this set has not, `replaced` names of what others had written there.
    `sealed`: whether the place now holds a whole set.
    """

    shown: str
    sent: Sequence[FileEntry]
    there: int
    removed: Sequence[str]
    replaced: Sequence[str]
    sealed: bool
    dry_run: bool

    @property
    def sent_bytes(self) -> int:
        """Bytes that were sent, or would be."""
        return sum(entry.size for entry in self.sent)


def push(output: str, destination: str, wanted: Wanted | None = None) -> Pushed:
    """Send the output `output` to `destination` (``hf://user/name`` or any place that outputs can be written to).

    Files that are there with the same bytes are not sent again; the same call goes on after a stop. Raises
    `VerifyError` for an output that is not as it was committed, `UsageError` for one that is unfinished and for a place
    that holds something else, `StopError` if either side fails.
    """
    wanted = wanted or Wanted()
    with reaching(destination):
        refuse_overlap(output, near(destination))
    source = open_files(output)
    _refuse_broken(output, verify(output), unfinished=wanted.unfinished)
    with stopping("read", source.shown):
        found = contents(source, unfinished=wanted.unfinished)
        parcels = _parcels(output, destination, source, found)
    with reaching(destination):
        far = open_far(destination, source, public=wanted.public)
    with stopping("send to", far.shown):
        done = _Push(far, parcels, wanted).run()
    if wanted.read_back and not wanted.dry_run:
        _read_back(destination, far, unfinished=not found.seal)
    return done


class _Push:
    """One push, planned against what is there."""

    def __init__(self, far: Far, parcels: Sequence[Parcel], wanted: Wanted) -> None:
        self._far = far
        self._parcels = parcels
        self._wanted = wanted
        self._seen = far.look()
        self._note = far.note()
        self._same = self._is_ours()
        self._missing = [each for each in parcels if not far.holds(each, self._seen.get(each.name))]
        self._stale = self._left_over()

    def run(self) -> Pushed:
        """Send what is missing."""
        done = Pushed(
            shown=self._far.shown,
            sent=[each.entry for each in self._missing],
            there=len(self._parcels) - len(self._missing),
            removed=self._stale,
            replaced=[CARD] if self._is_others_card() else [],
            sealed=any(each.name == SEAL for each in self._parcels),
            dry_run=self._wanted.dry_run,
        )
        if self._wanted.dry_run or not (self._missing or self._stale):
            return done
        # As a commit does it: what says that something is done goes before that something changes.
        other = [each.name for each in self._missing if each.name.startswith(f"{JOURNAL}/")]
        self._far.begin([name for name in (SEAL, *other) if name in self._seen])
        last = _last(self._parcels)
        at_end = {each.name for each in last}
        # By its plan a place is known for ours, should this be cut short.
        self._far.send([each for each in self._missing if each.name == PLAN])
        self._far.send([each for each in self._missing if each.name not in at_end | {PLAN}])
        self._far.finish(last, self._stale)
        self._check()
        return done

    def _is_ours(self) -> bool:
        """Whether a place is empty or holds an earlier push of this set, and not another's set that gives way to it.

        Raises `UsageError` for what does not.
        """
        plan = next(each for each in self._parcels if each.name == PLAN)
        if PLAN in self._seen:
            same = self._far.read(PLAN) == plan.data
            what = "another set of burnish's"
        else:
            harmless = {*_HARMLESS, CARD}
            foreign = [name for name in self._seen if name not in harmless and not name.startswith(f"{HIDDEN}/")]
            same = not foreign
            what = f"{foreign[0]} and {len(foreign) - 1:,} more files" if len(foreign) > 1 else "".join(foreign)
        if same and self._is_others_card() and not self._wanted.replace:
            raise UsageError(
                f"{self._far.shown} holds a {CARD} that burnish did not write.\n"
                "If this set's card may take its place, as that of one which the Hub's website made: add --replace.\n"
                "If it says something that is to stay, give a place of its own."
            )
        if same or (self._wanted.replace and PLAN in self._seen):
            return same
        advice = " or, to take its place, --replace" if PLAN in self._seen else ""
        raise UsageError(f"{self._far.shown} holds {what}.\nGive a place of its own{advice}.")

    def _is_others_card(self) -> bool:
        """Whether there is a card although no push of ours ever came here: with the first file the plan does."""
        return CARD in self._seen and PLAN not in self._seen

    def _left_over(self) -> list[str]:
        """What earlier pushes sent and this set has not; files of others stay, and what was decided or paid there."""
        own = {each.name for each in self._parcels} | set(BESIDE)
        kept = tuple(f"{folder}/" for folder in (REVIEW, *CACHES)) if self._same else ()
        hidden = {name for name in self._seen if name.startswith(f"{HIDDEN}/") and not name.startswith(kept)}
        ours = hidden | set(self._note)
        return sorted(name for name in ours - own if name in self._seen)

    def _check(self) -> None:
        """What is there now is what was to be sent, as far as the place tells without reading it all."""
        seen = self._far.look()
        wrong = [each.name for each in self._parcels if not _is_sound(each, seen.get(each.name))]
        if wrong:
            raise StopError(
                f"{self._far.shown} does not show {wrong[0]} as it was sent ({len(wrong):,} files).\n"
                "Run the same command again: what is there is not sent again."
            )


def _parcels(output: str, destination: str, source: Files, found: Contents) -> list[Parcel]:
    """Everything in the order in which it is sent: the plan, which says whose place it is, then data, journal, the
    run-level files, the seal.
    """
    made = leaflets(output, near(destination), source, found)
    run = {**found.run, **made}
    plan = parcel(PLAN, run.pop(PLAN))
    rest = [parcel(name, data) for name, data in sorted(run.items())]
    data = [Parcel(entry=entry) for entry in found.data]
    parcels = [plan, *data, *journal_parcels(found), *rest]
    if found.seal:
        entries = sorted((each.entry for each in (plan, *rest)), key=lambda entry: entry.name)
        parcels.append(parcel(SEAL, seal_bytes(entries, found.journal, found.counts)))
    return parcels


def _last(parcels: Sequence[Parcel]) -> list[Parcel]:
    """What becomes visible at the end: run-level files, then the seal."""
    return [each for each in parcels if each.data is not None and each.name in {CARD, SEAL}]


def _is_sound(each: Parcel, seen: Seen | None) -> bool:
    return seen is not None and seen.size == each.entry.size and seen.sha256 in {"", each.entry.sha256}


def _refuse_broken(output: str, differences: Sequence[Difference], *, unfinished: bool) -> None:
    """Nothing is sent of an output that is not as it was committed; of one that only has not finished, if asked to."""
    if not differences:
        return
    broken = [each for each in differences if not each.unfinished]
    if broken:
        shown = "\n".join(f"  {each}"[:200] for each in broken[:_SHOWN])
        raise VerifyError(f"{output} is not as it was committed, so nothing of it is sent:\n{shown}")
    if not unfinished:
        raise UsageError(
            f"the run into {output} has not finished: {differences[0]}.\n"
            "Finish it with the same command, or send what is committed with --unfinished."
        )


def _read_back(destination: str, far: Far, *, unfinished: bool) -> None:
    differences = verify(near(destination))
    if unfinished:
        differences = [each for each in differences if each.name != SEAL]
    if differences:
        raise VerifyError(f"{far.shown} was sent, but {differences[0]}.\nRun the same command again.")
