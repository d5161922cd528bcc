"""All criteria, their reasons and a rewrite in one written answer, as AITQE's model gives it (arXiv 2410.16166)."""

from __future__ import annotations

from burnish.evals.trials import Item
from burnish.values import JointRequest


def joint(item: Item, criterion: str) -> JointRequest:  # noqa: ARG001 - one answer holds them all
    """The same question for every criterion."""
    return JointRequest(picture=item.picture, text=item.text)


INSTRUCTION = joint
