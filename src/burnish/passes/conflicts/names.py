"""Names that cannot both be meant: another name in the same place of the same words ("the flag of France", "the flag of
Italy"), another one of the same kind ("Golden Gate Bridge", "Brooklyn Bridge"), or another maker ("by ...").

Names are told by their capitals, so titles in capitals and scripts without them say nothing here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from burnish import edits
from burnish.passes.conflicts import Read

_MAKERS = re.compile(r"(?:by|von|par|por|di|av|door)\s+$")
_SHARED_WORDS = 2

Run = tuple[str, ...]


def names(one: Read, other: Read) -> Iterator[tuple[str, str, str]]:
    """See `Contradiction`."""
    mine, theirs = _runs(one.text), _runs(other.text)
    found: dict[tuple[str, str], str] = {}
    for about, says, against in (*_of_kind(mine, theirs), *_makers(mine, theirs), *_in_place(one.text, other.text)):
        found.setdefault((says, against), about)
    for (says, against), about in sorted(found.items()):
        yield about, says, against


def _runs(text: str) -> list[tuple[Run, str]]:
    """Names of one or more words, each with the text before it."""
    runs: list[tuple[list[str], int, int]] = []
    for span in edits.protected(text):
        if span.kind != "name":
            continue
        if runs and text[runs[-1][2] : span.start] == " ":
            runs[-1] = ([*runs[-1][0], text[span.start : span.stop]], runs[-1][1], span.stop)
        else:
            runs.append(([text[span.start : span.stop]], span.start, span.stop))
    return [(tuple(words), text[:start]) for words, start, _ in runs]


def _of_kind(mine: Sequence[tuple[Run, str]], theirs: Sequence[tuple[Run, str]]) -> Iterator[tuple[str, str, str]]:
    by_kind: list[dict[str, list[Run]]] = []
    for runs in (mine, theirs):
        found: defaultdict[str, list[Run]] = defaultdict(list)
        for run, _ in runs:
            if len(run) > 1 and run[-1].isalpha():
                found[run[-1].casefold()].append(run)
        by_kind.append(dict(found))
    for kind in sorted(by_kind[0].keys() & by_kind[1].keys()):
        ours, others = by_kind[0][kind], by_kind[1][kind]
        if len(ours) == len(others) == 1 and _are_two(ours[0][:-1], others[0][:-1]):
            yield kind, " ".join(ours[0]), " ".join(others[0])


def _makers(mine: Sequence[tuple[Run, str]], theirs: Sequence[tuple[Run, str]]) -> Iterator[tuple[str, str, str]]:
    made = [[run for run, before in runs if _MAKERS.search(before)] for runs in (mine, theirs)]
    if len(made[0]) == len(made[1]) == 1 and _are_two(made[0][0], made[1][0]):
        yield "by", " ".join(made[0][0]), " ".join(made[1][0])


def _in_place(one: str, other: str) -> Iterator[tuple[str, str, str]]:
    """The names that differ where all else is the same."""
    ours, others = _tokens(one), _tokens(other)
    steps = Levenshtein.opcodes([w.casefold() for w, _ in ours], [w.casefold() for w, _ in others])
    shared = sum(step.src_end - step.src_start for step in steps if step.tag == "equal")
    if shared < _SHARED_WORDS:
        return
    found = []
    for step in steps:
        if step.tag == "equal":
            continue
        pair = ours[step.src_start : step.src_end], others[step.dest_start : step.dest_end]
        if step.tag != "replace" or not all(name for side in pair for _, name in side):
            return
        words = [tuple(word for word, _ in side if not word.isdigit()) for side in pair]
        if all(words) and _are_two(*words):
            found.append(("name", " ".join(words[0]), " ".join(words[1])))
    yield from found


def _tokens(text: str) -> list[tuple[str, bool]]:
    """The words, and whether each is of a name."""
    named = [(span.start, span.stop) for span in edits.protected(text) if span.kind == "name"]
    return [
        (text[start:stop], any(low <= start and stop <= high for low, high in named))
        for start, stop in edits.word_spans(text)
    ]


def _are_two(one: Run, other: Run) -> bool:
    """No word of one is one of the other, whole or as its beginning ("M." for "Maria")."""
    words = [[word.casefold().rstrip(".") for word in run] for run in (one, other)]
    return all(not a.startswith(b) and not b.startswith(a) for a in words[0] for b in words[1])


CONFLICT = names
