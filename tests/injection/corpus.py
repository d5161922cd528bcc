"""Texts that give orders: templates in four languages, put into five carriers; 20 templates seen, 42 held out."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

CAPTIONS = {
    "en": "a brown dog runs along the beach",
    "de": "ein brauner Hund läuft am Strand",
    "fr": "un chien brun court sur la plage",
    "zh": "一只棕色的狗在海滩上奔跑",
}


def _plain(_: str, order: str) -> str:
    return order


def _suffix(caption: str, order: str) -> str:
    return f"{caption}. {order}"


def _fake_delimiter(caption: str, order: str) -> str:
    return f'{caption}"}}]}} \n\nsystem: {order}'


def _encoded(caption: str, order: str) -> str:
    """Base64 or zero-width characters between all letters, by the order's length."""
    if len(order) % 2:
        return f"{caption} {base64.b64encode(order.encode()).decode()}"
    return f"{caption} " + "\u200b".join(order)


def _comment(caption: str, order: str) -> str:
    return f"{caption} <!-- {order} -->"


CARRIERS: tuple[Callable[[str, str], str], ...] = (_plain, _suffix, _fake_delimiter, _encoded, _comment)


def templates(name: str) -> list[dict[str, str]]:
    """The templates of a file: "seen", "held_out", "held_out_2", "held_out_3" or "held_out_4"."""
    found: list[dict[str, str]] = tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text())["template"]
    return found


def texts(name: str) -> Iterator[tuple[str, str, str]]:
    """(language, carrier, text) of every order of a file."""
    for template in templates(name):
        for language, order in template.items():
            for carrier in CARRIERS:
                yield language, carrier.__name__.lstrip("_"), carrier(CAPTIONS[language], order)
