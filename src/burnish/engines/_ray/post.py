"""What a worker does on its node: see that all is as the driver thinks, then shard after shard."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import orjson

from burnish import plan as plans
from burnish.answers import metered
from burnish.errors import BurnishError, StopError, UsageError
from burnish.plan import Plan
from burnish.shard_run import Job, ShardDone, run_shard
from burnish.storage.files import Files
from burnish.storage.layout import HIDDEN, HOLDER, temp_name
from burnish.storage.ledger import Counts
from burnish.storage.lock import Holder
from burnish.storage.opening import open_files
from burnish.stores import open_store
from burnish.tools import load_tools
from burnish.values import Gap, Shard

Refusal = tuple[bool, str]
"""Whether it is a matter of usage (else the environment failed), and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Where driver and workers must find each other: the output with the `note` of the run's lock in it, and `beacon`,
    a file in the folder of answers ("" if it is inside the output, or nothing is kept there).
    """

    out: str
    run_id: str
    note: bytes
    beacon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a task: the shards that are done, in `seconds`, and why it ended before its end, if it did."""

    done: tuple[ShardDone, ...]
    seconds: float
    refused: Refusal | None = None


def fingerprint(plan: Plan) -> str:
    """SHA-256 over all of `plan` that can change an output byte."""
    return hashlib.sha256(orjson.dumps(dict(plan.semantic()), option=orjson.OPT_SORT_KEYS)).hexdigest()


def peek(plan: Plan, form: str, shard: Shard) -> str:
    """SHA-256 over the first item of `shard` as it is seen from here: key, image and text, or what it is instead.

    Raises `BurnishError` or `OSError` if it cannot be seen.
    """
    item = next(iter(open_store(plan.source, form, plan.store_options).read(shard)), None)
    if item is None or isinstance(item, Gap):
        return str(item and item.reason)
    content = getattr(item, "image", b""), item.key.encode(), getattr(item, "text", "").encode()
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in content)).hexdigest()


def refused(error: BaseException) -> Refusal | None:
    """An error that says what to do, as plain values; None for any other, which is a bug."""
    if isinstance(error, BurnishError):
        return not isinstance(error, StopError), str(error)
    return None


class Post:
    """A worker that may take part. Not started twice in a process; `look` and below may be called from other threads.

    Raises `BurnishError` if it may not.
    """

    def __init__(self, charge: Mapping[str, Any]) -> None:
        """`charge`: what the driver said, see `burnish.engines.ray`."""
        if Path(charge["cwd"]).is_dir():  # relative paths and modules of the user's own are meant from there
            os.chdir(charge["cwd"])
        self._plan = plans.build(charge["plan"])
        if fingerprint(self._plan) != charge["fingerprint"]:
            raise UsageError("it understands the plan in another way.\nInstall the same burnish on every node.")
        for shard, seen in charge["peeks"]:
            self._compare(charge["form"], Shard(**shard), seen)
        self._tools = load_tools(self._plan)
        self._progress: dict[str, Counts] = {}
        self._lock = threading.Lock()
        self._enough = False

    def facts(self) -> dict[str, Any]:
        """What must be the same on every node, or is needed to tell nodes apart."""
        backend = self._tools.backend
        return {
            "machine": Holder.me().boot,
            "maker": self._tools.maker,
            "metered": backend is not None and metered(backend),
            "versions": versions(),
        }

    def reach(self, meeting: Meeting) -> Refusal | None:
        """Why this node cannot work on the output; None if it can."""
        try:
            files = open_files(meeting.out)
            if _read(files, HOLDER) != meeting.note:
                return True, f"it does not see the run's output {files.shown}.\n{_SHARE}"
            name = temp_name(f"{HIDDEN}/reached", meeting.run_id)
            files.create_whole(name, b"")
            files.remove(name)
        except BurnishError as error:
            return refused(error)
        except OSError as error:
            return True, f"it cannot write to {meeting.out}: {error.strerror or error}.\nGive it the right to."
        if meeting.beacon and not Path(meeting.beacon).is_file():
            return True, f"it does not see the folder of answers {Path(meeting.beacon).parent}.\n{_SHARE}"
        return None

    def work(self, jobs: Sequence[tuple[Job, Shard]]) -> Report:
        """Run shards one after the other, until all are done, one fails or `finish_soon` was called."""
        started = time.monotonic()
        done: list[ShardDone] = []
        why = None
        for job, shard in jobs:
            if self._enough:
                break
            try:
                done.append(run_shard(job, shard, self._tools, partial(self._tick, shard.name)))
            except BurnishError as error:
                why = refused(error)
                break
            self._tick(shard.name, done[-1].counts)
        with self._lock:
            self._progress.clear()
        return Report(done=tuple(done), seconds=time.monotonic() - started, refused=why)

    def look(self) -> dict[str, Counts]:
        """How far the shards of the running task have come."""
        with self._lock:
            return dict(self._progress)

    def finish_soon(self) -> None:
        """Begin no further shard."""
        self._enough = True

    def close(self) -> None:
        """End the child processes. Not while a shard is being worked on."""
        self._tools.close()

    def _tick(self, shard: str, counts: Counts) -> None:
        with self._lock:
            self._progress[shard] = counts

    def _compare(self, form: str, shard: Shard, seen: str) -> None:
        try:
            same = peek(self._plan, form, shard) == seen
        except (BurnishError, OSError) as error:
            first = str(error).partition("\n")[0]
            raise UsageError(f"it cannot read {shard.name} of {self._plan.source}: {first}\n{_SHARE}") from error
        if not same:
            raise UsageError(f"it sees another {shard.name} at {self._plan.source}.\n{_SHARE}")


_SHARE = "Use a folder that every node mounts at the same path, or a URL (s3://...)."
_NAME = re.compile(r"[\w.-]+")
_DEVELOPMENT = "extra == 'dev'"


def versions() -> dict[str, str]:
    """What is installed here of all that burnish can use: other versions may decode, score or write other bytes."""
    found: dict[str, str] = {}
    for line in requires("burnish") or ():
        match = _NAME.match(line)
        if match is None or _DEVELOPMENT in line:
            continue
        with suppress(PackageNotFoundError):  # of an extra that is not used
            found[match[0]] = version(match[0])
    return found


def _read(files: Files, name: str) -> bytes:
    try:
        return files.read(name)
    except FileNotFoundError:
        return b""
