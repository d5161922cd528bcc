"""Outputs to push, and what may be asked of a place afterwards."""

from __future__ import annotations

from pathlib import Path

import fsspec

import burnish
from burnish.backends.function import FunctionBackend
from burnish.storage.layout import CARD, CROISSANT, LOG, PUSHED, SEAL
from burnish.storage.verify import verify
from tests.exports.test_exports import judge
from tests.stores.forms import Sample, forms, samples


def output(folder: Path, store: str = "webdataset", found: list[Sample] | None = None) -> Path:
    """A finished output of 7 pairs in 2 shards, one rewritten."""
    forms(store)["main"].build(folder / "src", found or samples())
    model = FunctionBackend(judge, name="test-judge")
    burnish.enhance(folder / "src", folder / "out", backend=model, workers=1)
    return folder / "out"


def tree(folder: Path) -> dict[str, bytes]:
    """All files of a folder, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def there(url: str) -> dict[str, bytes]:
    """All files of a place."""
    fs, root = fsspec.url_to_fs(url)
    fs.invalidate_cache()
    return {name.removeprefix(root).lstrip("/"): fs.cat(name) for name in sorted(fs.find(root))}


def same_set(out: Path, copy: Path) -> bool:
    """Whether a pulled copy is the output it was pushed from, in all bytes but card, Croissant file and the seal over
    them, and verifies.
    """
    made = {CARD, CROISSANT, SEAL}
    here = {n: b for n, b in tree(out).items() if n not in {*made, LOG, ".burnish/lock", ".burnish/committing"}}
    back = {n: b for n, b in tree(copy).items() if n not in {*made, ".burnish/lock"}}
    return here == back and not verify(str(copy)) and PUSHED not in back
