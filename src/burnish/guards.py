"""What no rewrite may be, whatever its scores: a refusal, an echo, a loop, a caption that opens like a chat, another
language (hazards 31, 43, 44), or a claim that neither the text nor the writing in the picture bears out (37). Each
guard compares with the text that was rewritten: what stood there may stay.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence

from burnish import edits, evidence, languages, replies

LOOP_WORDS = 4
LOOP_TIMES = 3
"""Four words said three times is a loop; captions repeat single words and pairs ("New York, New York") in earnest."""
LOOP_RATIO = 3.0
"""zlib makes ordinary captions at most 2 times smaller, however long; a text that repeats itself 3 times and more."""
LOOP_MIN_CHARS = 120
LANGUAGE_MIN_WORDS = 5
LANGUAGE_SURE = 0.95
"""Under five words, or less sure than this of both texts, a language identifier guesses."""

_OPENING = re.compile(
    r"\s*[\"'*#]*(?:"
    r"(?:sure|certainly|of course|okay|absolutely)\b[,!.:]|here(?:'s| is| are)\b|caption\s*:"
    r"|(?:the|a) (?:revised|rewritten|improved|corrected|new|mended) caption\b"
    r"|(?:the|this) (?:image|picture|photo|photograph) (?:shows|depicts|features|displays|contains|captures|is of)\b"
    r"|in (?:the|this) (?:image|picture|photo)\b"
    r"|(?:das|dieses) bild zeigt|la imagen muestra|(?:l|cette )['’]?image montre)",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"\b(?:training caption|as few changes as possible|answer with (?:json|one digit)|give it back unchanged)",
    re.IGNORECASE,
)


def flaw(before: str, after: str) -> str:
    """The first guard that `after`, a rewrite of `before`, runs into; "" if none."""
    if replies.refused(after) and not replies.refused(before):
        return "refusal"
    if _PROMPT.search(after) and not _PROMPT.search(before):
        return "echo"
    if loops(after) and not loops(before):
        return "loop"
    if _OPENING.match(after) and not _OPENING.match(before):
        return "boilerplate_opening"
    return "language_changed" if _language_changed(before, after) else ""


def unfounded(before: str, after: str, writing: Sequence[str] | None) -> str:
    """The guard against claims that `after`, a rewrite of `before`, runs into; "" if none.

    `writing`: what was read in the picture, None if nobody looked. "writing_not_in_image": something is said to be
    written there that was not read. "new_facts": an address, number or name comes in that neither `before` nor the
    writing has.
    """
    if writing is not None and evidence.unread(before, after, writing):
        return "writing_not_in_image"
    return "new_facts" if evidence.new_facts(before, after, writing or ()) else ""


def language(text: str) -> str:
    """The language that `text` surely is in (ISO 639-1); "": of a few words nobody is sure."""
    if len(edits.words(text)) < LANGUAGE_MIN_WORDS:
        return ""
    found, sure = languages.classify(text)
    return found if sure >= LANGUAGE_SURE else ""


def foreign(text: str, wanted: str) -> bool:
    """Whether `text` is surely in another language than `wanted`."""
    return language(text) not in {"", wanted}


def loops(text: str) -> bool:
    """Whether `text` says the same again and again."""
    words = edits.words(text)
    runs = Counter(tuple(words[at : at + LOOP_WORDS]) for at in range(len(words) - LOOP_WORDS + 1))
    if runs and max(runs.values()) >= LOOP_TIMES:
        return True
    raw = text.encode("utf-8", "surrogatepass")
    return len(raw) >= LOOP_MIN_CHARS and len(raw) / len(zlib.compress(raw)) > LOOP_RATIO


def _language_changed(before: str, after: str) -> bool:
    scripts_before, scripts_after = _scripts(before), _scripts(after)
    if scripts_before and scripts_after and not scripts_before & scripts_after:
        return True
    was, now = language(before), language(after)
    return bool(was and now) and was != now


def _scripts(text: str) -> set[str]:
    """The scripts of at least a fifth of the letters, by the first word of their names in Unicode."""
    names = Counter(unicodedata.name(char, "?").partition(" ")[0] for char in text if char.isalpha())
    return {_SCRIPT.get(name, name) for name, count in names.items() if count * 5 >= names.total()}


_SCRIPT = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "FULLWIDTH": "LATIN", "HALFWIDTH": "CJK"}
