"""Caption formats: what a new caption must be like, and how it is checked. One file each.

A format's name is its role among a pair's captions ("ssc", "dsc+") and its file's name (``dsc_plus.py``). One of the
user's own is such an object anywhere, named ``package.module:FORMAT`` or by an entry point of group
``burnish.formats``.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache

from burnish import discovery
from burnish.constraints import Constraint
from burnish.errors import UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9+_-]{0,30}")
_TAKEN = frozenset({"alt", "rewrite", "edited", "negative"})
"""Roles that are no formats."""
_TOKENS_PER_WORD = 1.2
"""Of English descriptions under CLIP's tokenizer, marks included; a model counts words better than tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of caption. `instruction` is said to the model in full sentences, without the lengths, which follow from
    the fields; `examples` are shown to it.

    Tokens are the consumer's (`burnish.tokens`), both ends allowed. `sees_text`: the model is given the pair's text,
    and every name, number and quotation in it must be in the caption or be listed as refuted by the image.
    `may_trim`: a caption that is too long may be cut at the end of a sentence. `full_stop`: it must end as a sentence
    does. `language`: ISO 639-1, "" for any. `constraints`: what else it must keep to, five at most.
    """

    name: str
    source: str
    instruction: str
    min_tokens: int
    max_tokens: int
    min_sentences: int = 1
    max_sentences: int = 1
    sees_text: bool = False
    may_trim: bool = True
    full_stop: bool = True
    language: str = "en"
    constraints: tuple[Constraint, ...] = ()
    examples: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name in _TAKEN:
            raise UsageError(f"{self.name!r} cannot be a format's name: take small letters, digits, + _ -.")
        if not 0 < self.min_tokens <= self.max_tokens or not 0 < self.min_sentences <= self.max_sentences:
            raise UsageError(f"the format {self.name!r} can be kept by no caption: its least is above its most.")
        if len(self.constraints) > 5 or len({c.name for c in self.constraints}) < len(self.constraints):
            raise UsageError(f"the format {self.name!r} may have up to 5 constraints, each with a name of its own.")

    @property
    def words(self) -> tuple[int, int]:
        """About how many words its tokens are: the least and the most to ask a model for."""
        least, most = -(-self.min_tokens // _TOKENS_PER_WORD), self.max_tokens // _TOKENS_PER_WORD
        return int(least), int(max(least, most))

    @property
    def digest(self) -> str:
        """Changes when the same answer may be judged, or the same question be asked, otherwise."""
        said = [f"{name}={getattr(self, name)!r}" for name in self.__slots__ if name != "constraints"]
        told = [f"{constraint.name}={constraint.told}" for constraint in self.constraints]
        return hashlib.blake2b("\0".join([*said, *told]).encode(), digest_size=8).hexdigest()


@cache  # looked up for every request, and looking through installed packages takes 8 ms
def load(name: str) -> Format:
    """The format called `name`, or ``module:object``. Raises `UsageError` with the nearest name."""
    found = discovery.load("formats", name)
    if not isinstance(found, Format):
        raise UsageError(f"{name!r} is a {type(found).__name__}, not a burnish.formats.Format.")
    return found
