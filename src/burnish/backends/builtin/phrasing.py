"""Repeated words and phrases, and the one damage of word order whose repair is unique."""

from __future__ import annotations

import re
from collections.abc import Iterator

from burnish.backends.builtin.changes import Change

_DOUBLE = re.compile(r"\b(?i:(the|of|and|with|for|from))(?: +(?:the|of|and|with|for|from)\b)+")
# What parts a caption, strongest first: only the strongest that occurs is looked at.
_JOINTS = tuple(map(re.compile, (r" ?[|;] ", r" [\u2013\u2014-] ", r", ?(?=\S)")))
_MAX_PARTS = 200  # a list longer than this is not a caption; comparing stays cheap anyway
# "glasses of A pair": a container with a capital article after "of" can only have stood first.
_TURNED = re.compile(r"(?P<things>[a-z]{2,}s) of (?P<article>A|An) (?P<holder>pair|set|bunch|pile|stack)")


def repeats(text: str) -> Iterator[Change]:
    """Doubled function words ("of of") and parts that say again what an earlier part said ("Red shoes | red shoes").

    Between commas only parts of two words or more count: "row, row, row your boat" is no mistake. Nor is a name right
    after itself: "New York, New York", "Rio de Janeiro, Rio de Janeiro, Brazil".
    """
    doubles = [
        Change(start=match.start(), stop=match.end(), after=match[1], why="word doubled")
        for match in _DOUBLE.finditer(text)
        if len(set(match[0].lower().split())) == 1
    ]
    yield from doubles or _repeated_parts(text)


def _repeated_parts(text: str) -> Iterator[Change]:
    joints = next((found for found in (list(joint.finditer(text)) for joint in _JOINTS) if found), [])
    if not 0 < len(joints) <= _MAX_PARTS:
        return
    starts = [0, *(joint.end() for joint in joints)]
    stops = [*(joint.start() for joint in joints), len(text)]
    by_comma = joints[0][0][0] == ","
    seen: set[str] = set()
    last = ""
    for i, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        part = text[start:stop].strip(" .!").casefold()
        meant = by_comma and (" " not in part or (part == last and _is_name(text[start:stop])))
        if part in seen and not meant and len(part) > 3:
            yield Change(start=stops[i - 1], stop=stop, after="", why="said twice")
        seen.add(part)
        last = part


def _is_name(part: str) -> bool:
    words = part.strip(" .!").split(" ")
    return all(word[:1].isupper() or (0 < i < len(words) - 1 and len(word) < 4) for i, word in enumerate(words))


def order(text: str) -> Iterator[Change]:
    """Turn "glasses of A pair" into "A pair of glasses": the capital article tells where the phrase began."""
    match = _TURNED.fullmatch(text.rstrip("."))
    if match:
        after = f"{match['article']} {match['holder']} of {match['things']}"
        yield Change(start=0, stop=match.end(), after=after, why="words out of order")
