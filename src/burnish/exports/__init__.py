"""Exports: an output as one JSONL file in the form that another tool reads. One file a form, named as the form.

What is told of a pair comes from the records beside the output, which hold every score of every caption with its
reason. Where they were not copied along, the output's own columns tell what they can: of a rewritten original that is
its overall score alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

import orjson

from burnish import discovery, records
from burnish.columns import earlier
from burnish.errors import UsageError
from burnish.storage.files import Files, write_all, writing_whole
from burnish.storage.layout import SEAL, new_run_id
from burnish.storage.opening import open_files
from burnish.storage.overlap import refuse_overlap
from burnish.storage.redact import redact
from burnish.storage.stopping import stopping
from burnish.stores import open_store
from burnish.values import Caption, Json, Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an output says of one pair: its captions, the original first, and which of them is to be trained on."""

    key: str
    image_name: str
    captions: tuple[Caption, ...]
    chosen: int


class Export(Protocol):
    """A form: `keys` are those of its scores, `line` is one pair in it, without the keys of scores there are not."""

    keys: tuple[str, ...]

    def line(self, told: Told) -> Mapping[str, Json]:
        """The pair as one JSON object, its texts storable (see `burnish.texts`)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: `lines`, how many of them hold no score at all, and for each key how many lack it.

    `left_out`: items of an output without records that are no pairs any more (damaged since).
    """

    lines: int
    without_any: int
    without: Mapping[str, int]
    left_out: int = 0


def load(form: str) -> Export:
    """The form called `form`; raises `UsageError` with the nearest name."""
    return cast(Export, discovery.load("exports", form))


def write(output: str, form: str, destination: str, *, store: str = "") -> Exported:
    """Every pair of `output` as a line of the new file `destination` (path or URL), in order, visible once it is whole.

    `store` is the output's form where it has no records; "" looks. Raises `UsageError` for an output that is unfinished
    or not ours, and for a destination that is there or lies in it.
    """
    made = load(form)
    folder, name = _place(output, destination)
    lacking: Counter[str] = Counter()
    lines = bare = 0
    source = _Source(output, store)
    folder.make_folder("")
    with (
        stopping("write", f"{folder.shown}/{name}"),
        writing_whole(folder, name, new_run_id()) as handle,
    ):
        for told in source:
            line = made.line(told)
            missing = [key for key in made.keys if key not in line]
            lacking.update(missing)
            bare += len(missing) == len(made.keys)
            lines += 1
            write_all(handle, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    without = {key: lacking[key] for key in made.keys if lacking[key]}
    return Exported(lines=lines, without_any=bare, without=without, left_out=source.left_out)


class _Source:
    """All pairs of an output, shard after shard; `left_out` counts what could not be read as a pair."""

    def __init__(self, output: str, store: str) -> None:
        self._output = output
        self._store = store
        self._files = open_files(output)
        self.left_out = 0
        with stopping("read", self._files.shown):
            self._records = records.names(self._files)
            finished = not self._records or _is_there(self._files, SEAL)
        if not finished:
            shown = self._files.shown
            raise UsageError(f"the run into {shown} has not finished.\nFinish it with the same command, then export.")

    def __iter__(self) -> Iterator[Told]:
        return self._of_records() if self._records else self._of_columns()

    def _of_records(self) -> Iterator[Told]:
        for name in self._records:
            with stopping("read", f"{self._files.shown}/{name}"), self._files.open(name) as file:
                for row in records.rows(file):
                    captions = records.captions(row)
                    yield Told(key=row["key"], image_name=row["image_name"], captions=captions, chosen=row["chosen"])

    def _of_columns(self) -> Iterator[Told]:
        opened = open_store(self._output, self._store or None)
        for shard in opened.shards():
            for item in opened.read(shard):
                if not isinstance(item, Pair):
                    self.left_out += 1
                    continue
                if "burnish_decision" not in item.fields:
                    raise UsageError(
                        f"{self._files.shown} is not an output of burnish: {item.key!r} has no decision.\n"
                        "Make one with: burnish enhance SRC -o OUT"
                    )
                captions, chosen = earlier(item)
                yield Told(key=item.key, image_name=item.image_name, captions=captions, chosen=chosen)


def _place(output: str, destination: str) -> tuple[Files, str]:
    """The folder and the name of a file that may be made."""
    folder, _, name = destination.rpartition("/")
    if name in {"", ".", ".."}:
        raise UsageError(f"{redact(destination)!r} is no name of a file.\nExample: -o pairs.jsonl")
    refuse_overlap(output, destination)
    files = open_files(folder or ("/" if destination.startswith("/") else "."))
    with stopping("open", files.shown):
        if _is_there(files, name):
            raise UsageError(f"{files.shown}/{name} is there already.\nRemove it, or give another name with -o.")
    return files, name


def _is_there(files: Files, name: str) -> bool:
    try:
        return files.size(name) >= 0
    except FileNotFoundError:
        return False
