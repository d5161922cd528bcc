"""What a local model's answers depend on, as one line for the plan's fingerprint."""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

from burnish.chat.local.loading import NEEDED, Loaded
from burnish.chat.local.options import Options

EDGE_BYTES = 1 << 20
STEP_BYTES, SAMPLE_BYTES = 16 << 20, 4 << 10
"""Of each weight file its size, its first and its last MiB are hashed, the safetensors header among them, and 4 KiB of
every 16 MiB between: a merged adapter changes the big matrices and no edge. Reading 15 GB whole at every start would
cost minutes; two files that differ in none of these places are taken as equal.
"""
_TEXTS = (".json", ".jinja", ".model", ".txt")


def digest(folder: Path) -> str:
    """Twelve hexadecimal digits from all configuration, tokenizer and template files, and samples of the weights."""
    state = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.iterdir()):
        if path.suffix in _TEXTS and path.name.lower() not in {"readme.txt", "license.txt"}:
            state.update(f"{path.name}\0".encode() + hashlib.blake2b(path.read_bytes()).digest())
        elif path.suffix == ".safetensors":
            state.update(f"{path.name}\0{path.stat().st_size}\0".encode() + _sampled(path))
    return state.hexdigest()


def _sampled(path: Path) -> bytes:
    size = path.stat().st_size
    places = [(at, SAMPLE_BYTES) for at in range(STEP_BYTES, max(size - EDGE_BYTES, 0), STEP_BYTES)]
    state = hashlib.blake2b()
    with path.open("rb") as weights:
        for at, length in [(0, EDGE_BYTES), *places, (max(size - EDGE_BYTES, 0), EDGE_BYTES)]:
            state.update(os.pread(weights.fileno(), length, at))
    return state.digest()


def describe(options: Options, loaded: Loaded, *, exact: bool) -> str:
    """Name, digest, number format, kind of device, way of batching and the libraries whose release can change a bit."""
    name = Path(options.model).name
    libraries = ",".join(f"{package}-{version(package)}" for package in NEEDED)
    way = "exact" if exact else f"batched-{options.batch_tokens}"
    return f"transformers:{name}@{digest(loaded.folder)}/{loaded.dtype}/{loaded.device.type}/{way}/{libraries}"
