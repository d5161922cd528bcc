"""How the oracle teaches: a right caption made wrong in one thing that the scene knows."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType

from burnish import edits
from burnish.claims import PICTURE, Claim, Kind, Verdict
from burnish.claims.rules import split
from burnish.scenes import facts, mending, phrasing
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import Scene
from burnish.values import Finding

LANGUAGE = "language"
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "object": Kind.EXISTENCE,
        "attribute": Kind.ATTRIBUTE,
        "count": Kind.COUNT,
        "relation": Kind.RELATION,
        "text": Kind.TEXT,
    }
)
_ACROSS = MappingProxyType({"left": "right", "right": "left", "top": "bottom", "bottom": "top"})


def worsened(scene: Scene, text: str, fault: str, lots: random.Random) -> str:
    """`text` with one true claim made false, of the kind that `fault` names if the text has one, else of another; cut
    off for "language". As it is where nothing in it can be made false for certain.
    """
    if fault == LANGUAGE:
        return _cut(text, lots)
    claims = split(text)
    verdicts = TruthChecker(scene)(claims)
    true = [c for c, v in zip(claims, verdicts, strict=True) if v is Verdict.SUPPORTED and not c.negated]
    wanted = [claim for claim in true if claim.kind is _KINDS.get(fault)]
    for claim in (*_shuffled(wanted, lots), *_shuffled(true, lots)):
        made = _false(scene, text, claim, lots)
        if Verdict.REFUTED in TruthChecker(scene)(split(made)):
            return made
    return text


def harmless(scene: Scene, text: str) -> str:
    """`text` and a sentence more, which is as true: what a teacher gives that does not do as it is told."""
    return f"{text.rstrip(' .')}. The background is {scene.ground}."


def _shuffled(claims: list[Claim], lots: random.Random) -> list[Claim]:
    return lots.sample(claims, len(claims))


def _false(scene: Scene, text: str, claim: Claim, lots: random.Random) -> str:
    if claim.kind is Kind.RELATION:
        return _turned(text, claim)
    told = Finding(
        kind=str(claim.kind), says=claim.statement, verdict=str(Verdict.REFUTED), start=claim.start, stop=claim.stop
    )
    return mending.mended(scene, text, [told], lots)


def _turned(text: str, claim: Claim) -> str:
    """The text with the opposite place, where there is one."""
    if claim.other == PICTURE:
        new = f"at the {_ACROSS[claim.value]}" if claim.value in _ACROSS else ""
    else:
        new = phrasing.PHRASES[facts.OPPOSITE[claim.value]][0] if claim.value in facts.OPPOSITE else ""
    if text[claim.start].isupper():
        new = new[:1].upper() + new[1:]
    return text[: claim.start] + new + text[claim.stop :] if new else text


def _cut(text: str, lots: random.Random) -> str:
    """Cut inside one of the last words of more than three letters."""
    spans = [(start, stop) for start, stop in edits.word_spans(text) if stop - start > 3]
    if len(spans) < 2:
        return text
    start, stop = lots.choice(spans[len(spans) // 2 :])
    return text[: lots.randint(start + 1, stop - 1)]
