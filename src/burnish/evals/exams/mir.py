"""How far what a model makes of pictures lies from what it makes of their texts, layer by layer: `burnish.evals.mir`.

Only of models in this process (`--backend transformers`), whose hidden states can be had. A text's tokens are those
behind the picture's, the picture's are those that stand for it. Lower is better aligned; there is no chance to hold it
against, so compare models, or one model in training, on the same cases and as many of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from burnish.chat.backend import ChatBackend
from burnish.chat.local.model import LocalModel
from burnish.chat.local.rows import RefusedPictureError
from burnish.errors import UsageError
from burnish.evals.cases import Told
from burnish.evals.exams import Mark, Sitting, Takes
from burnish.evals.figures import Figure
from burnish.evals.mir import Hidden, Integration, integration


class Mir:
    """See the module."""

    takes: Takes = "backend"

    def sit(self, sitting: Sitting) -> Iterator[Mark]:
        """One mark: the rate, and the distance of each layer."""
        backend = sitting.asked
        model = backend.model if isinstance(backend, ChatBackend) else None
        if not isinstance(model, LocalModel):
            raise UsageError(
                "MIR looks into the layers of a model in this process.\n"
                "Example: --exam mir --backend transformers --set backend_options.model=FOLDER"
            )
        found: dict[int, Integration] = {}
        missing = pictures = 0
        for given in sitting.given(model.side_px):
            asked = sitting.kind().texts(given, sitting.options)
            looking = _Looking(model=model, cases=list(asked.cases))
            one = integration(looking)
            if one is None:
                raise UsageError(f"{sitting.scenario} has no picture with a text of two tokens that the model takes.")
            found[given.seed] = one
            missing += asked.missing.count + len(looking.refused)
            pictures += len(looking.cases) - len(looking.refused)
        yield _mark(found, pictures, missing)


@dataclass(slots=True, kw_only=True)
class _Looking:
    """Each call shows the model all cases. `refused`: keys of pictures that its processor does not take."""

    model: LocalModel
    cases: Sequence[Told]
    refused: set[str] = field(default_factory=set)

    def __call__(self) -> Iterator[Hidden]:
        for case in self.cases:
            try:
                seen, told = self.model.hidden(case.picture, case.texts[0])
            except RefusedPictureError:
                self.refused.add(case.key)
                continue
            yield Hidden(seen=seen, told=told)


def _mark(found: dict[int, Integration], pictures: int, missing: int) -> Mark:
    layers = len(next(iter(found.values())).layers)
    rates = {"mir": {seed: one.rate for seed, one in found.items()}}
    rates |= {f"layer {at + 1}": {seed: one.layers[at] for seed, one in found.items()} for at in range(layers)}
    tokens = sum(one.seen_tokens for one in found.values()), sum(one.told_tokens for one in found.values())
    return Mark(
        of=f"{tokens[0]:,} tokens of pictures, {tokens[1]:,} of texts",
        figures={name: _figure(name, values, pictures) for name, values in rates.items()},
        plain=frozenset(rates),
        missing=missing,
    )


def _figure(name: str, values: dict[int, float], pictures: int) -> Figure:
    """The mean over seeds. Vectors of one text hang together, so no interval is drawn; the spread says how sure."""
    known = [value for value in values.values() if np.isfinite(value)]
    return Figure(
        of=name,
        value=round(float(np.mean(known)), 4) if known else None,
        low=None,
        high=None,
        n=pictures,
        pictures=pictures,
        by_seed={seed: round(value, 4) if np.isfinite(value) else None for seed, value in values.items()},
    )


EXAM = Mir()
