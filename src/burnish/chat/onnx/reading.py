"""Prompts as tokens, with the frame that a chat template left and a ``tokenizer.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from burnish.chat import Prompt, spelled
from burnish.chat.onnx.folder import Frame, Manifest

if TYPE_CHECKING:
    import tokenizers


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Tokens of a prompt: `prefix` is shared by all questions about a pair."""

    prefix: tuple[int, ...]
    question: tuple[int, ...]


class Reader:
    """Substitutes and cuts; renders no template."""

    def __init__(self, manifest: Manifest, tokenizer: tokenizers.Tokenizer) -> None:
        """Uses both as they are."""
        self._manifest, self._tokenizer = manifest, tokenizer

    def read(self, prompt: Prompt) -> Read:
        """The tokens of a prompt with at most one picture, before its texts."""
        frame = self._manifest.seen if prompt.pictures else self._manifest.blind
        *context, question = [part for part in prompt.user if isinstance(part, str)]
        prefix = self._prefix(frame, prompt.system, context)
        ids = self._tokenizer.encode(prefix, add_special_tokens=frame.special).ids
        asked = spelled.behind(self._plain, question + frame.after, prefix)
        return Read(prefix=tuple(ids), question=tuple(asked))

    @staticmethod
    def _prefix(frame: Frame, system: str, context: list[str]) -> str:
        return "".join([frame.before, system, frame.between, *(f"{part}\n" for part in context)])

    def _plain(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)
