"""An export that is one JSONL file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import orjson

from burnish.exports import Export, Exported
from burnish.exports._source import Source
from burnish.storage.files import write_all, writing_whole
from burnish.storage.layout import new_run_id
from burnish.storage.opening import open_new_file
from burnish.storage.overlap import refuse_overlap
from burnish.storage.stopping import stopping
from burnish.values import Json


class Lacking:
    """Counts lines, and those that lack a score."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        """`keys` are those of a form's scores."""
        self._keys = keys
        self._without: Counter[str] = Counter()
        self.lines = 0
        self._bare = 0

    def add(self, line: Mapping[str, Json]) -> None:
        """Take one line in."""
        missing = [key for key in self._keys if key not in line]
        self._without.update(missing)
        self._bare += bool(self._keys) and len(missing) == len(self._keys)
        self.lines += 1

    def done(self, *, left_out: int, images: int = 0) -> Exported:
        """The sums."""
        without = {key: self._without[key] for key in self._keys if self._without[key]}
        return Exported(lines=self.lines, without_any=self._bare, without=without, left_out=left_out, images=images)


def write(source: Source, form: Export, destination: str) -> Exported:
    """See `burnish.exports.write`."""
    folder, name = open_new_file(destination, "-o")
    refuse_overlap(source.output, destination)
    lacking = Lacking(form.keys)
    folder.make_folder("")
    with (
        stopping("write", f"{folder.shown}/{name}"),
        writing_whole(folder, name, new_run_id()) as handle,
    ):
        for told in source.pairs(images=False):
            line = form.line(told)
            lacking.add(line)
            write_all(handle, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    return lacking.done(left_out=source.left_out)
