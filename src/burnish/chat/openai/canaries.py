"""Fixed questions about fixed pictures, asked again and again: is it still the same model that answers? (hazard 45)"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from burnish.chat import Choose, Chosen, render
from burnish.errors import StopError
from burnish.values import AssessRequest, Failure, Picture

SIDE_PX = 224
CAPTIONS = ("A red disc on a white ground.", "Two dogs are running through deep snow.")
"""What the picture shows and what it does not: a model that sees tells them apart."""

MOST_CHANGE = 0.25
"""Half the sum of the changes of the probabilities. The same model on the same server moves by a few hundredths from
batch to batch; a different one by tenths."""
MOST_CHANGE_SAMPLED = 0.75
"""Between two draws of 8 from the same even distribution over two answers, one in 1,000 differs by more than 0.75."""


def picture() -> Picture:
    """A red disc on white."""
    across = np.arange(SIDE_PX) - (SIDE_PX - 1) / 2
    disc = across[:, None] ** 2 + across[None, :] ** 2 < (SIDE_PX / 3) ** 2
    rgb = np.where(disc[:, :, None], np.array([200, 20, 30], np.uint8), np.uint8(255)).astype(np.uint8)
    return Picture(rgb=rgb, width=SIDE_PX, height=SIDE_PX, format="PNG", mode="RGB")


def questions(shown: Picture) -> list[Choose]:
    """The canaries as any other question."""
    return [
        render.choose(AssessRequest(picture=shown, text=text, criterion="image_text_matching")) for text in CAPTIONS
    ]


def changed(before: Sequence[Chosen | Failure], now: Sequence[Chosen | Failure]) -> str:
    """What has changed more than the same model would, "" if nothing has."""
    for text, old, new in zip(CAPTIONS, before, now, strict=True):
        if isinstance(old, Failure) != isinstance(new, Failure):
            return f"{text!r} was answered {'not ' if isinstance(old, Failure) else ''}before, now the opposite"
        if isinstance(old, Chosen) and isinstance(new, Chosen):
            most = MOST_CHANGE_SAMPLED if old.how.startswith("samples") else MOST_CHANGE
            change = _distance(old, new)
            if change > most:
                return f"{change:.2f} of the probability moved for {text!r}, {most} is allowed"
    return ""


def indifferent(answers: Sequence[Chosen | Failure]) -> bool:
    """Whether all canaries got the very same probabilities, which a model that looks does not give."""
    seen = {answer.shares if isinstance(answer, Chosen) else None for answer in answers}
    return len(seen) == 1


def drift(what: str) -> StopError:
    """The error that stops the run."""
    return StopError(
        f"model_drift: the server's answers to fixed questions have changed: {what}.\n"
        "Scores from now on would not compare with those before. If another model was put behind this name,\n"
        "put the first one back and run the same command again, or start a new output folder."
    )


def _distance(old: Chosen, new: Chosen) -> float:
    pairs = zip((*old.shares, old.outside), (*new.shares, new.outside), strict=True)
    return sum(abs(a - b) for a, b in pairs) / 2
