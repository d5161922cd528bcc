"""A judge's folder: its files, what its manifest says, and that every byte is the one that was exported.

JUDGE/tower.onnx       pixels (1, 3, height, width) -> features (tokens, d)
JUDGE/decoder.onnx     ids (1, n), features, cache (2, layers, 1, heads, m, w) -> logits (1, vocabulary), cache_out
JUDGE/tokenizer.json   as the tokenizers library reads it
JUDGE/manifest.json    `Manifest`
JUDGE/SHA256SUMS       of the four; there when the folder is whole
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from burnish.chat.onnx.pixels import Pixels
from burnish.chat.spelled import Spelled
from burnish.errors import UsageError

TOWER, DECODER, TOKENIZER, MANIFEST = "tower.onnx", "decoder.onnx", "tokenizer.json", "manifest.json"
FILES = (DECODER, MANIFEST, TOKENIZER, TOWER)
SUMS = "SHA256SUMS"
VERSION = 1
"""Of the folder's form: a reader takes its own alone."""

_ADVICE = "Make it with: burnish train onnx MODEL -o JUDGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the model's chat template writes round the system text and round the user's. A picture stands in it as its
    tokens' texts, as many as it takes. `special`: the tokenizer adds tokens of its own.
    """

    before: str
    between: str
    after: str
    special: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is needed beside graphs and tokenizer. `source` is the checkpoint's name and digest, `made_with` the
    releases of the libraries that exported it, `side_px` the longest picture side that it wants to be given. `seen` and
    `blind` are the frames with and without a picture; `spellings` the tokens of each of `answers`.
    """

    version: int
    source: str
    made_with: Mapping[str, str]
    side_px: int
    pixels: Pixels
    seen: Frame
    blind: Frame
    answers: tuple[str, ...]
    spellings: Spelled

    def __post_init__(self) -> None:
        """Raises `ValueError` for what no export writes."""
        if not 32 <= self.side_px <= 4096 or len(self.answers) != len(self.spellings):
            raise ValueError("side_px from 32 to 4096 and spellings for each answer are needed")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sealed:
    """A folder whose bytes are those of `SUMS`; `digest` is that file's SHA-256."""

    manifest: Manifest
    files: Mapping[str, bytes]
    digest: str


def sums(files: Mapping[str, bytes]) -> bytes:
    """What `SUMS` holds for these files, as ``sha256sum --check`` reads it."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def packed(manifest: Manifest) -> bytes:
    """The manifest as its file."""
    from pydantic import TypeAdapter

    return TypeAdapter(Manifest).dump_json(manifest, indent=1) + b"\n"


def read(folder: Path) -> Sealed:
    """The folder, read once: what was checked is what is used. Raises `UsageError` that names the file at fault."""
    listed = _bytes(folder / SUMS)
    files = {name: _bytes(folder / name) for name in FILES}
    expected = dict(
        line.split("  ", 1)[::-1] for line in listed.decode("ascii", "replace").splitlines() if "  " in line
    )
    for name, data in files.items():
        if expected.get(name) != hashlib.sha256(data).hexdigest():
            raise UsageError(f"{folder / name} is not the file that {SUMS} beside it speaks of.\n{_ADVICE}")
    return sealed(files, folder / MANIFEST)


def sealed(files: Mapping[str, bytes], shown: str | Path) -> Sealed:
    """The four files as they are; `shown` names the manifest. Raises `UsageError` for a manifest that is none."""
    manifest = _manifest(shown, files[MANIFEST])
    return Sealed(manifest=manifest, files=files, digest=hashlib.sha256(sums(files)).hexdigest())


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"no judge in ONNX: {path} cannot be read: {error.strerror}.\n{_ADVICE}") from error


def _manifest(shown: str | Path, data: bytes) -> Manifest:
    from pydantic import TypeAdapter, ValidationError

    try:
        found = TypeAdapter(Manifest).validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"{shown}: {place or 'it'}: {first['msg']}\n{_ADVICE}") from error
    if found.version != VERSION:
        raise UsageError(f"{shown} is of version {found.version}, this burnish reads {VERSION}.\n{_ADVICE}")
    return found
