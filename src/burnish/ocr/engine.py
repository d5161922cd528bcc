"""RapidOCR on one thread, as one function: pixels in, lines out. Lives in the child process only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from burnish.ocr.lines import Line
from burnish.ocr.package import weights

_MAX_LINES_LOOKED_AT = 100
"""Every line that is found is read, 0.2 s of CPU for a long one: a page full of text must stay within the limit."""


class Engine:
    """Loads in about a second and 300 MB."""

    def __init__(self) -> None:
        """Raises what `weights` does."""
        from rapidocr import RapidOCR

        paths = {f"{part.capitalize()}.model_path": str(path) for part, path in weights().items()}
        one_thread = {f"EngineConfig.onnxruntime.{which}_op_num_threads": 1 for which in ("intra", "inter")}
        settings: dict[str, Any] = {
            **paths,
            **one_thread,
            "Global.log_level": "critical",
            "Global.text_score": 0.0,  # what counts is decided by `lines.chosen`
            "Global.max_side_len": 100_000,  # the picture has been brought to size
            # Never enlarged: the package's own setting makes every side at least 736 pixels long, at 3 times the
            # time for a small picture (docs/figures/ocr.md).
            "Det.limit_type": "max",
            "Det.limit_side_len": 100_000,
            "Det.max_candidates": _MAX_LINES_LOOKED_AT,
        }
        self._read: Any = RapidOCR(params=settings)

    def read(self, rgb: NDArray[np.uint8]) -> list[Line]:
        """All lines of the picture (uint8, H x W x 3), from the top, also those read badly."""
        found = self._read(np.ascontiguousarray(rgb[..., ::-1]))
        if found.txts is None or found.scores is None:
            return []
        return [
            Line(text=str(text), confidence=float(sure)) for text, sure in zip(found.txts, found.scores, strict=True)
        ]
