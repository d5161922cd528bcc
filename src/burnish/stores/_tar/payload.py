"""What a pair from a shard carries along so that it can be written back: its members as spans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Kept(NamedTuple):
    """One member as found. A tuple because it is made three times a pair.

    `raw` is its span without the padding (headers and payload); of the image only the headers; empty if the span
    [start, stop) is too large to carry and must be read again. The payload begins at `at` of the span, `size` bytes.
    """

    name: str
    raw: bytes
    at: int
    size: int
    start: int


@dataclass(frozen=True, slots=True)
class Payload:
    """The members of a pair in order, and which of them is what (-1: there is none). `stem` names members that are
    added: ``stem + ".txt"``. `json_sound` is False if the json member could not be parsed.
    """

    members: tuple[Kept, ...]
    image: int
    text: int
    json: int
    stem: str
    json_sound: bool = True
