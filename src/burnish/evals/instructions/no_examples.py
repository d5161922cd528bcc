"""The criterion without the examples in its prompt: what they are worth, for models that are given a prompt.

A criterion without examples is one like any other, made from its name (this module's, a colon, the criterion's), so
that a chat model is asked the usual way. Models without a prompt do not know it and abstain.
"""

from __future__ import annotations

from dataclasses import replace

from burnish import criteria, discovery
from burnish.criteria import Criterion
from burnish.evals.trials import Item
from burnish.values import AssessRequest


def no_examples(item: Item, criterion: str) -> AssessRequest:
    """The question by the name of the bare criterion."""
    return AssessRequest(picture=item.picture, text=item.text, criterion=f"{__name__}:{criterion}")


def __getattr__(name: str) -> Criterion:
    """The bare criterion as an attribute of this module."""
    if name not in discovery.names("criteria"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return replace(criteria.load(name), examples=())


INSTRUCTION = no_examples
