"""The installed RapidOCR: where its weights lie and what identifies it. Nothing of it is imported here."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from burnish.errors import MissingExtra, UsageError

PARTS = ("det", "cls", "rec")
"""Finding lines, telling upright from upside down, reading them."""


def weights() -> dict[str, Path]:
    """The weights of each part, from inside the package: nothing is ever downloaded.

    Raises `MissingExtra` without the package and `UsageError` if it is a version that carries no weights.
    """
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra("reading writing in images (ocr)", "ocr")
    folder = Path(spec.submodule_search_locations[0]) / "models"
    found = {part: sorted(folder.glob(f"*_{part}_*.onnx")) for part in PARTS}
    lacking = [part for part, files in found.items() if len(files) != 1]
    if lacking:
        raise UsageError(
            f"the installed rapidocr {version('rapidocr')} carries no weights of its own for: {', '.join(lacking)}.\n"
            "Install the version burnish was made for: pip install 'burnish[ocr]'"
        )
    return {part: files[0] for part, files in found.items()}


def digest() -> str:
    """Version and checksum of what reads: another reader may read something else."""
    checksum = hashlib.sha256()
    for part, path in weights().items():
        checksum.update(f"{part}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return f"rapidocr-{version('rapidocr')}-{checksum.hexdigest()[:12]}"
