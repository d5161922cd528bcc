"""How minimal a rewrite is: words, changed shares, differences, what must survive and what must not come in.

Pure functions over text. Words are compared without case; underscores, CamelCase and digits part words, so that
``red_apple_02.svg`` has the words red, apple, 02, svg and turning it into "red apple" keeps two of four. Each
Chinese or Japanese character counts as a word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz.distance import LCSseq, Levenshtein

from burnish.mojibake import repair
from burnish.values import Budget, Edit

# Bit-parallel distance takes (words x words / 64) steps: a caption of 100,000 words still takes well under a
# second. Alignment keeps a matrix, so it stops earlier. Beyond, the differing middle counts as changed as a whole.
MAX_DISTANCE_CELLS = 10**10
MAX_ALIGNED_CELLS = 10**8

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['\u2019][^\W_{_CJK}]+)*")
_PIECE = re.compile(r"\s+|[^\W_]+|_+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters `start` to `stop` (exclusive) of a text, and what they are."""

    start: int
    stop: int
    kind: str


def words(text: str) -> list[str]:
    """The words of `text` in order, casefolded."""
    return [text[start:stop].casefold() for start, stop in word_spans(text)]


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of `text` stand, in order (start, stop)."""
    for run in _RUN.finditer(text):
        token = run[0]
        if token.isalpha() and (token.islower() or token[1:].islower() or token.isupper()):
            yield run.span()
        else:
            yield from _inner_words(token, run.start())


def _inner_words(token: str, offset: int) -> Iterator[tuple[int, int]]:
    start = 0
    for i in range(1, len(token)):
        if _parts(token[i - 1], token[i]):
            yield offset + start, offset + i
            start = i
    yield offset + start, offset + len(token)


def _parts(left: str, right: str) -> bool:
    return (left.islower() and right.isupper()) or (left.isdigit() != right.isdigit() and right not in "'\u2019")


def changed_share(before: str, after: str) -> float:
    """Share of the longer text's words that have no counterpart, in the same order, in the other text; 0..1.

    One minus the longest common subsequence of words over the longer length: a moved word counts once.
    """
    old, new = _numbered(words(before), words(after))
    longest = max(len(old), len(new))
    if not longest:
        return 0.0
    return _distance(old, new) / longest


def _numbered(old: Sequence[str], new: Sequence[str]) -> tuple[list[int], list[int]]:
    """Both as integers, equal where the strings are: rapidfuzz would compare salted hashes of strings."""
    numbers: dict[str, int] = {}
    return (
        [numbers.setdefault(word, len(numbers)) for word in old],
        [numbers.setdefault(word, len(numbers)) for word in new],
    )


def _distance(old: list[int], new: list[int]) -> int:
    head, tail = _common_ends(old, new)
    rest_old, rest_new = len(old) - head - tail, len(new) - head - tail
    if rest_old * rest_new > MAX_DISTANCE_CELLS:
        return max(rest_old, rest_new)
    return LCSseq.distance(old, new)


def _common_ends(old: Sequence[int], new: Sequence[int]) -> tuple[int, int]:
    shortest = min(len(old), len(new))
    head = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    tail = next((i for i in range(shortest - head) if old[-1 - i] != new[-1 - i]), shortest - head)
    return head, tail


def inserted_words(before: str, after: str) -> tuple[str, ...]:
    """Words of `after`, in its order, beyond as many as `before` has of each."""
    left: dict[str, int] = {}
    for word in words(before):
        left[word] = left.get(word, 0) + 1
    inserted = []
    for word in words(after):
        left[word] = left.get(word, 0) - 1
        if left[word] < 0:
            inserted.append(word)
    return tuple(inserted)


def within(budget: Budget, before: str, after: str, done: Sequence[Edit] = (), *, fused: bool = False) -> str | None:
    """None if the rewrite stays inside the budget, else the reason in words.

    `max_changed` is a share of what is no junk: words that an edit of `done` recognised as junk do not count, and of a
    text that was nothing else only the new words count. Repairing broken letters costs nothing. `fused`: what comes in
    has its own limit, so that only what goes counts towards `max_changed`.
    """
    before, after = repair(before), repair(after)
    inserted = inserted_words(before, after)
    if len(inserted) > budget.max_inserted:
        return f"{len(inserted)} new words, {budget.max_inserted} allowed: {' '.join(inserted[:8])}"
    share = _kept_share(before, after, junk_words(done), fused=fused)
    if share > budget.max_changed:
        return f"{share:.0%} of the words changed, {budget.max_changed:.0%} allowed"
    return None


def junk_words(done: Iterable[Edit]) -> Counter[str]:
    """The words that edits took out as junk, with how often."""
    gone: Counter[str] = Counter()
    for edit in done:
        if edit.junk:
            gone += Counter(words(edit.before)) - Counter(words(edit.after))
    return gone


def _kept_share(before: str, after: str, junk: Counter[str], *, fused: bool) -> float:
    """`changed_share` as if `junk` had never stood in `before`; 0 where nothing else did. `fused`: of `before` only."""
    old, new = words(before), words(after)
    kept = len(old) - (junk & Counter(old)).total()
    longest = max(len(old), len(new))
    if not kept or not longest:
        return 0.0
    common = longest - _distance(*_numbered(old, new))
    return max(0.0, 1 - common / (kept if fused else max(kept, len(new))))


def only_tidied(before: str, after: str, done: Sequence[Edit]) -> bool:
    """True if no word came in and none went that was not junk: junk, letters, case, spacing or order were mended."""
    old, new = Counter(words(repair(before))), Counter(words(repair(after)))
    return not new - old and not old - new - junk_words(done)


def apply(text: str, edits: Sequence[Edit]) -> str:
    """`text` with the edits done in order, each on what the one before it left.

    Raises ValueError where an edit does not find its `before` at its `start`.
    """
    for edit in edits:
        stop = edit.start + len(edit.before)
        if edit.start < 0 or text[edit.start : stop] != edit.before:
            raise ValueError(f"edit expects {edit.before!r} at {edit.start}, found {text[edit.start : stop]!r}")
        text = text[: edit.start] + edit.after + text[stop:]
    return text


def diff(before: str, after: str, why: str) -> tuple[Edit, ...]:
    """The edits, word by word, that turn `before` into `after`; `apply` gives exactly `after`."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    offsets = list(accumulate(map(len, new), initial=0))
    return tuple(
        Edit(
            start=offsets[new_start],  # everything to the left has been turned into `after` already
            before="".join(old[old_start:old_stop]),
            after="".join(new[new_start:new_stop]),
            why=why,
        )
        for old_start, old_stop, new_start, new_stop in _changed_ranges(*_numbered(old, new))
    )


def pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Both texts as one, for people: ("kept", "gone" or "come", characters). The longest common sequence of words is
    kept, and of what stands between them what is alike at both ends. Kept and come ones together are `after`.
    """
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    old_words, new_words = _word_places(old), _word_places(new)
    numbered = _numbered([old[at] for at in old_words], [new[at] for at in new_words])
    old_at = new_at = 0
    for code in LCSseq.opcodes(*numbered):
        for step in range(code.src_end - code.src_start if code.tag == "equal" else 0):
            source, target = old_words[code.src_start + step], new_words[code.dest_start + step]
            yield from _between(old[old_at:source], new[new_at:target])
            yield "kept", new[target]
            old_at, new_at = source + 1, target + 1
    yield from _between(old[old_at:], new[new_at:])


def _word_places(parts: Sequence[str]) -> list[int]:
    return [at for at, part in enumerate(parts) if part[0].isalnum()]


def _between(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stands between two words that stay."""
    head, tail = _common_ends(*_numbered(old, new))
    found = (
        ("kept", new[:head]),
        ("gone", old[head : len(old) - tail]),
        ("come", new[head : len(new) - tail]),
        ("kept", new[len(new) - tail :]),
    )
    yield from ((kind, "".join(parts)) for kind, parts in found if parts)


def _changed_ranges(old: list[int], new: list[int]) -> list[tuple[int, int, int, int]]:
    head, tail = _common_ends(old, new)
    old_stop, new_stop = len(old) - tail, len(new) - tail
    if (old_stop - head) * (new_stop - head) > MAX_ALIGNED_CELLS:
        return [(head, old_stop, head, new_stop)]
    ranges: list[tuple[int, int, int, int]] = []
    for code in Levenshtein.opcodes(old, new):
        if code.tag == "equal":
            continue
        if ranges and ranges[-1][1] == code.src_start and ranges[-1][3] == code.dest_start:
            ranges[-1] = (ranges[-1][0], code.src_end, ranges[-1][2], code.dest_end)
        else:
            ranges.append((code.src_start, code.src_end, code.dest_start, code.dest_end))
    return ranges


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t|tember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_UNIT = (
    r"(?:mm|cm|dm|km|m|nm|in|inch(?:es)?|ft|feet|yd|mi|miles?|mg|kg|g|lbs?|oz|tons?|ml|cl|l|lit(?:er|re)s?|kw|w|watts?"
    r"|v|volts?|hp|hz|khz|mhz|ghz|kb|mb|gb|tb|px|dpi|mph|km/h|kmh|°c|°f|degrees?|hours?|hrs?|minutes?|mins?|seconds?"
    r"|days?|weeks?|months?|years?|percent|euros?|dollars?|pounds?)"
)
# Not in mid-number: "1,1,1,..." would be read to its end from each of its digits.
_NUMBER_START = r"(?<![\w.])(?<!\d[,/])"
# First match wins where kinds overlap: the order is the precedence.
_PROTECTED = (
    (
        "quote",
        re.compile(
            r"\"[^\"\n]{1,200}\"|\u201c[^\u201d\n]{1,200}\u201d|«[^»\n]{1,200}»|\u201e[^\u201c\u201d\n]{1,200}[\u201c\u201d]"
        ),
    ),
    ("quote", re.compile(r"(?<![\w'])'[^'\n]{1,200}'(?![\w'])|\u2018[^\u2018\u2019\n]{1,200}\u2019(?!\w)")),
    ("date", re.compile(r"(?<![\w.-])(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2}))(?![\w-])")),
    ("date", re.compile(rf"(?<!\w)\d{{1,2}}(?:st|nd|rd|th)?\.? {_MONTH}(?:,? \d{{4}})?(?!\w)", re.IGNORECASE)),
    (
        "date",
        re.compile(rf"(?<!\w){_MONTH} (?:\d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{4}}|\d{{1,2}})(?!\w)", re.IGNORECASE),
    ),
    (
        "number",
        re.compile(
            r"(?<![\w.])[€$£¥] ?\d{1,12}(?:[.,]\d{1,6})*"
            rf"|{_NUMBER_START}\d{{1,12}}(?:[.,/]\d{{1,6}})* ?(?:{_UNIT}(?!\w)|%)",
            re.IGNORECASE,
        ),
    ),
    ("year", re.compile(r"(?<![\w.-])(?:1[0-9]{3}|20[0-9]{2})s?(?![\w-])")),
    ("name", re.compile(r"(?<!\w)[^\W\d_a-z]\w{0,20}[- ]?\d{1,5}[A-Za-z]?(?!\w)")),
    ("number", re.compile(rf"{_NUMBER_START}\d{{1,12}}(?:[.,]\d{{1,6}})*(?= [^\W\d_]{{3}})")),
)
_CAPITALISED = re.compile(r"[^\W\d_][\w'\u2019-]*")
_SENTENCE_STOP = re.compile(r"[.!?:;|\n]\W*$|(?:^|\s)[-\u2013\u2014]\W*$|^\W*$")
# Above this share of capitalised words a text is in Title Case or shouting: names cannot be told by their capitals.
TITLE_CASE_SHARE = 0.6


def protected(text: str) -> tuple[Span, ...]:
    """What a rewrite may not lose: quotes, dates, years, numbers with units or things counted, proper names.

    Spans do not overlap and are in order. Names are told by capitals: in Title Case and ALL CAPS text (over 60 %
    of at least three words) only a capitalised word with its number ("Boeing 747") counts.
    """
    spans: list[Span] = []
    taken = bytearray(len(text))
    for kind, pattern in _PROTECTED:
        for match in pattern.finditer(text):
            _take(spans, taken, Span(start=match.start(), stop=match.end(), kind=kind))
    for start, stop in _names(text):
        _take(spans, taken, Span(start=start, stop=stop, kind="name"))
    return tuple(sorted(spans, key=lambda span: span.start))


def _take(spans: list[Span], taken: bytearray, span: Span) -> None:
    if not any(taken[span.start : span.stop]):
        taken[span.start : span.stop] = b"\1" * (span.stop - span.start)
        spans.append(span)


def _names(text: str) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words away from a sentence's start ("Taj Mahal", "Isle of Man" as one)."""
    tokens = list(_CAPITALISED.finditer(text))
    capitals = sum(token[0][0].isupper() for token in tokens)
    if len(tokens) >= 3 and capitals > TITLE_CASE_SHARE * len(tokens):
        return
    for token in tokens:
        before = text[max(0, token.start() - 8) : token.start()]
        if token[0][0].isupper() and not _SENTENCE_STOP.search(before) and not _starts_text(text, token.start()):
            yield token.span()


def _starts_text(text: str, start: int) -> bool:
    return start < 8 and not text[:start].strip("\"'\u201c\u2018«([ ")


def lost(before: str, after: str) -> tuple[str, ...]:
    """Protected parts of `before` whose words do not stand together in `after`; broken letters are read as meant."""
    return _gone(_protected_parts(before), after)


def _gone(parts: Sequence[str], after: str) -> tuple[str, ...]:
    repaired = repair(after)
    kept = f" {' '.join(words(after))} \n {' '.join(words(repaired))} "
    gone = [part for part in parts if words(part) and f" {' '.join(words(part))} " not in kept]
    # A span may end inside a word ("F16" of "F16's"): then it is looked for as it stands.
    return tuple(part for part in gone if not re.search(rf"(?<!\w){re.escape(part)}(?!\w)", repaired))


def survival(before: str, after: str) -> tuple[int, int]:
    """How many different protected parts `before` has, and how many of them are not `lost` in `after`."""
    parts = _protected_parts(before)
    return len(parts), len(parts) - len(_gone(parts, after))


def _protected_parts(text: str) -> tuple[str, ...]:
    """The protected parts of a text, each once, broken letters read as meant."""
    text = repair(text)
    return tuple(dict.fromkeys(text[span.start : span.stop] for span in protected(text)))


def keeps_protected(before: str, after: str) -> bool:
    """True if nothing protected is `lost`."""
    return not lost(before, after)


_URL = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}(?:/\S*)?(?!\w|\.\w)", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DIGITS = re.compile(r"\d+")


def new_facts(before: str, after: str, known: str = "") -> tuple[str, ...]:
    """What `after` claims that neither `before` nor `known` (file name, text read in the image) says.

    URLs, e-mail addresses, digits, and capitalised names, as they stand in `after`. The first word of a sentence is
    no name by its capital alone, unless it is ALL CAPS or mixed; a word set in another case is not new.
    """
    source = f"{before}\n{repair(before)}\n{known}"
    lowered = source.casefold()
    facts = [
        match[0]
        for pattern in (_EMAIL, _URL)
        for match in pattern.finditer(after)
        if match[0].casefold() not in lowered
    ]
    digits = set(_DIGITS.findall(source))
    facts += [found for found in _DIGITS.findall(after) if found not in digits]
    seen = set(words(source)) | {run[0].casefold() for run in (*_RUN.finditer(source), *_CAPITALISED.finditer(source))}
    for token in _CAPITALISED.finditer(after):
        new = token[0].casefold() not in seen and not seen.issuperset(words(token[0]))
        if new and _claims_name(after, token):
            facts.append(token[0])
    return tuple(dict.fromkeys(facts))


def _claims_name(text: str, token: re.Match[str]) -> bool:
    word = token[0]
    if word == "I" or not any(map(str.isupper, word)):
        return False
    if len(word) > 1 and any(map(str.isupper, word[1:])):
        return True
    before = text[max(0, token.start() - 8) : token.start()]
    return not (_SENTENCE_STOP.search(before) or _starts_text(text, token.start()))
