"""Data-Juicer's multimodal JSONL: a text with a token for its image, and a list of images.

``samples.jsonl`` has `text` (image token, chosen text, end of chunk), `images` (paths below the folder), `caption` and
`caption_original` as they are, and `meta`. Data-Juicer reads JSONL through `datasets`, which fixes its columns from the
first 10 MB: so every line has the same keys, and a score there is not is -1.0 beside its state.
"""

from __future__ import annotations

from collections.abc import Mapping

from burnish.exports import Facts, Layout, Told
from burnish.exports._about import columns, provenance, texts
from burnish.values import Json

IMAGE_MARK = "<__dj__image>"
CHUNK_END = "<|__dj__eoc|>"
_MARK = "__dj__"
_BROKEN_MARK = "_\u200b_dj__"


class DataJuicerExport:
    """What Data-Juicer's configuration names as ``dataset_path``."""

    keys: tuple[str, ...] = ()
    layout = Layout(lines="samples.jsonl", images="images")

    def line(self, told: Told) -> Mapping[str, Json]:
        """One sample. A text that spells one of their tokens is broken in `text` alone: they count tokens."""
        original, chosen = texts(told)
        return {
            "id": f"{told.shard}/{told.row}",
            "text": f"{IMAGE_MARK} {chosen.replace(_MARK, _BROKEN_MARK)} {CHUNK_END}",
            "images": [told.image_path],
            "caption": chosen,
            "caption_original": original,
            "meta": {**provenance(told), **columns(told)},
        }

    def beside(self, facts: Facts) -> Mapping[str, bytes]:  # noqa: ARG002 -- the same for all
        """Nothing: a recipe of theirs is the user's."""
        return {}


EXPORT = DataJuicerExport()
