"""Shell-like brace patterns: ``name-{00000..00099}.tar`` and ``{a,b}``, nested and combined."""

from __future__ import annotations

import re

from burnish.errors import UsageError

MAX_NAMES = 1_000_000
"""More names than this from one pattern is a typing error (an extra digit), not a data set."""

_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)(?:\.\.(\d+))?")


def expand_braces(pattern: str) -> list[str]:
    """All names of `pattern`, left to right, the rightmost brace turning fastest.

    Numbers are padded when an end is (``{00..10}``), may count down, and take a step (``{0..8..2}``). A brace with
    neither comma nor range is literal, as in a shell. Raises `UsageError` above `MAX_NAMES` names.
    """
    names = _expand(pattern)
    if len(names) > MAX_NAMES:
        raise _too_many(pattern)
    return names


def _expand(pattern: str) -> list[str]:
    found = _first_brace(pattern)
    if found is None:
        return [pattern]
    head, choices, rest = found
    tails = _expand(rest)
    middles = [name for choice in choices for name in _expand(choice)]
    if len(middles) * len(tails) > MAX_NAMES:
        raise _too_many(pattern)
    return [head + middle + tail for middle in middles for tail in tails]


def _first_brace(pattern: str) -> tuple[str, list[str], str] | None:
    """The text before the first brace that means something, its choices and the text after it."""
    start = pattern.find("{")
    while start >= 0:
        parts, stop = _parts(pattern, start)
        choices = parts if len(parts) > 1 else _range(parts[0]) if parts else []
        if choices:
            return pattern[:start], choices, pattern[stop:]
        start = pattern.find("{", start + 1)
    return None


def _parts(pattern: str, start: int) -> tuple[list[str], int]:
    """What stands between the commas of the brace opened at `start`, and the offset after it; empty if unclosed."""
    depth, begin, parts = 0, start + 1, []
    for at in range(start, len(pattern)):
        sign = pattern[at]
        depth += (sign == "{") - (sign == "}")
        if depth == 0 or (depth == 1 and sign == ","):
            parts.append(pattern[begin:at])
            begin = at + 1
        if depth == 0:
            return parts, at + 1
    return [], start


def _range(text: str) -> list[str]:
    match = _RANGE.fullmatch(text)
    if match is None:
        return []
    first, last, step = match.group(1), match.group(2), max(int(match.group(3) or 1), 1)
    low, high = int(first), int(last)
    if abs(high - low) // step >= MAX_NAMES:
        raise _too_many("{" + text + "}")
    padded = any(end.lstrip("-").startswith("0") and len(end.lstrip("-")) > 1 for end in (first, last))
    width = max(len(first), len(last)) if padded else 0
    numbers = range(low, high + 1, step) if low <= high else range(low, high - 1, -step)
    return [f"{number:0{width}d}" for number in numbers]


def _too_many(pattern: str) -> UsageError:
    return UsageError(f"{pattern!r} stands for more than {MAX_NAMES:,} names.\nCheck the digits of its range.")
