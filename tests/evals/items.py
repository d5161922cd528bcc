"""Items, answers and outcomes by hand."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.evals.trials import Answer, Item, Outcome
from burnish.values import State
from tests.builders import picture

PICTURE = picture()


def item(key: str, kind: str = "", base: str = "", truth: dict[str, float] | None = None, text: str = "a cat") -> Item:
    return Item(
        key=key, picture=PICTURE, text=text, kind=kind, group=key.partition("/")[0], base=base, truth=truth or {}
    )


def said(*values: float | State | None) -> list[Answer]:
    return [
        Answer(value=None, state=each) if isinstance(each, State) else Answer(value=each, state=State.OK)
        for each in values
    ]


def outcome(items: Sequence[Item], answers: Sequence[Answer], **more: object) -> Outcome:
    return Outcome(criterion="overall", items=items, seeds=[0] * len(items), answers=answers, **more)  # type: ignore[arg-type]
