"""An export that is a folder: the file of pairs is visible last, so that a folder without it is no export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

import orjson

from burnish.errors import UsageError
from burnish.exports import Exported, Facts, FolderExport, Layout, Told
from burnish.exports._lines import Lacking
from burnish.exports._source import Source
from burnish.images import formats
from burnish.storage.files import Files, put_whole, write_all, writing_whole
from burnish.storage.layout import is_temp, new_run_id, temp_name
from burnish.storage.opening import open_files
from burnish.storage.overlap import refuse_overlap
from burnish.storage.stopping import stopping
from burnish.values import Json


def write(source: Source, form: FolderExport, destination: str) -> Exported:
    """See `burnish.exports.write`. What a killed export left in the folder is written over."""
    files = _place(source.output, destination, form)
    with stopping("write", files.shown):
        files.make_folder("")
        return _Writing(files, form, _facts(source)).all(source)


class _Writing:
    """One export on its way into a folder."""

    def __init__(self, files: Files, form: FolderExport, facts: Facts) -> None:
        self._files = files
        self._form = form
        self._layout = form.layout
        self._facts = facts
        self._run_id = new_run_id()
        self._folders: set[str] = set()
        self._shards: dict[str, int] = {}

    def all(self, source: Source) -> Exported:
        """Every pair and its image."""
        lacking = Lacking(self._form.keys)
        with writing_whole(self._files, self._layout.lines, self._run_id) as handle:
            write_all(handle, self._layout.start)
            for told in self._placed(source):
                line = self._form.line(told)
                write_all(handle, (self._layout.between if lacking.lines else b"") + orjson.dumps(line))
                lacking.add(scored(line, self._layout))
            write_all(handle, self._layout.end if lacking.lines or self._layout.start else b"")
            for name, data in self._form.beside(self._facts).items():
                put_whole(self._files, name, data, self._run_id)
        images = lacking.lines if self._layout.images else 0
        return lacking.done(left_out=source.left_out, images=images)

    def _placed(self, source: Source) -> Iterator[Told]:
        for pair in source.pairs(images=True):
            told = replace(pair, criteria=self._facts.criteria)
            if not self._layout.images:
                yield told
                continue
            number = self._shards.setdefault(told.shard, len(self._shards))
            # Names of strangers are no names of files: keys repeat, and may hold anything.
            folder = f"{self._layout.images}/{number:05d}"
            path = f"{folder}/{told.row:09d}.{ending(told.image, told.image_name)}"
            self._put(folder, path, told.image)
            yield replace(told, image_path=path)

    def _put(self, folder: str, path: str, data: bytes) -> None:
        """Whole, but not synced each: the file of pairs, which names it, comes last and a lost export is made again."""
        if folder not in self._folders:
            self._files.make_folder(folder)
            self._folders.add(folder)
        temp = temp_name(path, self._run_id)
        handle = self._files.create(temp)
        try:
            try:
                write_all(handle, data)
            finally:
                handle.close()
            self._files.replace(temp, path)
        except BaseException:
            with suppress(OSError):  # the first error is the one to tell
                self._files.remove(temp)
            raise


def scored(line: Mapping[str, Json], layout: Layout) -> Mapping[str, Json]:
    """The part of a line that holds its scores."""
    found = line.get(layout.scores_in) if layout.scores_in else line
    return found if isinstance(found, Mapping) else {}


def ending(image: bytes, name: str) -> str:
    """The ending of a file of these bytes by what they are, else that of `name` if it is a few letters and digits."""
    given = name.rpartition(".")[2].lower() if "." in name else ""
    return formats.ending(image, given if given.isascii() and given.isalnum() and len(given) <= 5 else "img")


def _facts(source: Source) -> Facts:
    """One reading without images: what the small files beside the pairs have to say of all of them."""
    criteria: dict[str, None] = {}
    pairs = 0
    for told in source.pairs(images=False):
        pairs += 1
        criteria |= dict.fromkeys(s.criterion for c in (told.original, told.caption) for s in c.scores)
    return Facts(pairs=pairs, criteria=tuple(sorted(criteria)), model=source.model)


def _place(output: str, destination: str, form: FolderExport) -> Files:
    """The folder: a new one, an empty one, or one that an export was killed in."""
    refuse_overlap(output, destination)
    files = open_files(destination)
    with stopping("open", files.shown):
        there = files.sizes()
    if form.layout.lines in there:
        raise UsageError(f"{files.shown} holds an export already.\nRemove it, or give another folder with -o.")
    images = f"{form.layout.images}/" if form.layout.images else "\0"
    small = form.beside(Facts(pairs=0, criteria=(), model=""))
    foreign = [name for name in there if not (name.startswith(images) or name in small or is_temp(name))]
    if foreign:
        raise UsageError(
            f"{files.shown} is not empty: it holds {foreign[0]}.\nThis form is a folder: give a new one with -o."
        )
    return files
