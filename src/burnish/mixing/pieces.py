"""Long captions in pieces that fit the consumer: sentences, each of which is reached.

A long caption given whole to a CLIP text tower is cut at its 77 tokens, and even one that fits is used worse than a
part of it (CLIPS, arXiv 2411.16828); DreamLIP (arXiv 2403.17007) trains on sub-captions. Here one sentence trains at a
turn: the first is drawn, then one after the other, so each is reached in as many turns as there are sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from burnish import sentences, tokens
from burnish.errors import UsageError
from burnish.mixing.mixture import LEAST_TOKENS, Mixture, TextRules

Count = Callable[[str], int]


def counting(mixture: Mixture) -> Count:
    """What counts the tokens of a text together with the longest marks of a level that it may get.

    Raises `UsageError` if they leave no room for a text, and if the tokenizer cannot be used; `MissingExtra`.
    """
    count, limit = tokens.load(mixture.text.tokenizer).count, mixture.text.max_tokens
    marks = [mixture.levels.marks(level)[:2] for level in range(1, mixture.levels.levels + 1)]
    prefix, suffix = max(marks, key=lambda mark: count("".join(mark)), default=("", ""))
    taken = count(prefix + suffix)
    if mixture.text.long != "whole" and limit - taken < LEAST_TOKENS:
        raise UsageError(
            f"levels.prefix and levels.suffix take {taken} of the {limit} tokens of text.max_tokens.\n"
            f"Shorten them: at least {LEAST_TOKENS} are to be left for the text."
        )
    return partial(_with, prefix, suffix, count) if prefix or suffix else count


def _with(prefix: str, suffix: str, count: Count, text: str) -> int:
    return count(f"{prefix}{text}{suffix}")


def parts(text: str, rules: TextRules, count: Count) -> list[str]:
    """What of `text` may train, one part a turn; at least one. A text without words comes back as it is."""
    limit = rules.max_tokens
    if rules.long == "whole" or count(text) <= (rules.whole_up_to or limit):
        return [text]
    split = [piece for sentence in _sentences(text) for piece in _fitting(sentence, limit, count)] or [text]
    return split if rules.long == "sentence" else [_head(split, limit, count)]


def _sentences(text: str) -> list[str]:
    """Sentences without outer white space; a line break ends one, too."""
    found = (sentence.strip() for line in text.splitlines() for sentence in sentences.split(line))
    return [sentence for sentence in found if sentence]


def _fitting(sentence: str, limit: int, count: Count) -> list[str]:
    """A sentence as pieces of at most `limit` tokens, cut between words; a word that alone is more stays whole."""
    if count(sentence) <= limit:
        return [sentence]
    pieces: list[str] = []
    held: list[str] = []
    for word in sentence.split():
        if held and count(" ".join([*held, word])) > limit:
            pieces.append(" ".join(held))
            held = []
        held.append(word)
    return [*pieces, " ".join(held)]


def _head(pieces: list[str], limit: int, count: Count) -> str:
    """The longest beginning, whole pieces only, that fits."""
    taken = pieces[0]
    for piece in pieces[1:]:
        if count(f"{taken} {piece}") > limit:
            break
        taken = f"{taken} {piece}"
    return taken
