"""`burnish review OUT --export`: decisions as one file, or as a folder of samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from burnish.errors import UsageError
from burnish.review import labels
from burnish.review.session import Review
from burnish.storage.files import put_whole
from burnish.storage.layout import new_run_id
from burnish.storage.opening import open_new_file
from burnish.storage.overlap import refuse_overlap
from burnish.storage.redact import redact
from burnish.storage.stopping import stopping
from burnish.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: `counts`, the same in words, and the command that reads it ("{out}" and "{file}" in it)."""

    counts: Mapping[str, Json]
    told: str
    following: str


_FOLLOWING: Final = {
    "jsonl": "burnish eval fit-threshold {out} --labels {file}",
    "parquet": "burnish review {out} --export labels.jsonl   (what burnish eval fit-threshold reads)",
}


def export(review: Review, destination: str) -> Exported:
    """Write what was decided as `destination`: ``.jsonl``, ``.parquet``, or a new folder for ``burnish train``.

    Raises `UsageError` for another ending, for what is there already, and where nothing was decided.
    """
    found = labels.rows(review.reviewed())
    if not found:
        raise UsageError(f"nothing is decided yet about {review.run.shown}.\nDecide with: burnish review OUT")
    if destination.endswith("/"):
        from burnish.review.samples import write

        counts = write(review, destination)
        said = ", ".join(f"{number:,} {name}" for name, number in counts.items())
        return Exported(counts=counts, told=said, following="burnish train enhancer {file} -o MODEL --base MODEL")
    form = {"jsonl": labels.as_jsonl, "parquet": labels.as_parquet}.get(destination.rpartition(".")[2])
    if form is None:
        raise UsageError(
            f"{redact(destination)!r} says no form.\nGive FILE.jsonl (labels), FILE.parquet (everything) or FOLDER/"
        )
    refuse_overlap(review.run.path, destination)
    files, name = open_new_file(destination, "--export")
    with stopping("write", f"{files.shown}/{name}"):
        files.make_folder("")
        put_whole(files, name, form(found), new_run_id())
    told = sum(row["good"] is not None for row in found)
    counts = {"decided": len(found), "labels": told, "good": sum(row["good"] == 1 for row in found)}
    words = f"{len(found):,} pairs decided, {told:,} say whether the text as found is good ({counts['good']:,} are)"
    return Exported(counts=counts, told=words, following=_FOLLOWING[destination.rpartition(".")[2]])
