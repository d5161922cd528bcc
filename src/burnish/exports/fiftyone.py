"""A FiftyOne dataset on disk: ``samples.json``, ``metadata.json`` and the images in ``data/``.

Read by ``fo.Dataset.from_dir(dataset_dir=..., dataset_type=fo.types.FiftyOneDataset)``. The form without a version in
its metadata is taken: newer ones are dumps of one release's database, this one is what every release since reads.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from burnish import discovery
from burnish.exports import Facts, Layout, Told
from burnish.exports._about import numbers, provenance, reasons, score_keys, texts
from burnish.values import Json


class FiftyOneExport:
    """One sample a pair: texts, scores and provenance are its fields, decision and flags its tags too."""

    keys = score_keys(tuple(discovery.names("criteria")))
    layout = Layout(lines="samples.json", start=b'{"samples": [\n', between=b",\n", end=b"\n]}\n", images="data")

    def line(self, told: Told) -> Mapping[str, Json]:
        """One sample."""
        original, chosen = texts(told)
        tags: list[Json] = [tag for tag in (told.decision, *told.flags) if tag]
        about = provenance(told)
        size = {"width": told.width, "height": told.height} if told.width else {}
        return {
            "filepath": told.image_path,
            "_media_type": "image",
            "tags": tags,
            "metadata": {"_cls": "ImageMetadata", "size_bytes": len(told.image), **size},
            "caption": chosen,
            "caption_original": original,
            **{name: value for name, value in about.items() if name not in {"width", "height"}},
            **numbers(told),
            **({"score_reasons": dict(reasons(told))} if reasons(told) else {}),
        }

    def beside(self, facts: Facts) -> Mapping[str, bytes]:
        """What the set says of itself."""
        info: dict[str, Json] = {"made_with": "burnish", "model": facts.model, "pairs": facts.pairs}
        metadata = {"media_type": "image", "info": info}
        return {"metadata.json": orjson.dumps(metadata, option=orjson.OPT_INDENT_2) + b"\n"}


EXPORT = FiftyOneExport()
