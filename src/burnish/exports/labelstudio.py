"""Label Studio: tasks with predictions (``tasks.json``), the labelling interface (``config.xml``), images as files.

The interface shows the image and the original, takes the chosen text as a prediction to be corrected, and asks for a
verdict. Images are served from local files: Label Studio's document root has to be the folder of the export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from burnish import discovery
from burnish.criteria import SCALE
from burnish.exports import Facts, Layout, Told
from burnish.exports._about import field, numbers, provenance, reasons, score_keys, texts
from burnish.values import Json

VERDICTS = ("accept", "reject", "original is better")
_SERVED = "/data/local-files/?d="


class LabelStudioExport:
    """One task a pair."""

    keys = score_keys(tuple(discovery.names("criteria")))
    layout = Layout(lines="tasks.json", start=b"[\n", between=b",\n", end=b"\n]\n", images="images", scores_in="data")

    def line(self, told: Told) -> Mapping[str, Json]:
        """One task: everything that is known in `data`, the chosen text and the scores as its prediction."""
        original, chosen = texts(told)
        scores = numbers(told)
        result: list[Json] = [_text(chosen)] if chosen else []
        result += [_number(name, scores[name]) for name in sorted(scores) if name.startswith("score_")]
        prediction: dict[str, Json] = {"model_version": told.caption.maker, "result": result}
        if "score_overall" in scores:
            prediction["score"] = _share(scores["score_overall"])
        return {
            "data": {
                "image": _SERVED + quote(told.image_path),
                "original": original,
                "caption": chosen,
                **provenance(told),
                **scores,
                **{f"reason_{field(name)}": why for name, why in reasons(told).items()},
            },
            "predictions": [prediction],
        }

    def beside(self, facts: Facts) -> Mapping[str, bytes]:
        """The labelling interface, with a number for each criterion."""
        return {"config.xml": ("\n".join(_config(facts)) + "\n").encode()}


def _share(score: float) -> float:
    """A score as Label Studio wants that of a prediction: between 0 and 1."""
    lowest, highest = SCALE[0], SCALE[-1]
    return round((score - lowest) / (highest - lowest), 4)


def _text(text: str) -> Json:
    return {"from_name": "caption", "to_name": "image", "type": "textarea", "value": {"text": [text]}}


def _number(name: str, value: float) -> Json:
    return {"from_name": name, "to_name": "image", "type": "number", "value": {"number": value}}


def _config(facts: Facts) -> Iterator[str]:
    yield "<View>"
    yield '  <Image name="image" value="$image"/>'
    yield '  <Header value="As found"/>'
    yield '  <Text name="original" value="$original"/>'
    yield '  <Header value="Text to train on: correct it where it is wrong"/>'
    yield '  <TextArea name="caption" toName="image" value="$caption" editable="true" maxSubmissions="1" rows="3"/>'
    yield '  <Choices name="verdict" toName="image" choice="single">'
    yield from (f"    <Choice value={quoteattr(verdict)}/>" for verdict in VERDICTS)
    yield "  </Choices>"
    for criterion in facts.criteria:
        yield f'  <Number name="score_{field(criterion)}" toName="image" min="1" max="5" step="0.01"/>'
    yield "</View>"


EXPORT = LabelStudioExport()
