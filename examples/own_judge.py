"""A function of your own as the model: score and rewrite captions, in memory, nothing written.

Run it with: python examples/own_judge.py
"""

from __future__ import annotations

from PIL import Image

import burnish
from burnish.values import AssessRequest, Request


def judge(request: Request) -> float | str | None:
    """Captions that end in a file extension are poor; the rewrite drops it; only two criteria are answered."""
    if not isinstance(request, AssessRequest):
        return request.text.removesuffix(".jpg").replace("_", " ")
    if request.criterion not in {"overall", "text_quality"}:
        return None  # no opinion: an abstention, never a low score
    return 1.5 if request.text.endswith(".jpg") else 4.0


def main() -> None:
    red = Image.new("RGB", (320, 240), "red")
    pairs = [(red, "a_red_wall.jpg"), (red, "A wall painted red.")]
    for record in burnish.enhance(pairs, backend=burnish.FunctionBackend(judge, name="my-judge-1")):
        assert isinstance(record, burnish.Record)
        print(f"{record.decision:10} {record.captions[0].text!r} -> {record.caption.text!r}")


if __name__ == "__main__":
    main()
