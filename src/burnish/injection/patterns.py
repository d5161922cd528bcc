"""What an order looks like: a few shapes, filled with the words of each language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from burnish.injection.languages import Words, words

SENTENCE_END = re.compile(r"[.!?\n。！？]+")
_GAP = r"(?:[^.!?\n。！？]|\.(?=\S)){0,60}?"
_NO_UNIT = (
    r"(?!\s*(?:%|°|min|sec|sek|hour|day|stund|tag|heure|jour|personn|cm|kg|ml|euro|dollar|分钟|小时|天|人|元|个))"
)
_TOP_OF = rf"(?<![\d/.-])(?:5(?:\s*/\s*5)?|10(?:\s*/\s*10)?|100(?:\s*/\s*100)?)(?!\d|\s*/){_NO_UNIT}"
"""The top of a scale by its number: neither the end of "4/10" or "1-5", nor "5/10", nor an amount of something."""

_DELIMITERS = (
    r"<\|[a-z_]{2,20}\|>|\[/?inst\]|<</?sys>>",
    r"</?(?:caption|system|user|assistant|instructions?|data|text|prompt|input|image|alt)>",
    r"[\"'”]\s*[}\]]\s*[}\],]",
    r"[\n.!?\"'}\]>-][\s#*]*(?:system|assistant|developer|human)\s*:(?!//)",
    r"#{2,}\s*(?:instruction|system|response|task)",
)


@cache
def load() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """All patterns with what they show: "ignore", "rate", "reader", "write", "score" or "delimiter"."""
    shapes = [("delimiter", shape) for shape in _DELIMITERS]
    for language in words():
        shapes += _shapes(language)
    return tuple((kind, re.compile(shape)) for kind, shape in shapes)


def _shapes(language: Words) -> Iterator[tuple[str, str]]:
    def any_of(kind: str) -> str:
        return _any_of(language.shapes[kind], spaced=language.spaced)

    ignore, target, rate, scored = any_of("ignore"), any_of("target"), any_of("rate"), any_of("scored")
    top = f"(?:{any_of('top')}|{_TOP_OF})"
    reader, must, write, answer = any_of("reader"), any_of("must"), any_of("write"), any_of("answer")
    yield "ignore", f"{ignore}{_GAP}{target}"
    yield "rate", f"{rate}{_GAP}{scored}{_GAP}{top}"
    yield "rate", f"{rate}{_GAP}{top}{_GAP}{scored}"
    only = any_of("only")
    yield "rate", rf"{rate}[\s:]*(?:{only}[\s:\"']*){{1,3}}{top}"
    yield "reader", f"{reader}{_GAP}{must}"
    yield "reader", f"{must}{_GAP}{reader}"
    yield "reader", any_of("fresh")
    yield "write", f"{write}{_GAP}{answer}"
    yield "write", f"{answer}{_GAP}{must}{_GAP}{any_of('holds')}"
    yield "score", rf"{any_of('judged')}[\"'\s]*\w{{0,4}}\s*[=:：→\s]\s*[\"']?{top}"
    yield "delimiter", any_of("ends")
    if not language.spaced:  # the verb stands last
        yield "ignore", f"{target}{_GAP}{ignore}"
        yield "rate", rf"{only}.{{0,4}}{rate}[\s:：\"“]*{top}"
        yield "rate", f"{top}{_GAP}{scored}{_GAP}{rate}"
        yield "write", f"{answer}{_GAP}{write}"


def _any_of(chosen: list[str], *, spaced: bool) -> str:
    longest_first = sorted((word.casefold() for word in chosen), key=len, reverse=True)
    choices = "|".join(re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in longest_first)
    return rf"\b(?:{choices})\b" if spaced else f"(?:{choices})"
