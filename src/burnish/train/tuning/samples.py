"""The lines that are learnt from: chat samples with an image each, in a folder of JSONL files.

One line a sample: ``id, key, kind, way, task, criterion, score, image, messages, split``, as `burnish negatives` writes
them. Everything is looked at once before training begins, images too, so that a wrong line is not found after a night,
nor another picture under an old name after a stop; then only places in the files are kept, and lines are read as they
are needed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xxhash

from burnish.errors import UsageError

PATTERN = "samples*.jsonl"
SPLITS = ("train", "held_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question with the answer it should get. `score` is None for a text. `image` is a file that exists; `said` are
    the user's texts after it. `where` is file and line, for messages.
    """

    id: str
    task: str
    criterion: str
    score: float | None
    image: Path
    system: str
    said: tuple[str, ...]
    answer: str
    split: str
    where: str


class Samples:
    """The samples of one split, by position."""

    def __init__(self, found: Sequence[tuple[Path, int, int]]) -> None:
        """`found`: for each sample its file, where its line begins in bytes, and its line's number."""
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, at: int) -> Sample:
        path, start, number = self._found[at]
        with path.open("rb") as file:
            file.seek(start)
            return parse(file.readline(), path, number)

    def first(self, count: int) -> Samples:
        """The first `count` of them."""
        return Samples(self._found[:count])


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What can be learnt from and measured on; `digest` changes with every byte of the lines and of their images."""

    train: Samples
    held_out: Samples
    counts: Mapping[str, int]
    digest: str


def read(folder: str, tasks: Sequence[str]) -> Material:
    """The samples of `tasks` in a folder. Raises `UsageError` with file and line for what cannot be used."""
    state = hashlib.blake2b(digest_size=8)
    images: dict[Path, None] = {}
    found: dict[str, list[tuple[Path, int, int]]] = {split: [] for split in SPLITS}
    counts: Counter[str] = Counter()
    for path in _files(Path(folder)):
        for start, number, line in _lines(path):
            state.update(line)
            sample = parse(line, path, number)
            counts[f"{sample.task}, {sample.split}"] += 1
            if sample.task in tasks:
                found[sample.split].append((path, start, number))
                images[sample.image] = None
    if not found["train"]:
        held = ", ".join(f"{number} {name}" for name, number in sorted(counts.items())) or "no line at all"
        raise UsageError(
            f"{folder} has no sample of {' or '.join(tasks)} in the split 'train': it has {held}.\n"
            "Make samples with: burnish negatives SCENES -o SAMPLES, or name other tasks with --tasks"
        )
    for image in images:
        state.update(xxhash.xxh3_128_digest(image.read_bytes()))
    return Material(
        train=Samples(found["train"]), held_out=Samples(found["held_out"]), counts=counts, digest=state.hexdigest()
    )


def _files(folder: Path) -> list[Path]:
    paths = sorted(folder.glob(PATTERN)) if folder.is_dir() else [folder] if folder.is_file() else []
    if not paths:
        raise UsageError(
            f"{folder} holds no samples ({PATTERN}).\nMake them with: burnish negatives SOURCE -o {folder}"
        )
    return paths


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    start = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield start, number, line
            start += len(line)


def parse(line: bytes, path: Path, number: int) -> Sample:
    """One line as a sample. Raises `UsageError` naming `path` and line `number`."""
    where = f"{path}, line {number}"
    try:
        said = json.loads(line)
        sample = _sample(said, path.parent, where)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"lacks {error}" if isinstance(error, KeyError) else str(error)[:200]
        raise UsageError(f"{where} is no chat sample: {what}.\nThe form of a line: docs/train.md") from error
    if not sample.image.is_file():
        raise UsageError(f"{where}: its image {sample.image} is not there.\nCopy the folder with its images.")
    return sample


def _sample(said: Mapping[str, Any], folder: Path, where: str) -> Sample:
    system, user, assistant = _turns(said["messages"])
    images = [part for part in user if part["type"] == "image"]
    if len(images) != 1 or user[0]["type"] != "image":
        raise ValueError("its user's turn must begin with its one image")
    task, split, score = str(said["task"]), str(said["split"]), float(said["score"])
    if split not in SPLITS:
        raise ValueError(f"its split is {split!r}, not one of {', '.join(SPLITS)}")
    answer = _text(assistant)
    if not answer:
        raise ValueError("it has no answer to learn")
    return Sample(
        id=str(said["id"]),
        task=task,
        criterion=str(said["criterion"]),
        score=score if task == "assess" and score >= 0 else None,
        image=folder / str(said["image"]),
        system=_text(system),
        said=tuple(str(part["text"]) for part in user if part["type"] == "text"),
        answer=answer,
        split=split,
        where=where,
    )


def _turns(messages: Sequence[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    roles = [message["role"] for message in messages]
    if roles != ["system", "user", "assistant"]:
        raise ValueError(f"its turns are {roles}, not system, user, assistant")
    return [message["content"] for message in messages]


def _text(parts: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(str(part["text"]) for part in parts)
