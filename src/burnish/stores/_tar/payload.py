"""What a pair from a shard carries along so that it can be written back."""

from __future__ import annotations

from typing import NamedTuple

from burnish.stores._tar.spans import Part


class Payload(NamedTuple):
    """The members of a pair in order, and which of them is what (-1: there is none). `stem` names members that are
    added: ``stem + ".txt"``. `json_sound` is False if the json member could not be parsed.
    """

    members: tuple[Part, ...]
    image: int
    text: int
    json: int
    stem: str
    json_sound: bool = True
