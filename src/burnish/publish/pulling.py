"""`burnish pull`: a pushed output back into a folder, every file hashed on its way, the seal last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from burnish.errors import UsageError, VerifyError
from burnish.publish.carrying import carry, holds
from burnish.publish.contents import Contents, Parcel, contents, journal_parcels, parcel
from burnish.publish.far import near, reaching
from burnish.storage.files import Files
from burnish.storage.journal import FileEntry
from burnish.storage.layout import HIDDEN, PLAN, SEAL, is_temp, new_run_id
from burnish.storage.lock import RunLock
from burnish.storage.opening import open_files
from burnish.storage.overlap import refuse_overlap
from burnish.storage.places import locate
from burnish.storage.stopping import stopping
from burnish.storage.verify import verify

_THREADS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What was fetched, or would be: `fetched` names and sizes, `there` how many files were there with the same bytes,
    `pairs` in the set, `sealed`: whether it is a whole one.
    """

    shown: str
    fetched: Sequence[FileEntry]
    there: int
    pairs: int
    sealed: bool
    dry_run: bool

    @property
    def fetched_bytes(self) -> int:
        """Bytes that were fetched, or would be."""
        return sum(entry.size for entry in self.fetched)


def pull(source: str, output: str, *, unfinished: bool = False, dry_run: bool = False) -> Pulled:
    """Fetch the output at `source` (as for `burnish.publish.push`, or any output's place) into `output`, and verify it.

    Files that are there with the same bytes are not fetched again; the same call goes on after a stop. Raises
    `VerifyError` for bytes that are not the committed ones (nothing of that file is visible then), `UsageError` for a
    set that is not whole and for a folder that holds something else, `StopError` if either side fails.
    """
    with reaching(source):
        refuse_overlap(near(source), output)
        far, files = open_files(near(source)), open_files(output)
    with stopping("read", far.shown):
        found = _found(far, unfinished=unfinished)
    _refuse_others(files, found)
    if dry_run:
        with stopping("read", files.shown):
            return _pulled(files, found, _missing(files, found), dry_run=True)
    with stopping("write to", files.shown):
        files.make_folder("")
        files.make_folder(HIDDEN)
    lock = RunLock(files, locate(output))
    lock.acquire()
    try:
        done = _fetched(far, files, found)
    finally:
        lock.release()
    _refuse_damage(output, sealed=bool(found.seal))
    return done


def _found(far: Files, *, unfinished: bool) -> Contents:
    try:
        found = contents(far, unfinished=unfinished)
    except FileNotFoundError as error:
        raise UsageError(
            f"{far.shown} holds no output of burnish: {PLAN} is not there.\nGive the place that burnish push was given."
        ) from error
    if not found.seal and not unfinished:
        raise UsageError(
            f"{far.shown} is not whole: it has no seal, so the push into it, or its run, has not ended.\n"
            "Push again; or fetch what is committed so far with --unfinished."
        )
    return found


def _refuse_others(files: Files, found: Contents) -> None:
    """A folder may be new, or hold this same output, whole or in part."""
    with stopping("read", files.shown):
        names = [name for name in files.sizes() if not is_temp(name)]
        if PLAN in names and files.read(PLAN) != found.run[PLAN]:
            raise UsageError(f"{files.shown} holds another output.\nGive a new folder with -o.")
        foreign = [name for name in names if not name.startswith(f"{HIDDEN}/")]
        if PLAN not in names and foreign:
            raise UsageError(f"{files.shown} is not empty: it holds {foreign[0]}.\nGive a new folder with -o.")
        for name, data in found.journal.items():
            if name in names and files.read(name) != data:
                raise UsageError(
                    f"{files.shown} has {name} with other content: its run went on since.\nGive a new folder with -o."
                )


def _fetched(far: Files, files: Files, found: Contents) -> Pulled:
    run_id = new_run_id()
    with stopping("fetch", f"{far.shown} into {files.shown}"):
        for name in [name for name in files.sizes() if is_temp(name)]:
            files.remove(name)
        missing = _missing(files, found)
        wanted = {each.name for each in missing}
        claim = [each for each in missing if each.name == PLAN]
        data = [each for each in missing if each.data is None]
        for each in claim:
            carry(each, far, files, run_id)
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(lambda each: carry(each, far, files, run_id), data))
        for each in _ours(found):
            if each.name in wanted and each.name != PLAN:
                carry(each, far, files, run_id)
    return _pulled(files, found, missing, dry_run=False)


def _ours(found: Contents) -> Iterator[Parcel]:
    """What is at hand already, in the order in which it may become visible: the seal last."""
    yield from journal_parcels(found)
    yield from (parcel(name, data) for name, data in sorted(found.run.items()))
    if found.seal:
        yield parcel(SEAL, found.seal)


def _missing(files: Files, found: Contents) -> list[Parcel]:
    """What `files` does not hold byte for byte."""
    data = [Parcel(entry=entry) for entry in found.data]
    with ThreadPoolExecutor(_THREADS) as pool:
        everything = [*data, *_ours(found)]
        held = pool.map(lambda each: holds(files, each.entry), everything)
        return [each for each, there in zip(everything, held, strict=True) if not there]


def _pulled(files: Files, found: Contents, missing: Sequence[Parcel], *, dry_run: bool) -> Pulled:
    total = len(found.data) + sum(1 for _ in _ours(found))
    return Pulled(
        shown=files.shown,
        fetched=[each.entry for each in missing],
        there=total - len(missing),
        pairs=found.counts.written,
        sealed=bool(found.seal),
        dry_run=dry_run,
    )


def _refuse_damage(output: str, *, sealed: bool) -> None:
    differences = [each for each in verify(output) if sealed or each.name != SEAL]
    if differences:
        raise VerifyError(f"{output} was fetched, but {differences[0]}.\nRun the same command again.")
