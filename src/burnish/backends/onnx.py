"""A judge in ONNX, as `burnish train onnx` exports it: scores alone, on a CPU, without torch or transformers.

Example: ``--backend onnx --set backend_options.model=JUDGE --recipe assess_only``
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from burnish.chat.backend import ChatBackend
from burnish.errors import UsageError


class OnnxBackend(ChatBackend):
    """Asks the judge what `transformers` would ask its source; whatever wants a text is refused, request by request."""

    can_fuse = False
    can_caption = False
    can_check = False
    can_rewrite = False

    def __init__(self, options: Mapping[str, str]) -> None:
        """The one option is `model`, a folder. Raises `UsageError`, and `MissingExtra` without tokenizers."""
        from burnish.chat.onnx import folder
        from burnish.chat.onnx.model import OnnxModel

        unknown = set(options) - {"model"}
        if unknown:
            raise UsageError(f"backend onnx has no option {min(unknown)!r}. Options: model")
        if not options.get("model"):
            raise UsageError(
                "backend onnx needs a model: a folder that burnish train onnx has made.\n"
                "Example: --backend onnx --set backend_options.model=JUDGE"
            )
        place = Path(options["model"])
        super().__init__(OnnxModel(folder.read(place), place.name))


BACKEND = OnnxBackend
