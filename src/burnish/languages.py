"""Which language a text is in, by py3langid's 97 languages."""

from __future__ import annotations

from functools import cache
from typing import Any


def classify(text: str) -> tuple[str, float]:
    """The likeliest language's code (ISO 639-1) and its probability. Under about five words it is a guess."""
    name, probability = _identifier().classify(text.lower())
    return str(name), float(probability)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
