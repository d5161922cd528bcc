"""The bundled sample laid out as a user's folder would be, and a short tour of what a run made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from burnish.cli._show import quoted, word_diff
from burnish.errors import UsageError
from burnish.texts import terminal

EXAMPLES = 5
_DATA = (".tar", ".parquet", ".json")


def lay_out(folder: Path) -> None:
    """Copy the sample's data into `folder`; what is there already and equal is left alone."""
    if folder.parent.is_dir() and any(folder.parent.iterdir()) and not (folder / "00000.tar").is_file():
        raise UsageError(
            f"{folder.parent} holds something else.\nGive the demo a folder of its own: burnish demo -o DIR"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for entry in files("burnish.sample").iterdir():
            target = folder / entry.name
            if entry.name.endswith(_DATA) and not _same(target, entry.read_bytes()):
                target.write_bytes(entry.read_bytes())
    except OSError as error:
        raise UsageError(
            f"cannot write into {folder}: {error.strerror}.\nGive another folder: burnish demo -o DIR"
        ) from error


def _same(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def tour(root: Path, rewritten: int, page: str) -> str:
    """Before and after of some rewritten pairs, chosen by a hash of their key, and where everything lies; `page` is the
    report.
    """
    out = root / "out"
    pairs = sorted(_changed(out), key=lambda pair: hashlib.sha256(pair[0].encode()).digest())[:EXAMPLES]
    lines = (
        [f"{len(pairs)} of the {rewritten:,} rewritten ones, chosen by a hash; [-gone-] {{+new+}}:"] if pairs else []
    )
    lines += [f"  {terminal(key, 20)}  {word_diff(before, after)}" for key, before, after in pairs]
    lines += [
        f"what went in   {quoted(str(root / 'in'))}",
        f"what came out  {quoted(str(out))}   same shards, keys and image bytes; .txt is the better text",
        f"why            {quoted(str(out / '.burnish' / 'records'))}   every score, edit and reason, as Parquet",
        f"report         {quoted(page)}   scores, every change, drift, quarantine: for any browser",
        f"next: burnish report {quoted(str(out))} --open",
    ]
    return "\n".join(lines)


def _changed(out: Path) -> Iterator[tuple[str, str, str]]:
    """(key, original, chosen text) of every rewritten pair."""
    from burnish import records

    for path in sorted((out / ".burnish" / "records").glob("**/*.parquet")):
        with path.open("rb") as file:
            for row in records.read(file):
                if row["decision"] == "rewritten":
                    yield row["key"], row["captions"][0]["text"], row["captions"][row["chosen"]]["text"]
