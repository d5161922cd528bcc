"""What a local model's answers depend on, as one line for the plan's fingerprint."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from burnish.chat.local.loading import NEEDED, Loaded
from burnish.chat.local.options import Options

EDGE_BYTES = 1 << 20
"""Of each weight file its size, its first and its last MiB are hashed: the safetensors header (names, shapes, offsets)
and weights of the first and the last tensors. Two files of one size that differ only in between are taken as equal:
reading 15 GB at every start to rule that out would cost minutes.
"""
_TEXTS = (".json", ".jinja", ".model", ".txt")


def digest(folder: Path) -> str:
    """Twelve hexadecimal digits from all configuration, tokenizer and template files, and the weights' edges."""
    state = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.iterdir()):
        if path.suffix in _TEXTS and path.name.lower() not in {"readme.txt", "license.txt"}:
            state.update(f"{path.name}\0".encode() + hashlib.blake2b(path.read_bytes()).digest())
        elif path.suffix == ".safetensors":
            state.update(f"{path.name}\0{path.stat().st_size}\0".encode() + _edges(path))
    return state.hexdigest()


def _edges(path: Path) -> bytes:
    with path.open("rb") as weights:
        state = hashlib.blake2b(weights.read(EDGE_BYTES))
        weights.seek(max(path.stat().st_size - EDGE_BYTES, 0))
        state.update(weights.read(EDGE_BYTES))
    return state.digest()


def describe(options: Options, loaded: Loaded, *, exact: bool) -> str:
    """Name, digest, number format, kind of device, way of batching and the libraries whose release can change a bit."""
    name = Path(options.model).name
    libraries = ",".join(f"{package}-{version(package)}" for package in NEEDED)
    way = "exact" if exact else f"batched-{options.batch_tokens}"
    return f"transformers:{name}@{digest(loaded.folder)}/{loaded.dtype}/{loaded.device.type}/{way}/{libraries}"
