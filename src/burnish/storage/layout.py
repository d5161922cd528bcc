"""Names inside an output folder: what is whose, in one place. All POSIX, relative to the output's root."""

from __future__ import annotations

import re
import secrets
from pathlib import PurePosixPath

HIDDEN = ".burnish"
PLAN = f"{HIDDEN}/plan.json"
SEAL = f"{HIDDEN}/seal.json"
LOCK = f"{HIDDEN}/lock"
HOLDER = f"{HIDDEN}/lock.json"
COMMITTING = f"{HIDDEN}/committing"
JOURNAL = f"{HIDDEN}/journal"
QUARANTINE = f"{HIDDEN}/quarantine"
RECORDS = f"{HIDDEN}/records"
SUMMARY = f"{HIDDEN}/summary.json"
CARD = "README.md"
REPORT = "report.html"
"""Made from the output whenever it is asked for: no part of it."""
LOG = f"{HIDDEN}/run.jsonl"
ANSWERS = f"{HIDDEN}/answers"
FETCHED = f"{HIDDEN}/fetched"
REVIEW = f"{HIDDEN}/review"
"""What people say about the pairs, and what is kept to ask them quickly: beside the output, no part of it."""
CACHES = (ANSWERS, FETCHED)
"""With checksums of their own: no part of the output, so no commit and no seal speaks of them."""

CROISSANT = "croissant.json"
PUSHED = f"{HIDDEN}/pushed.json"
"""What `burnish push` has sent to a place, there: no part of the output."""
BESIDE = (LOG, REPORT, PUSHED, CROISSANT, ".gitattributes")
"""May lie in a finished output without a word in its seal; the last is what the Hugging Face Hub puts into each set."""

OF_THE_RUN = (CARD, SUMMARY)
"""What a run writes at its end, below the seal."""

IMAGE_FOLDER_METADATA = ("metadata.jsonl", "metadata.csv", "metadata.parquet")
"""By these names an image folder is known, to us and to loaders."""

_TEMP = re.compile(r"\.tmp\.[0-9a-f]{12}\.[0-9a-f]{8}$")


def record_name(shard: str) -> str:
    """The journal record of the shard called `shard`. The whole name is kept: ``a.tar`` and ``a.tgz`` are two."""
    return f"{JOURNAL}/{shard}.json"


def shard_of(record: str) -> str:
    """The shard a journal record is named after."""
    return record.removeprefix(JOURNAL + "/").removesuffix(".json")


def quarantine_name(shard: str) -> str:
    """The quarantine file of the shard called `shard`."""
    return f"{QUARANTINE}/{shard}.parquet"


def records_name(shard: str) -> str:
    """The records file of the shard called `shard`."""
    return f"{RECORDS}/{shard}.parquet"


def shard_of_records(name: str) -> str:
    """The shard whose records lie in `name`."""
    return name.removeprefix(RECORDS + "/").removesuffix(".parquet")


def new_run_id() -> str:
    """A name for one run: twelve hexadecimal digits, never written into anything that lasts."""
    return secrets.token_hex(6)


def temp_name(final: str, run_id: str) -> str:
    """A new name beside `final`, on the same filesystem and matched by no loader's pattern."""
    return f"{final}.tmp.{run_id}.{secrets.token_hex(4)}"


def is_temp(name: str) -> bool:
    """Whether `name` was made by `temp_name`."""
    return _TEMP.search(name) is not None


def folders_of(name: str) -> list[str]:
    """The folders `name` lies in, innermost first, ending with the root ("")."""
    return [parent.as_posix() if parent.name else "" for parent in PurePosixPath(name).parents]
