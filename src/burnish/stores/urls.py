"""Lists of URLs with texts, as img2dataset takes them: CSV, TSV, Parquet, JSONL, or one URL a line. A row is a pair.

Nothing is fetched unless the plan says so. Written as tars in img2dataset's layout: so many rows a shard, keys by
number, every other plain column in the json member. Fetching is `burnish.fetching`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from burnish.errors import UsageError
from burnish.fetching.kept import Kept, forget
from burnish.plan import Plan
from burnish.protocols import Outbox, Writer
from burnish.storage.answers import cache_folder
from burnish.storage.layout import FETCHED, IMAGE_FOLDER_METADATA
from burnish.storage.opening import open_files
from burnish.storage.redact import redact
from burnish.storage.scratch import scratch_file
from burnish.storage.sources import expand, local_copy
from burnish.storage.stopping import stopping
from burnish.stores import webdataset
from burnish.stores._numbering import Numbering
from burnish.stores._options import FILE_NAMES, first_of, known, listed, whole
from burnish.stores._rows.files import opened
from burnish.stores._urls.earlier import adopt
from burnish.stores._urls.lists import SUFFIXES, Cut, form_of
from burnish.stores._urls.rows import URL_NAMES, Columns, Keys, agreed, columns_of, items, refused
from burnish.stores._urls.writing import UrlsWriter
from burnish.values import Item, Pair, Shard

if TYPE_CHECKING:
    from burnish.fetching.settings import Settings
    from burnish.stores._urls.images import Images

_TABLES: Final = (".parquet", ".pq", ".parq")
_WHERE: Final = re.compile(r"(?P<path>.*)#rows=(?P<first>\d+)\+(?P<rows>\d+)&size=(?P<size>\d+)", re.DOTALL)
_LOOKED_AT: Final = 3  # files; the first may be an empty part
_HONOUR: Final = ("honour", "ignore")


def sniff(source: str) -> bool:
    """Whether the files at the source have a column of URLs and none of images; looks at the first files only."""
    if not any(map(_may_be_list, listed(source, SUFFIXES))) or webdataset.sniff(source):
        return False
    try:
        return any(map(_is_list, _lists(expand(source, SUFFIXES))[:_LOOKED_AT]))
    except UsageError:
        return False


def _is_list(shard: Shard) -> bool:
    if shard.name.lower().endswith(_TABLES):
        from burnish.stores._parquet.layout import holds_images, schema_of

        schema = schema_of(shard)
        return schema is not None and first_of(URL_NAMES, schema.names) is not None and not holds_images(schema)
    names = form_of(shard.name).look(shard).names
    return first_of(URL_NAMES, names) is not None and first_of(FILE_NAMES, names) is None


class UrlsStore:
    """Pairs in lists of URLs. Options: `url_column`, `text_column` (guessed where not given), `sha256_column` (hashes
    that images must have), `rows_per_shard` (default 10,000), `max_image_mb` (default 32), `opt_outs` and `robots`
    (``honour`` or ``ignore``).
    """

    option_names = (
        "url_column",
        "text_column",
        "sha256_column",
        "rows_per_shard",
        "max_image_mb",
        "opt_outs",
        "robots",
    )

    def __init__(self, source: str, options: Mapping[str, str] | None = None, plan: Plan | None = None) -> None:
        """`source` is a folder, a file, a glob, a brace pattern or an fsspec URL. With `plan` it may be fetched.
        Raises `UsageError` on options.
        """
        self.source = source
        self.options: Mapping[str, str] = known("urls", options, self.option_names)
        self._rows_per_shard = whole(self.options, "rows_per_shard", 10_000)
        self._max_bytes = whole(self.options, "max_image_mb", 32) << 20
        for name in ("opt_outs", "robots"):
            if self.options.get(name, _HONOUR[0]) not in _HONOUR:
                raise UsageError(f"the store option {name} takes honour or ignore, got {self.options[name]!r}.")
        self._plan = plan

    def fetching(self, plan: Plan) -> UrlsStore:
        """The same store with its images fetched as `plan` says. Raises `UsageError` if it does not allow that,
        `MissingExtra` if what fetches is not installed.
        """
        from burnish.fetching.settings import require_installed

        found = UrlsStore(self.source, self.options, self._allowed(plan))
        found._settings()  # networks and ports are checked before anything is touched
        require_installed()
        return found

    def shards(self) -> list[Shard]:
        """Cuts of the files, numbered as img2dataset numbers its shards. Reads the files once to count their rows.

        Raises `UsageError` if the columns cannot be guessed or the files disagree.
        """
        files = _lists(expand(self.source, SUFFIXES))
        found_in = [(file, form_of(file.path).look(file)) for file in files]
        # A file without columns has no rows: Spark leaves such parts.
        agreed([(file.name, columns_of(seen, self.options, file.name)) for file, seen in found_in if seen.names])
        found: list[Shard] = []
        for file in files:
            with local_copy(file) as path, stopping("read", file.name):
                cuts = form_of(file.name).cuts(path, self._rows_per_shard)
            total = sum(cut.rows for cut in cuts)
            found += [_shard(number, file, cut, total) for number, cut in enumerate(cuts, len(found))]
        if not found:
            raise UsageError(f"{redact(self.source)} holds no rows.\nGive a list with a column of URLs.")
        return found

    def total(self) -> int:
        """Rows of all shards."""
        return sum(_place(shard)[1].rows for shard in self.shards())

    def rows(self, shard: Shard) -> Iterator[Item]:
        """The rows as pairs without image bytes; a URL that is never asked for is a fault. Fetches nothing."""
        file, cut = _place(shard)
        numbering = Numbering(source=self.source, shard=shard.name)
        ports = self._settings().ports
        with local_copy(file) as path, stopping("read", file.name):
            entries = form_of(file.path).entries(path, cut)
            for item in items(entries, self._columns(file), self._keys(shard), numbering):
                yield (refused(item, ports) or item) if isinstance(item, Pair) else item

    def read(self, shard: Shard) -> Iterator[Item]:
        """The rows with their images, each fetched once until the shard is committed. Raises `UsageError` if the plan
        does not allow it, `StopError` if the network fails.
        """
        plan = self._allowed(self._plan)
        with _kept(plan, shard) as kept:
            if plan.output:
                adopt(kept, plan.output, open_files(plan.output), shard, self._keys(shard))
            rows = self.rows(shard)
            yield from self._images(kept).of(islice(rows, plan.limit + 1) if plan.limit else rows)

    def fetched(self, rows: Sequence[Item]) -> list[Item]:
        """`rows`, of any shards, with images, and numbered from 0. Nothing is kept. Raises as `read` does."""
        self._allowed(self._plan)
        numbered = [replace(row, origin=replace(row.origin, ordinal=at)) for at, row in enumerate(rows)]
        with _kept(Plan(source=self.source), None) as kept:
            return list(self._images(kept).of(numbered))

    def release(self, names: Iterable[str]) -> None:
        """Forget what was fetched for these shards: they are committed."""
        output = self._plan.output if self._plan is not None else ""
        for name in names if output else ():
            forget(_kept_path(output, name))

    def writer(self, shard: Shard, outbox: Outbox) -> Writer:
        """A writer for the records of `shard`."""
        return UrlsWriter(shard, outbox)

    def _allowed(self, plan: Plan | None) -> Plan:
        if plan is not None and plan.fetch:
            return plan
        raise UsageError(
            f"{redact(self.source)} is a list of URLs: its images are on the web, and nothing is fetched unasked.\n"
            "To fetch them (opt-outs and robots.txt are honoured): the same command with --fetch\n"
            "To look at the list alone: burnish inspect"
        )

    def _images(self, kept: Kept) -> Images:
        from burnish.fetching.fetcher import shared
        from burnish.stores._urls.images import Images

        return Images(fetcher=shared(self._settings()), kept=kept, sha256=self.options.get("sha256_column", ""))

    def _settings(self) -> Settings:
        from burnish.fetching.settings import settings_of

        return settings_of(
            self._plan or Plan(source=self.source),
            max_bytes=self._max_bytes,
            opt_outs=self.options.get("opt_outs") != "ignore",
            robots=self.options.get("robots") != "ignore",
        )

    def _columns(self, file: Shard) -> Columns:
        return columns_of(form_of(file.path).look(file), self.options, file.name)

    def _keys(self, shard: Shard) -> Keys:
        return Keys(shard=int(shard.stem), rows_per_shard=self._rows_per_shard)


@contextmanager
def _kept(plan: Plan, shard: Shard | None) -> Iterator[Kept]:
    """Beside the plan's output; in a temporary file if it has none."""
    with ExitStack() as stack:
        beside = shard is not None and plan.output
        path = _kept_path(plan.output, shard.name) if shard and beside else stack.enter_context(scratch_file())
        kept = Kept(path)
        stack.callback(kept.close)
        yield kept


def _kept_path(output: str, name: str) -> Path:
    return cache_folder(output, FETCHED) / f"{name}.kept"


def _shard(number: int, file: Shard, cut: Cut, total: int) -> Shard:
    """A cut as a shard; its size is its share of the file's."""
    path = f"{file.path}#rows={cut.first}+{cut.rows}&size={file.size}"
    return Shard(name=f"{number:05d}.tar", path=path, size=file.size * cut.rows // total, tag=file.tag)


def _place(shard: Shard) -> tuple[Shard, Cut]:
    """The file a shard is cut from, and the cut."""
    match = _WHERE.fullmatch(shard.path)
    assert match is not None
    path = match["path"]
    file = Shard(name=path.rpartition("/")[2], path=path, size=int(match["size"]), tag=shard.tag)
    return file, Cut(first=int(match["first"]), rows=int(match["rows"]))


def _lists(files: Sequence[Shard]) -> list[Shard]:
    """Those of the files that are lists, if any is: not an image folder's metadata, nor a README beside lists."""
    likely = [file for file in files if _may_be_list(file.name)]
    plain = {file.name for file in likely if file.name.lower().endswith(".txt")}
    if len(plain) < len(likely):
        likely = [file for file in likely if file.name not in plain or _begins_with_url(file)]
    return likely or list(files)


def _may_be_list(name: str) -> bool:
    return name.rpartition("/")[2] not in IMAGE_FOLDER_METADATA


def _begins_with_url(file: Shard) -> bool:
    with opened(file) as lines:
        return "://" in lines.readline(4_096).decode("utf-8", "replace")


STORE = UrlsStore
