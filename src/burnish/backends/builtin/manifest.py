"""The shipped weights: where they lie, and that every byte is the one that was trained."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from burnish.errors import UsageError

FOLDER = Path(__file__).parent / "weights"
MANIFEST = "manifest.json"
LEGAL = ("NOTICE", "SHA256SUMS", MANIFEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A checked folder. `digest` is the SHA-256 over all (name, digest) lines; `figures` what training left behind."""

    folder: Path
    digest: str
    figures: dict[str, Any]

    def path(self, name: str) -> Path:
        """Where the file `name` lies."""
        return self.folder / name


def file_digests(folder: Path) -> dict[str, str]:
    """Name -> SHA-256 of every weight file, in the order of names."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name not in LEGAL)
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def overall(digests: dict[str, str]) -> str:
    """One digest for all files."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def seal(folder: Path) -> str:
    """Writes SHA256SUMS and the manifest for the files in `folder`; gives the overall digest."""
    digests = file_digests(folder)
    (folder / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())))
    manifest = {"version": 1, "digest": overall(digests), "files": dict(sorted(digests.items()))}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    return overall(digests)


@cache
def load(folder: Path = FOLDER) -> Weights:
    """The checked weights; `UsageError` names the file that is missing or differs."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        expected: dict[str, str] = manifest["files"]
        found = file_digests(folder)
        figures = json.loads((folder / "figures.json").read_text())
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"The built-in model's weights in {folder} cannot be read: {error}\n{_ADVICE}") from error
    for name, digest in expected.items():
        if found.get(name) != digest:
            state = "differs from the one that was trained" if name in found else "is missing"
            raise UsageError(f"The built-in model's weight file {folder / name} {state}.\n{_ADVICE}")
    return Weights(folder=folder, digest=overall(expected), figures=figures)


_ADVICE = "Install burnish again, or make the weights with: burnish train builtin"
