"""Texts that hurt: building blocks of hazards 28-33, and seeded mixtures of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
WAVE = "\U0001f44b\U0001f3fd"
GERMANY = "\U0001f1e9\U0001f1ea"
KEYCAP = "1\ufe0f\u20e3"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # with a zero-width non-joiner inside the word
HINDI = "\u0915\u094d\u200d\u0937"  # half form: virama and zero-width joiner
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"
THAI = "\u0e20\u0e32\u0e29\u0e32\u200b\u0e44\u0e17\u0e22"  # zero-width space between words
HEBREW = "\u05e9\u05dc\u05d5\u05dd"
IDEOGRAPH_VARIANT = "\u845b\U000e0100"

GOOD = (
    "A red apple on a table.",
    "caf\u00e9 cre\u0301me",
    "\u732b\u304c\u30bd\u30d5\u30a1\u3067\u5bdd\u3066\u3044\u308b",
    "\u0421\u043e\u0431\u0430\u043a\u0430 \u043d\u0430 \u043f\u043b\u044f\u0436\u0435",
    f"{HEBREW} C++\u200e!",
    *(FAMILY, SCOTLAND, WAVE, GERMANY, KEYCAP, PERSIAN, HINDI, SINHALA, THAI, IDEOGRAPH_VARIANT, "\u2764\ufe0f"),
)
"""Texts in which nothing may be changed for a model."""

PIECES = (
    *GOOD,
    *("\udc80\udcff", "\ud800", "\udfff", "\ufffe", "\ufeff", "\0", "\x07\x08", "\x7f", "\x85", "\u2028", "\r\n", "\t"),
    *(
        "\x1b[31m",
        "\x1b]0;title\x07",
        "\x1b]8;;http://x.example\x1b\\",
        "\x1b",
        "\x9b2J",
        "\x9d",
        "\x1bP",
        "\x1b[[",
        "\x90q\x9c",
    ),
    *("\u200b", "\u200c", "\u200d", "\u2060", "\u00ad", "\u034f", "\u3164", "\U000e0041\U000e0042", "\U000e01ef"),
    *("\u202e", "\u2066", "\u2069", "\u200e", "\u061c", "\u0301" * 30, "\U0001f1e6", "\ufe0f", "\U0001f3fd"),
    *("&#x202e;", "&#" + "9" * 40 + ";", "&amp;lt;", "<b>", "<!--", "a@b.example", "https://x.example/", "&" * 9),
    *(" ", "\u3000", "a", "Z", "9", "0" * 20, "\u05d0", "\u0627"),
)


def mixtures(count: int, seed: int) -> Iterator[str]:
    """`count` texts made of up to 12 pieces, some repeated many times."""
    rng = random.Random(seed)
    for _ in range(count):
        pieces = [rng.choice(PIECES) * rng.choice((1, 1, 1, 2, 40)) for _ in range(rng.randint(0, 12))]
        yield "".join(pieces)
