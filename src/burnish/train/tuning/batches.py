"""A sample as the model gets its like at run time: the backend's own prompt, its tokens cut the same way, its picture
decoded and resized by the same code; and behind it the answer, which alone is learnt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from burnish import images
from burnish.chat import Prompt
from burnish.chat.local.loading import Loaded
from burnish.chat.local.prompting import Prompting
from burnish.chat.local.rows import Feeder
from burnish.errors import UsageError
from burnish.train.tuning.samples import Sample
from burnish.values import ImageFault, Picture

FORCED = re.compile(r'\{"id": "[0-9a-f]+", "\w+":')
"""What the grammar writes of an answer whatever the model prefers: a nonce that nobody could guess, and a key."""
NO_SCORE = -1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Row:
    prefix: str
    picture: Picture
    question: list[int]
    answer: list[int]
    forced: int
    worth: float
    score: float


class Batcher:
    """Makes samples one batch of tensors: the model's own inputs, and three of ours for the loss.

    Rows are right-aligned, so that all answers end in the last column. ``targets`` and ``worth`` are samples x the
    longest answer's tokens, right-aligned too; a row's ``worth`` adds up to 1 for a score, `text_worth` for a text.
    ``score`` is samples long, `NO_SCORE` where there is none.
    """

    def __init__(self, loaded: Loaded, *, side_px: int, text_worth: float) -> None:
        """Uses `loaded` as it is. Raises `UsageError` for a template that shows no picture."""
        self._loaded, self._side_px, self._text_worth = loaded, side_px, text_worth
        self._feeder, self._prompting = Feeder(loaded), Prompting(loaded.processor)
        self._end = self._ending()
        inner = getattr(loaded.model, "model", loaded.model)
        self._counts_pictures = hasattr(inner, "rope_deltas")

    def __call__(self, samples: Sequence[Sample]) -> dict[str, Tensor]:
        """The batch. Raises `UsageError` for an image that cannot be decoded."""
        rows = [self._row(sample) for sample in samples]
        made = self._feeder.inputs([row.prefix for row in rows], [(row.picture,) for row in rows])
        inputs = self._extended(made, [row.question + row.answer for row in rows])
        width = max(len(row.answer) for row in rows)
        learnt = [[0.0] * row.forced + [1.0] * (len(row.answer) - row.forced) for row in rows]
        worth = _aligned(learnt, width, torch.float32)
        total = torch.tensor([row.worth for row in rows])
        return {
            **inputs,
            "targets": _aligned([row.answer for row in rows], width, torch.long),
            "worth": worth / worth.sum(-1, keepdim=True) * total[:, None],
            "score": torch.tensor([row.score for row in rows]),
        }

    def _row(self, sample: Sample) -> _Row:
        picture = images.decode(sample.image.read_bytes(), self._side_px)
        if isinstance(picture, ImageFault):
            raise UsageError(f"{sample.where}: its image {sample.image} cannot be used: {picture.detail}")
        rendered = self._prompting.render(Prompt(system=sample.system, user=(picture, *sample.said)))
        answer = [*self._tokens(sample.answer), self._end]
        forced = FORCED.match(sample.answer)
        scored = sample.task == "assess"
        return _Row(
            prefix=rendered.prefix,
            picture=picture,
            question=self._feeder.tokens(rendered.question, after=rendered.prefix),
            answer=answer,
            forced=_common(answer, self._tokens(forced[0])) if forced else 0,
            worth=1.0 if scored else self._text_worth,
            score=NO_SCORE if sample.score is None else sample.score,
        )

    def _tokens(self, text: str) -> list[int]:
        return self._feeder.tokens(text, after="")

    def _ending(self) -> int:
        """The token with which the template ends a turn of the model."""
        ends = self._loaded.ends
        closing = self._tokens(self._prompting.closing())
        return next((token for token in closing if token in ends), self._loaded.tokenizer.eos_token_id)

    def _extended(self, made: dict[str, Any], tails: Sequence[Sequence[int]]) -> dict[str, Tensor]:
        """`made` with tokens behind each row; whatever else there is for each token is 0 for those."""
        mask = made["attention_mask"]
        keep = [row.bool() for row in mask]
        width = max(int(row.sum()) + len(tail) for row, tail in zip(mask, tails, strict=True))
        pad = self._loaded.tokenizer.pad_token_id or 0
        found: dict[str, Tensor] = {}
        for name, value in made.items():
            if value.shape != mask.shape or value.is_floating_point():
                found[name] = value
                continue
            behind = [
                list(tail) if name == "input_ids" else [int(name == "attention_mask")] * len(tail) for tail in tails
            ]
            rows = [row[kept].tolist() + tail for row, kept, tail in zip(value, keep, behind, strict=True)]
            found[name] = _aligned(rows, width, torch.long, pad if name == "input_ids" else 0)
        if not self._counts_pictures:
            found["position_ids"] = (found["attention_mask"].cumsum(-1) - 1).clamp(min=0)
        return found


def _aligned(rows: Sequence[Sequence[float]], width: int, dtype: torch.dtype, fill: int = 0) -> Tensor:
    return torch.tensor([[fill] * (width - len(row)) + list(row) for row in rows], dtype=dtype)


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens both begin with."""
    pairs = zip(first, second, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))
