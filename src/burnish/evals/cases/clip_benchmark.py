"""Data sets in the form of open_clip's benchmark, clip_benchmark (its `wds/...`): clip_benchmark:FOLDER.

FOLDER holds `test/0.tar`, `test/1.tar`, ... and `test/nshards.txt`; beside `test` lie `classnames.txt` and
`zeroshot_classification_templates.txt`, or `dataset_type.txt`, which says "retrieval". A picture's class is the number
in its member `cls`, its captions are the lines of its member `txt`. Option `split`: another folder than `test`;
`templates`: a file in place of the data set's own. Data sets with several classes a picture are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from burnish.errors import UsageError
from burnish.evals.cases import (
    TEMPLATES,
    Classes,
    Labelled,
    Missing,
    Texts,
    Told,
    lines_of,
    needs_source,
    only,
    templates_of,
)
from burnish.evals.cases._reading import items, pictured
from burnish.evals.scenarios import Given
from burnish.stores.webdataset import member_of

NAME = "clip_benchmark"
CLASSES, TEMPLATE_FILE, TYPE = "classnames.txt", "zeroshot_classification_templates.txt", "dataset_type.txt"


class ClipBenchmark:
    """See the module."""

    def classes(self, given: Given, options: Mapping[str, str]) -> Classes:
        """Raises `UsageError` for a data set of another type, and for a class that has no name."""
        folder, shards = _opened(given, options)
        kind = _type(folder)
        if kind != "classification":
            raise UsageError(f"{folder} is a data set for {kind}, not for classification with one class a picture.")
        if not (folder / CLASSES).is_file():
            raise UsageError(f"{folder} has no {CLASSES}: one class a line, in the order of the numbers in cls.")
        own = folder / TEMPLATE_FILE
        path = options.get("templates", "") or (str(own) if own.is_file() else "")
        missing = Missing()
        names = lines_of(str(folder / CLASSES))
        return Classes(
            names=names,
            templates=templates_of(path) if path else TEMPLATES,
            cases=_labelled(shards, given, len(names), missing),
            missing=missing,
        )

    def texts(self, given: Given, options: Mapping[str, str]) -> Texts:
        """Raises `UsageError` for a data set of another type."""
        folder, shards = _opened(given, options)
        if (kind := _type(folder)) != "retrieval":
            raise UsageError(f"{folder} is a data set for {kind}: its {TYPE} does not say retrieval.")
        missing = Missing()
        return Texts(cases=_told(shards, given, missing), missing=missing)


def _opened(given: Given, options: Mapping[str, str]) -> tuple[Path, str]:
    """The folder and its shards. Raises `UsageError` if shards are missing."""
    only(options, ("split", "templates"), NAME)
    folder = Path(needs_source(NAME, given))
    shards = folder / options.get("split", "test")
    if not shards.is_dir():
        raise UsageError(
            f"{shards} is no folder: shards lie in {folder}/test.\nAnother split: --set scenario.split=train"
        )
    counted = shards / "nshards.txt"
    there = len(list(shards.glob("*.tar")))
    if counted.is_file() and lines_of(str(counted)) != (str(there),):
        raise UsageError(f"{counted} speaks of {' '.join(lines_of(str(counted)))} shards, {there} are there.")
    return folder, str(shards)


def _type(folder: Path) -> str:
    path = folder / TYPE
    return " ".join(lines_of(str(path))).lower() if path.is_file() else "classification"


def _labelled(shards: str, given: Given, classes: int, missing: Missing) -> Iterator[Labelled]:
    for pair, picture in pictured(items(shards, given.limit), given.side_px, missing):
        number = (member_of(pair, "cls") or b"").strip()
        if not number.isdigit():
            missing.count += 1
            continue
        if int(number) >= classes:
            raise UsageError(f"{pair.key} is of class {int(number)}, but {CLASSES} names {classes} classes only.")
        yield Labelled(key=pair.key, group=pair.key, picture=picture, label=int(number))


def _told(shards: str, given: Given, missing: Missing) -> Iterator[Told]:
    for pair, picture in pictured(items(shards, given.limit), given.side_px, missing):
        if texts := tuple(line for line in pair.text.splitlines() if line.strip()):
            yield Told(key=pair.key, picture=picture, texts=texts)
        else:
            missing.count += 1


CASES = ClipBenchmark()
