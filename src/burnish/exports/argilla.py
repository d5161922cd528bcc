"""An Argilla 2 dataset on disk: settings, dataset and records, as ``rg.Dataset.from_disk`` reads them.

Fields: image, original, the text to train on. Questions: that text, suggested, to be corrected, and a verdict. What
else is known is metadata to filter by. Images stand in the records as data URIs, as Argilla's own exports have them;
its client reads the records whole, so export what is to be looked at, not a billion pairs.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

import orjson

from burnish import discovery
from burnish.exports import Facts, Layout, Told
from burnish.exports._about import field, numbers, provenance, reasons, score_keys, texts
from burnish.values import Json

VERDICTS = ("accept", "reject", "original_is_better")
_TERMS: Final = ("decision", "role", "reason", "verdict", "maker", "shard")
_WHOLE: Final = ("width", "height", "row")
_KINDS: Final = {"jpg": "jpeg", "img": "jpeg"}


class ArgillaExport:
    """One record a pair."""

    keys = score_keys(tuple(discovery.names("criteria")))
    layout = Layout(lines="records.json", start=b"[\n", between=b",\n", end=b"\n]\n", scores_in="metadata")

    def line(self, told: Told) -> Mapping[str, Json]:
        """One record. An empty text is left out: Argilla takes no empty field."""
        original, chosen = texts(told)
        shown = {name: text for name, text in (("original", original), ("caption", chosen)) if text}
        suggested: dict[str, Json] = {}
        if chosen:
            suggested["corrected"] = {"value": chosen, "agent": told.caption.maker, "type": "model"}
        about = {name: value for name, value in provenance(told).items() if value != ""}
        return {
            "id": f"{told.shard}/{told.row}",
            "fields": {"image": _uri(told), **shown},
            "metadata": {
                **about,
                **numbers(told),
                **{f"reason_{field(name)}": why for name, why in reasons(told).items()},
            },
            "suggestions": suggested,
            "responses": {},
            "vectors": {},
            "status": "pending",
        }

    def beside(self, facts: Facts) -> Mapping[str, bytes]:
        """Settings, and the dataset's name."""
        dataset = {"name": "burnish", "guidelines": _GUIDELINES, "allow_extra_metadata": True}
        return {
            ".argilla/settings.json": orjson.dumps(_settings(facts), option=orjson.OPT_INDENT_2),
            ".argilla/dataset.json": orjson.dumps(dataset, option=orjson.OPT_INDENT_2),
        }


_GUIDELINES = "Does the text say what the image shows? Correct it where it does not, and say what is to become of it."


def _settings(facts: Facts) -> dict[str, Json]:
    numbers_of = [_metadata(name, "float") for name in score_keys(facts.criteria)]
    return {
        "guidelines": _GUIDELINES,
        "allow_extra_metadata": True,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
        "fields": [
            _field("image", "Image", {"type": "image"}, required=True),
            _field("original", "As found", {"type": "text", "use_markdown": False}),
            _field("caption", "Text to train on", {"type": "text", "use_markdown": False}),
        ],
        "questions": [
            _field("corrected", "Corrected text", {"type": "text", "use_markdown": False}),
            _field(
                "judgement",
                "What is to become of it",
                {"type": "label_selection", "options": [_option(name) for name in VERDICTS]},
                required=True,
            ),
        ],
        "metadata": [
            *(_metadata(name, "terms") for name in _TERMS),
            *(_metadata(name, "integer") for name in _WHOLE),
            *numbers_of,
        ],
        "vectors": [],
    }


def _field(name: str, title: str, settings: Json, *, required: bool = False) -> Json:
    return {"name": name, "title": title, "required": required, "settings": settings}


def _option(name: str) -> Json:
    return {"value": name, "text": name.replace("_", " ").capitalize()}


def _metadata(name: str, kind: str) -> Json:
    title = name.replace("_", " ").capitalize()
    return {"name": name, "title": title, "visible_for_annotators": True, "settings": {"type": kind}}


def _uri(told: Told) -> str:
    from burnish.exports._folder import ending

    kind = ending(told.image, told.image_name)
    return f"data:image/{_KINDS.get(kind, kind)};base64,{base64.b64encode(told.image).decode()}"


EXPORT = ArgillaExport()
