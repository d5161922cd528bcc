"""The one answer of models trained the AITQE way: the rewrite first, then every score with its explanation.

Key order after the released model's (arXiv 2410.16166): Recaption, Overall, Text Quality, Image-Text Matching, Object
Detail, Semantic Understanding, Text/Chart. Prompt and explanations are ours; the scale is ours (1-5), so that the
same model can be asked both ways.
"""

from __future__ import annotations

import json

from benchmarks.scenes import CRITERIA, Scene
from burnish.chat import Choose, Prompt, Write, render
from burnish.values import AssessRequest, Json, Picture

KEYS = dict(
    zip(
        CRITERIA,
        (
            "Overall",
            "Text Quality",
            "Image-Text Matching",
            "Object Detail",
            "Semantic Understanding",
            "Text/Chart Description",
        ),
        strict=True,
    )
)
QUESTION = (
    "Evaluate the caption. If its quality is low, write a better one first.\n"
    "Answer with JSON: Recaption, then Overall, Text Quality, Image-Text Matching, Object Detail, Semantic "
    "Understanding and Text/Chart Description, each with a Score from 1 to 5 and an Explanation."
)
REASONS = {
    1: "The text says nothing about this that the image could bear out.",
    2: "The text is mostly wrong here or buried in other words.",
    3: "The text is partly right here and partly doubtful.",
    4: "The text is nearly right here, with one thing that is off.",
    5: "The text is right here and nothing in the image contradicts it.",
}
"""About a dozen words each: shorter than what teachers write, so the count errs in favour of the joint answer."""
_LONGEST = 200


def task(picture: Picture, text: str, max_tokens: int = 600) -> Write:
    """The joint question about one pair."""
    asked: Choose = render.choose(AssessRequest(picture=picture, text=text, criterion=CRITERIA[0]))
    prompt = Prompt(system=asked.prompt.system, user=(*asked.prompt.user[:-1], QUESTION))
    return Write(prompt=prompt, schema=schema(), nonce="", max_tokens=max_tokens)


def schema() -> dict[str, Json]:
    """The closed schema of the joint answer."""
    line: dict[str, Json] = {"type": "string", "maxLength": _LONGEST}
    mark: dict[str, Json] = {"type": "integer", "minimum": 1, "maximum": 5}
    properties: dict[str, Json] = {"Recaption": line}
    for name in KEYS.values():
        properties[f"{name} Score"] = mark
        properties[f"{name} Explanation"] = line
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def answer(scene: Scene) -> str:
    """The right joint answer for a scene."""
    made: dict[str, str | int] = {"Recaption": scene.wanted}
    for criterion, mark in scene.marks.items():
        made[f"{KEYS[criterion]} Score"] = mark
        made[f"{KEYS[criterion]} Explanation"] = REASONS[mark]
    return json.dumps(made)
