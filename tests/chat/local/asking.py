"""Prompts for tiny models, and the slow and plain way to what the product computes: whole prompts, no cache."""

from __future__ import annotations

from typing import Any

import numpy as np

from burnish import recipes
from burnish.chat import Choose, Prompt, Write, render
from burnish.chat.local.model import LocalModel
from burnish.chat.local.options import Options
from burnish.chat.local.prompting import image_of
from burnish.values import AssessRequest, Budget, Picture, RewriteRequest

TEXTS = ("A red apple on a wooden table.", "", "Ein roter Apfel", "赤いリンゴ", "a " * 60)
BUDGET = Budget(max_changed=0.9, max_inserted=0)


def picture(seed: int, size: tuple[int, int] = (60, 80)) -> Picture:
    """Noise of `size` (height, width)."""
    rgb = np.random.default_rng(seed).integers(0, 255, (*size, 3), np.uint8)
    return Picture(rgb=rgb, width=size[1], height=size[0], format="PNG", mode="RGB")


PICTURES = (picture(1), picture(2, (1, 1)), picture(3, (4, 240)), picture(4, (90, 40)))


def questions() -> list[Choose]:
    """Every criterion of the recipe about every text beside some picture."""
    criteria = recipes.load("aitqe").criteria
    return [
        render.choose(AssessRequest(picture=PICTURES[at % len(PICTURES)], text=text, criterion=criterion))
        for at, text in enumerate(TEXTS)
        for criterion in criteria
    ]


def tasks(**more: Any) -> list[Write]:
    """A rewrite of every text, short."""
    made = []
    for at, text in enumerate(TEXTS[:4]):
        task = render.write(RewriteRequest(picture=PICTURES[at], text=text, budget=BUDGET))
        given = {"prompt": task.prompt, "schema": task.schema, "nonce": task.nonce, "max_tokens": 60} | more
        made.append(Write(**given))
    return made


def load(folder: Any, **more: str) -> LocalModel:
    """The model of a folder, on the CPU."""
    return LocalModel(Options(model=str(folder), device="cpu", **more))  # type: ignore[arg-type]


class Plain:
    """One whole prompt through a model as the library itself reads it."""

    def __init__(self, model: LocalModel) -> None:
        self._loaded = model._feeder._loaded
        self._prompting = model._prompting

    def logits(self, prompt: Prompt, more: str = "") -> Any:
        """After the last token of the prompt and of `more`."""
        import torch

        rendered = self._prompting.render(prompt)
        inputs = self._loaded.processor(
            text=[rendered.prefix + rendered.question + more],
            images=[[image_of(of_one) for of_one in prompt.pictures]] if prompt.pictures else None,
            return_tensors="pt",
            add_special_tokens=False,
        )
        with torch.inference_mode():
            return self._loaded.model(**inputs).logits[0, -1].double()

    def share(self, prompt: Prompt, answer: str) -> float:
        """Probability of an answer by its spellings of one token, with and without a space before it."""
        shares = self.logits(prompt).softmax(-1)
        tokenizer = self._loaded.tokenizer
        spelled = {tuple(tokenizer(lead + answer, add_special_tokens=False)["input_ids"]) for lead in ("", " ")}
        return sum(float(shares[one[0]]) for one in spelled if len(one) == 1)
