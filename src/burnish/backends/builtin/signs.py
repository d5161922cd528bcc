"""Signs that a text is no caption in any language: file names, codes, markup, broken letters, addresses, mash.

They need no language, so they are the only ground on which text that may not be English is called bad. Each asks
that the sign fills most of the text, or cannot be meant: "a sign that says index.html" is a caption.
"""

from __future__ import annotations

import re
from collections import Counter

from burnish.backends.builtin import lexicon

_ENDING = r"\.(?:jpe?g|png|gif|svgz?|webp|bmp|tiff?|eps|psd|heic|avif|jfif)"
_FILE = re.compile(rf"\S+(?: \(\d+\))?{_ENDING}|[^\n]{{1,80}}[\w)]{_ENDING}", re.IGNORECASE)
_CAMERA = re.compile(
    r"(?:FB_IMG|IMG|DSC[NF]?|PICT|PXL|WP|VID|MVC|CIMG|SAM|GOPR|DJI|_MG|P)[-_ ]?\d{3,}(?:[-_. ]?\w{1,12}){0,4}"
    r"|(?i:image|img|scan|photo|pic|screen[ -]?shot|untitled)[-_]?\d[\d\-_.]{1,30}(?:[-_]\w{1,8})?"
    r"|[A-Z]{1,4}[-_]?\d{5,}"
)
_UUID = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
_HEX = re.compile(r"(?:0x[0-9a-f]{4,}|(?=[a-f]*\d[0-9a-f]*[a-f]|\d+[a-f])[0-9a-f]{12,})", re.IGNORECASE)
_TURNS = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|(?<=[a-z])(?=[A-Z])")
_MARKUP = re.compile(
    r"</?(?:p|b|i|u|a|br|em|h[1-6]|li|ul|td|tr|div|img|span|font|table|strong|script|center)\b[^<>]{0,200}/?>"
    r"|&(?:amp;){2,}|&lt;/?[a-z]+|&(?:amp;)?(?:nbsp|quot|amp);\S*\s*&|(?:&nbsp;){2,}|\{\{[^{}]{1,80}\}\}|\[/?caption\b"
    r"|(?:width|style|class|href|src|align)=[\"']|\bfunction ?\([^()]{0,40}\) ?\{",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]+\.[\w.-]+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:com|net|org)(?:/\S*)?"
)
_ESCAPED = re.compile(r"(?:%[0-9A-F]{2}){3,}|\\u[0-9a-fA-F]{4}|\ufffd")
# a lead byte of UTF-8 and what follows it, each read as one letter of a Western code page
_BROKEN = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")
_RUN = 4  # neighbouring keys of one row in a row: "asdf" is in no word, "poiu", "ertyu" neither; "were" turns back
_RUNS = frozenset(row[i : i + _RUN] for row in _ROWS for i in range(len(row) - _RUN + 1))
_VOWELS = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ]")
_AGAIN = 3  # times that a longer word stands in a text before it counts as stuffed


def sure(text: str) -> str:
    """The sign that makes `text` surely bad, in plain words; "" if there is none. Linear in the text."""
    shown = text.strip()
    if _FILE.fullmatch(shown) or _CAMERA.fullmatch(shown):
        return "a file name"
    found = (
        (_code(shown), "a code, not words"),
        (bool(_MARKUP.search(shown)), "remains of markup"),
        (_damaged(shown), "letters broken by a wrong encoding"),
        (2 * sum(len(match[0]) for match in _ADDRESS.finditer(shown)) > len(shown), "an address"),
    )
    return next((why for there, why in found if there), "") or _of_words(re.findall(r"[^\W\d_]+", shown.lower()))


def _of_words(words: list[str]) -> str:
    if 2 * sum(len(word) for word in words if mashed(word)) > sum(map(len, words)):
        return "keys hit at random"
    return "the same words over and over" if _stuffed(words) else ""


def _code(text: str) -> bool:
    """One token of hexadecimal digits, or of letters and digits that take turns as in no name of a thing."""
    if _UUID.fullmatch(text) or _HEX.fullmatch(text):
        return True
    turns = len(_TURNS.findall(text)) if text.isascii() and text.isalnum() and len(text) >= 8 else 0
    return turns >= 4 and turns >= 0.4 * len(text) and any(character.isdigit() for character in text)


def _damaged(text: str) -> bool:
    if _ESCAPED.search(text):
        return True
    if not _BROKEN.search(text):
        return False
    import ftfy  # 20 ms to import, needed by one text in fifty

    return ftfy.fix_encoding(text) != text


def mashed(word: str) -> bool:
    """Is the lower-case word a run over a keyboard, one letter again and again, or long without a vowel?"""
    if len(word) < 5 or not word.isascii():
        return False
    few = len(set(word)) <= 3 and len(set(word)) * 3 <= len(word)
    mute = len(word) >= 6 and not _VOWELS.search(word)
    run = any(word[i : i + _RUN] in _RUNS for i in range(len(word) - _RUN + 1))
    return (few or mute or run) and not lexicon.known(word)


def _stuffed(words: list[str]) -> bool:
    longer = Counter(word for word in words if len(word) > 3)
    if len(words) < 6 or not longer:
        return False
    times = longer.most_common(1)[0][1]
    return times >= _AGAIN and 3 * times >= len(words)
