"""Rows of tokens in a model, each with its part of one KV cache: begun with pictures, multiplied, fed, read off.

Rows of different lengths stand right-aligned: what a row lacks is padding on its left, masked and without a position
of its own, also in the middle of a row that has been fed less than its neighbours. So the last column is always the
last token of every row, and one matrix of logits serves all.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from burnish.chat import Prompt, spelled
from burnish.chat.local.loading import Loaded
from burnish.chat.local.prompting import image_of
from burnish.values import Picture

if TYPE_CHECKING:
    from torch import Tensor


class RefusedPictureError(Exception):
    """The model's processor cannot take a picture of the batch, and says why."""


@dataclass(slots=True)
class Counters:
    """What was computed. `prefix_tokens_saved` are tokens of prefixes that questions shared instead of repeating;
    `padding_tokens` were computed for nothing; `forced_tokens` of the written ones are those a grammar left no choice
    about, fed together with their neighbours.
    """

    forward_passes: int = 0
    image_encodings: int = 0
    prefix_tokens: int = 0
    prefix_tokens_saved: int = 0
    suffix_tokens: int = 0
    padding_tokens: int = 0
    written_tokens: int = 0
    forced_tokens: int = 0
    halvings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """`mask` is rows x columns (1 = a token), `position` the next position of each row, `cache` of the same columns.

    `logits` are those after the last column, rows x vocabulary, float32.
    """

    cache: Any
    mask: Tensor
    position: Tensor
    logits: Tensor

    def __len__(self) -> int:
        return int(self.mask.shape[0])

    def pick(self, indices: Sequence[int]) -> Rows:
        """Rows at `indices`, each as often as it is named; this object stays as it is."""
        import torch

        at = torch.tensor(indices, device=self.mask.device)
        cache = copy.copy(self.cache)
        cache.layers = [copy.copy(layer) for layer in self.cache.layers]
        cache.batch_select_indices(at)
        return Rows(cache=cache, mask=self.mask[at], position=self.position[at], logits=self.logits[at])


class Feeder:
    """Feeds tokens to one model and counts what that took."""

    def __init__(self, loaded: Loaded) -> None:
        """Uses `loaded` as it is."""
        self._loaded = loaded
        self._model, self._device = loaded.model, loaded.device
        self._inner = getattr(loaded.model, "model", loaded.model)
        tokenizer = loaded.tokenizer
        self._pad = tokenizer.pad_token_id or 0
        self._bos = tokenizer.bos_token
        self.counters = Counters()

    def tokens(self, text: str, *, after: str) -> list[int]:
        """`text` as tokens the way it is cut up where it follows `after`."""
        tokenizer = self._loaded.tokenizer
        return spelled.behind(lambda said: tokenizer(said, add_special_tokens=False)["input_ids"], text, after)

    def begin(self, prefixes: Sequence[tuple[str, Prompt]]) -> Rows:
        """One row a prefix (its text and the prompt with its pictures, all of them having some or none), read in one
        forward pass.

        Raises `RefusedPictureError` if the model's processor cannot take one of the pictures.
        """
        import torch
        from transformers import DynamicCache

        pictures = [prompt.pictures for _, prompt in prefixes]
        inputs = self.inputs([text for text, _ in prefixes], pictures)
        mask = inputs.pop("attention_mask").to(torch.long)
        cache = DynamicCache(config=self._model.config.get_text_config(decoder=True))
        counts_pictures = hasattr(self._inner, "rope_deltas") and any(pictures)
        if not counts_pictures:
            inputs["position_ids"] = (mask.cumsum(-1) - 1).clamp(min=0)
        done = self._forward(attention_mask=mask, past_key_values=cache, **inputs)
        position = mask.sum(-1)
        if counts_pictures:  # M-RoPE: a picture takes fewer positions than tokens
            position = position + self._inner.rope_deltas.reshape(-1).to(position)
        self.counters.image_encodings += sum(len(of_one) for of_one in pictures)
        self.counters.prefix_tokens += int(mask.sum())
        self.counters.padding_tokens += int((mask == 0).sum())
        return Rows(cache=done.past_key_values, mask=mask, position=position, logits=_last(done))

    def feed(self, rows: Rows, tokens: Sequence[Sequence[int]]) -> Rows:
        """`rows` with `tokens` (one sequence a row, none empty) behind them. The cache of `rows` is used up."""
        import torch

        width = max(map(len, tokens))
        ids = torch.tensor([[self._pad] * (width - len(of_one)) + list(of_one) for of_one in tokens])
        fresh = torch.tensor([[0] * (width - len(of_one)) + [1] * len(of_one) for of_one in tokens])
        ids, fresh = ids.to(self._device), fresh.to(self._device)
        mask = torch.cat([rows.mask, fresh], dim=1)
        ahead = (fresh.cumsum(-1) - 1).clamp(min=0)
        done = self._forward(
            input_ids=ids,
            attention_mask=mask,
            position_ids=rows.position[:, None] + ahead,
            past_key_values=rows.cache,
        )
        self.counters.padding_tokens += int((fresh == 0).sum())
        return Rows(cache=done.past_key_values, mask=mask, position=rows.position + fresh.sum(-1), logits=_last(done))

    def _forward(self, **inputs: Any) -> Any:
        import torch

        self.counters.forward_passes += 1
        with torch.inference_mode():
            return self._model(**inputs, use_cache=True, logits_to_keep=1)

    def inputs(self, texts: list[str], pictures: list[tuple[Picture, ...]]) -> dict[str, Any]:
        """What the model takes for these texts and the pictures of each, rows right-aligned, on its device.

        Raises `RefusedPictureError` if the model's processor cannot take one of the pictures.
        """
        begun = self._bos is not None and texts[0].startswith(self._bos)
        try:
            made = self._loaded.processor(
                text=texts,
                images=[[image_of(picture) for picture in of_one] for of_one in pictures] if any(pictures) else None,
                padding=True,
                return_tensors="pt",
                add_special_tokens=not begun,
            )
        except ValueError as error:  # what processors raise for sides and proportions that they do not take
            raise RefusedPictureError(str(error)) from error
        dtype = self._model.dtype
        return {
            name: (value.to(self._device, dtype) if value.is_floating_point() else value.to(self._device))
            for name, value in made.items()
            if name not in {"num_crops", "original_sizes"}
        }


def _last(done: Any) -> Tensor:
    logits: Tensor = done.logits[:, -1].float()
    return logits
