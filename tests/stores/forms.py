"""What each store's test file gives the contract suite, and the way from a source to a committed output and back."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from burnish import discovery
from burnish.columns import continued
from burnish.protocols import Store
from burnish.storage.commit import Commit
from burnish.storage.ledger import Counts
from burnish.storage.opening import open_files
from burnish.values import Caption, Decision, Edit, Fault, Gap, Item, Pair, Record, Score, State
from tests.builders import jpeg, picture

RUN_ID = "0" * 12
OURS = ("caption_original", "caption_original_raw", "burnish_captions")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sample:
    """One pair as a form holds it. `foreign` are plain values that are not ours."""

    key: str
    text: str
    image: bytes
    foreign: dict[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Form:
    """`build(folder, samples)` writes the samples as two shards, in order. `rows(folder)` reads a folder of this form
    by other means than ours, without our columns. `damage(folder)` spoils the last pair of the first shard so that it
    cannot be read, and says how many pairs that costs.
    """

    build: Callable[[Path, Sequence[Sample]], None]
    rows: Callable[[Path], list[Sample]]
    damage: Callable[[Path], int]


def forms(store: str) -> dict[str, Form]:
    """The forms of a store, by name: ``FORM`` of its test file, and its ``VARIANTS`` if it has some. None for one whose
    test file says in ``NO_FORM`` why it does not write what it reads.
    """
    tests = importlib.import_module(f"tests.stores.test_{store}")
    if len(getattr(tests, "NO_FORM", "")) > 30:
        return {}
    return {"main": tests.FORM, **getattr(tests, "VARIANTS", {})}


def written() -> list[str]:
    """The stores that write what they read."""
    return [store for store in discovery.names("stores") if forms(store)]


def samples(count: int = 7) -> list[Sample]:
    texts = ("A red apple.", "IMG_0042.JPG", "naïve “quotes”\u2028\u202e", "", "日本語の題", "x" * 3000, "a\tb\nc")
    return [
        Sample(
            key=f"{at:09d}",
            text=texts[at % len(texts)],
            image=jpeg(at),
            foreign={"url": f"https://example.org/{at}?ü=1", "width": 48 + at, "ratio": 1.0, "nsfw": at % 2 == 0},
        )
        for at in range(count)
    ]


def halves(found: Sequence[Sample]) -> tuple[Sequence[Sample], Sequence[Sample]]:
    """How the two shards of a source share the samples."""
    cut = (len(found) + 1) // 2
    return found[:cut], found[cut:]


def foreign(row: dict[str, Any], *used: str) -> dict[str, Any]:
    """A row without our columns and those in `used`."""
    return {k: v for k, v in row.items() if k not in (*OURS, *used) and not k.startswith("burnish_")}


def record(pair: Pair, text: str | None = None) -> Record:
    """The pair as a record: kept, or rewritten to `text`, after what earlier runs made of it."""
    scores = (Score(criterion="overall", value=4.25, confidence=0.5), Score(criterion="text_quality", value=None,
              confidence=0.0, state=State.ABSTAINED))  # fmt: skip
    alt = Caption(text=pair.text, role="alt", maker="source", scores=scores)
    if text is None:
        return continued(Record(pair=pair, picture=picture(), view=pair.text, captions=(alt,), decision=Decision.KEPT))
    edit = Edit(start=0, before=pair.text, after=text, why="test")
    new = Caption(text=text, role="rewrite", maker="test", edits=(edit,), scores=scores, verdict="accepted")
    return continued(
        Record(pair=pair, picture=picture(), view=pair.text, captions=(alt, new), chosen=1, decision=Decision.REWRITTEN)
    )


def items(store: Store) -> list[Item]:
    return [item for shard in store.shards() for item in store.read(shard)]


def pairs(store: Store) -> list[Pair]:
    return [item for item in items(store) if isinstance(item, Pair)]


def same(_: Pair) -> str | None:
    return None


def copy(store: Store, out: Path, rewrite: Callable[[Pair], str | None] = same) -> Counts:
    """Read, write and commit every shard of `store` into `out`, as a run does. Gives the counts."""
    files = open_files(out)
    files.make_folder("")
    total = Counts()
    for shard in store.shards():
        with Commit(files, RUN_ID, shard) as commit:
            writer = store.writer(shard, commit)
            counts = Counts()
            for item in store.read(shard):
                counts += put(item, writer, commit, rewrite)
            writer.finish()
            commit.publish(counts)
            total += counts
    return total


def put(item: Item, writer: Any, commit: Commit, rewrite: Callable[[Pair], str | None]) -> Counts:
    if isinstance(item, Pair):
        done = record(item, rewrite(item))
        writer.put(done)
        return Counts(total=1, **{str(done.decision): 1})
    commit.quarantine().put(item)
    return Counts(total=1, **{"gaps" if isinstance(item, Gap) else "quarantined": 1})


def faults(found: Sequence[Item]) -> list[Fault]:
    return [item for item in found if isinstance(item, Fault)]


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder but those hidden, by their POSIX path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
