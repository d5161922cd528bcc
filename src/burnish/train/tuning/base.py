"""Which model a training begins with, wherever it lies and however that is spelt."""

from __future__ import annotations

from pathlib import Path

from burnish.chat.local.identity import digest
from burnish.errors import UsageError


def identity(base: str) -> str:
    """Of a folder the digest by which a run tells models apart (`burnish.chat.local.identity`); of a hub's model its id
    and revision, because its weights may not be here yet. Raises `UsageError` where there is none.
    """
    folder = Path(base)
    if folder.is_dir():
        return digest(folder)
    from transformers.utils.hub import cached_file

    try:
        config = cached_file(base, "config.json")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot load the model {base!r}: {str(error).strip().partition(chr(10))[0][:300]}\n"
            "--base takes a folder or an id of an image-text-to-text model with safetensors weights."
        ) from error
    return f"{base}@{Path(str(config)).parent.name}"
