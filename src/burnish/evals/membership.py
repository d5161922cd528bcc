"""Has a language model been trained on a text? Min-K% Prob (arXiv 2310.16789) and the baselines it is compared with.

Min-K% is the mean log-probability of the k % least likely tokens of a text: text that was trained on has few that
surprise. Beside it: the mean of all tokens (`loss`), that against the text's own compressibility (`zlib`) and against
the text in small letters (`lower`). Higher always means rather seen. All of it needs text: under `RELIABLE` tokens it
says little, which is most captions.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from burnish.chat.local import loading
from burnish.errors import UsageError
from burnish.evals.figures import Figure, Reading, figure
from burnish.evals.metrics.auc import area_under

K_PERCENT = 20
RELIABLE = 32
MAX_TOKENS = 512
"""Of a text so many are read, fewer where the model has fewer positions; every method goes by that part alone."""
METHODS = ("min_k", "loss", "zlib", "lower")


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """How well each method tells `members` from the others by AUC: 0.5, the model knows neither better. `short`: share
    of the texts under `RELIABLE` tokens, for which the figures say little.
    """

    members: int
    others: int
    short: float
    auc: Mapping[str, Figure]


class LanguageModel:
    """A causal model of the `transformers` library in a folder, on a CPU, from safetensors only."""

    def __init__(self, folder: str) -> None:
        """Raises `MissingExtra`, or `UsageError` for a folder that holds none."""
        loading.require()
        import torch
        import transformers

        try:
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model: Any = transformers.AutoModelForCausalLM.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
            )
        except (OSError, ValueError) as error:
            raise UsageError(
                f"{folder} holds no causal language model: {str(error)[:200]}\n"
                "Give the folder of one, with its tokenizer and safetensors weights: --lm DIR"
            ) from error
        self._model = model.eval()
        positions = getattr(model.config.get_text_config(), "max_position_embeddings", None) or 0
        self._most = min(MAX_TOKENS, positions) if positions > 0 else MAX_TOKENS  # 0 or less: as many as there are

    def log_probabilities(self, text: str) -> tuple[list[float], str]:
        """Of each token of `text` but the first, given those before it, and the part of the text that was read."""
        import torch

        tokens = self._tokenizer(text, return_tensors="pt", truncation=True, max_length=self._most)["input_ids"]
        if tokens.shape[1] < 2:
            return [], text
        with torch.inference_mode():
            table = torch.log_softmax(self._model(input_ids=tokens).logits[0, :-1].double(), dim=-1)
        values = [float(value) for value in table.gather(1, tokens[0, 1:, None])[:, 0]]
        whole = tokens.shape[1] < self._most
        return values, text if whole else self._tokenizer.decode(tokens[0], skip_special_tokens=True)


def min_k(values: Sequence[float], percent: float = K_PERCENT) -> float:
    """The mean of the `percent` least likely of `values`, one at least."""
    count = max(1, int(len(values) * percent / 100))
    return math.fsum(sorted(values)[:count]) / count


def scores(model: LanguageModel, text: str) -> tuple[dict[str, float], int] | None:
    """By method, and the number of tokens; None for a text without two tokens."""
    values, read = model.log_probabilities(text)
    lower, _ = model.log_probabilities(read.lower())
    if not values or not lower:
        return None
    mean = math.fsum(values) / len(values)
    squeezed = len(zlib.compress(read.encode("utf-8", "surrogatepass")))
    found = {
        "min_k": min_k(values),
        "loss": mean,
        "zlib": math.fsum(values) / squeezed,
        "lower": mean / max(1e-9, -math.fsum(lower) / len(lower)),
    }
    return found, len(values) + 1


def membership(model: LanguageModel, members: Sequence[str], others: Sequence[str]) -> Membership:
    """How well the model tells `members` from `others`. Raises `UsageError` if one of them has no text."""
    both = [_all(model, texts) for texts in (members, others)]
    if not all(both):
        raise UsageError("there is no text of two tokens to ask the language model about.")
    found = [each for side in both for each in side]
    member = [True] * len(both[0]) + [False] * len(both[1])
    return Membership(
        members=len(both[0]),
        others=len(both[1]),
        short=round(float(np.mean([tokens < RELIABLE for _, tokens in found])), 4),
        auc={method: _auc(method, [values[method] for values, _ in found], member) for method in METHODS},
    )


def _all(model: LanguageModel, texts: Sequence[str]) -> list[tuple[dict[str, float], int]]:
    return [found for text in texts if (found := scores(model, text)) is not None]


def _auc(method: str, values: Sequence[float], member: Sequence[bool]) -> Figure:
    cases = np.column_stack([np.array(values), np.array(member, np.float64)])
    keys = tuple(map(str, range(len(values))))
    return figure(Reading(of=method, cases=cases, groups=keys, seeds=(0,) * len(keys), statistic=area_under))
