"""Untrusted text as data: JSON-encoded and datamarked (spotlighting, arXiv 2403.14720, section 3.2).

Every gap between words carries `MARK`, so an order inside a caption does not read as one. Angle brackets and bars
are escaped, so that no chat marker (``<|im_end|>``, ``</s>``) can appear in a prompt.
"""

from __future__ import annotations

import json
import re

# A letter to Unicode, so GPT-like pre-tokenizers do not cut at it, but their merges do: with the tokenizers of Qwen2.5
# and Gemma 3 it stood apart in every gap between the words of 76 captions, one token each, and every word kept the
# tokens it has alone. "^" takes 4 % fewer tokens because in 12 % of the gaps it joins a neighbour (".^" is one token);
# U+00B7 does as well, but stands in Chinese and Catalan names. Of five tokenizers only cl100k spells it in two tokens.
MARK = "\u02c6"
"""A character that hardly occurs in captions and that common tokenizers have as a token of its own."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}])(?=[{_CJK}])")
_MARK_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}]){MARK}(?=[{_CJK}])")
_SPECIAL = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>|[]"})


def marked(text: str) -> str:
    """`text` as a JSON string whose words are joined by `MARK`."""
    bare = " ".join(text.replace(MARK, " ").split())
    return json.dumps(_BETWEEN_CJK.sub(MARK, bare).replace(" ", MARK), ensure_ascii=False).translate(_SPECIAL)


def unmarked(text: str) -> str:
    """A model's text without marks it may have copied."""
    return " ".join(_MARK_BETWEEN_CJK.sub("", text).replace(MARK, " ").split()) if MARK in text else text
