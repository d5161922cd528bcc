"""A prompt as the model's own chat template writes it, cut where its question begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from burnish.chat import Prompt
from burnish.errors import UsageError
from burnish.values import Picture

if TYPE_CHECKING:
    from PIL import Image

CUT = "QUESTION7F3A91"
"""Stands for the question while the template is rendered; looked for from the right, after the caption."""

MIN_SIDE_PX = 28
"""Smaller pictures get a white border: some processors refuse sides under one merged patch (Qwen2-VL: 28)."""

Message = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """`prefix` is shared by all questions about a pair, `question` ends with the start of the model's turn."""

    prefix: str
    question: str


def _parted(prompt: Prompt, text: str) -> list[Message]:
    system = {"role": "system", "content": [{"type": "text", "text": prompt.system}]}
    return [system, _turn(prompt, text)]


def _plain(prompt: Prompt, text: str) -> list[Message]:
    return [{"role": "system", "content": prompt.system}, _turn(prompt, text)]


def _folded(prompt: Prompt, text: str) -> list[Message]:
    return [_turn(prompt, f"{prompt.system}\n\n{text}")]


def _turn(prompt: Prompt, text: str) -> Message:
    pictures = [{"type": "image"} for _ in prompt.pictures]
    return {"role": "user", "content": [*pictures, {"type": "text", "text": text}]}


WAYS: tuple[Callable[[Prompt, str], list[Message]], ...] = (_parted, _plain, _folded)
"""A system turn in parts, one that is a string, and the system text before the user's for models without that role."""


class Prompting:
    """Renders prompts by one of `WAYS`: the first with which the template shows every part of a prompt once."""

    def __init__(self, processor: Any) -> None:
        """Raises `UsageError` if the template of `processor` shows no picture or loses text."""
        self._processor = processor
        dot = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")
        probe = Prompt(system="Judge captions.", user=(dot, 'CAPTION "a cat"', "Is it fine?"))
        fitting = [way for way in WAYS if self._shows(way, probe)]
        if not fitting:
            raise UsageError(
                "the chat template of this model shows no picture beside a text.\n"
                "Take a checkpoint whose processor has a chat template with image parts."
            )
        self._way = fitting[0]

    @property
    def way(self) -> str:
        """How the system text is given: "parted", "plain" or "folded"."""
        return self._way.__name__.strip("_")

    def render(self, prompt: Prompt) -> Rendered:
        """The prompt as text, its pictures as the processor's place holders, cut before its last part."""
        *context, question = [part for part in prompt.user if isinstance(part, str)]
        shown = self._template(self._way, prompt, "\n".join([*context, CUT]))
        prefix, _, rest = shown.rpartition(CUT)
        return Rendered(prefix=prefix, question=question + rest)

    def closing(self) -> str:
        """What the template writes behind an answer of the model."""
        turns = [*self._way(Prompt(system="", user=()), ""), {"role": "assistant", "content": _said(CUT)}]
        shown = str(self._processor.apply_chat_template(turns, tokenize=False))
        return shown.rpartition(CUT)[2]

    def _template(self, way: Callable[[Prompt, str], list[Message]], prompt: Prompt, text: str) -> str:
        made = self._processor.apply_chat_template(way(prompt, text), tokenize=False, add_generation_prompt=True)
        return str(made)

    def _shows(self, way: Callable[[Prompt, str], list[Message]], probe: Prompt) -> bool:
        from jinja2 import TemplateError

        try:
            shown = self._template(way, probe, f"{probe.user[1]}\n{CUT}")
            blind = self._template(way, Prompt(system=probe.system, user=probe.user[1:]), f"{probe.user[1]}\n{CUT}")
        except (TemplateError, TypeError):  # a template that knows no system role, or no content in parts, raises
            return False
        said = (probe.system, str(probe.user[1]), CUT)
        return shown != blind and all(shown.count(part) == 1 for part in said) and "'type'" not in shown


def _said(text: str) -> list[Message]:
    return [{"type": "text", "text": text}]


def image_of(picture: Picture) -> Image.Image:
    """The picture for a processor, on white if a side is under `MIN_SIDE_PX`."""
    from PIL import Image

    image = Image.fromarray(picture.rgb)
    if min(image.size) >= MIN_SIDE_PX:
        return image
    page = Image.new("RGB", (max(image.width, MIN_SIDE_PX), max(image.height, MIN_SIDE_PX)), (255, 255, 255))
    page.paste(image, ((page.width - image.width) // 2, (page.height - image.height) // 2))
    return page
