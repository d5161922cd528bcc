"""What a perfect judge of scenes says: scores of a text by criterion, on the common scale, from the truth alone.

The rules are ours and simple. A claim that is refuted brings matching and the overall score under the middle of the
scale, junk or a cut-off text brings text quality there; the overall score is the lowest of the two. Object detail is
the share of the objects that are named. What a scene knows nothing about (semantic understanding; text, where there is
none) has no score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from burnish import edits
from burnish.claims import Checker, Claim, Kind, Verdict
from burnish.claims.rules import split
from burnish.scenes import broken, catalogue
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import Scene

LOWEST, HIGHEST = 1.0, 5.0
_FLAWED = 2.0
_WRONG_LANGUAGE = 1.5
_BAD_TEXT = {"file_name": LOWEST, "wrong_language": _WRONG_LANGUAGE, "truncated": _FLAWED}


@dataclass(frozen=True)
class Judged:
    """A text beside a scene. `checker`: who says what of it is true, if it is not to be the truth itself."""

    scene: Scene
    text: str
    checker: Checker | None = None

    @cached_property
    def claims(self) -> list[tuple[Claim, Verdict]]:
        """What the text claims, each with its verdict."""
        found = split(self.text)
        return list(zip(found, (self.checker or TruthChecker(self.scene))(found), strict=True))

    @cached_property
    def refuted(self) -> list[Claim]:
        """The claims that do not hold."""
        return [claim for claim, verdict in self.claims if verdict is Verdict.REFUTED]

    def value(self, criterion: str) -> float | None:
        """The score by `criterion`; None where a scene cannot say."""
        rule = _RULES.get(criterion)
        return None if rule is None else rule(self)

    @property
    def as_found(self) -> bool:
        """Whether this is the scene's alt text, however it was cleaned."""
        return edits.words(self.text) == edits.words(self.scene.alt.text)


def _matching(judged: Judged) -> float | None:
    if (
        judged.as_found and judged.scene.alt.kind == "wrong_language"
    ):  # true, but not in the language claims are read in
        return HIGHEST
    verdicts = Counter(verdict for _, verdict in judged.claims)
    right, wrong = verdicts[Verdict.SUPPORTED], verdicts[Verdict.REFUTED]
    if not right + wrong:  # a name may be anybody's; of the alt texts only junk says nothing at all
        return LOWEST if judged.as_found or not judged.claims else None
    return HIGHEST if not wrong else round(LOWEST + 1.9 * right / (right + wrong), 4)


def _text_quality(judged: Judged) -> float:
    alt = judged.scene.alt
    if judged.as_found and alt.kind in _BAD_TEXT:
        return _BAD_TEXT[alt.kind]
    if broken.how(judged.scene, judged.text):
        return _FLAWED
    words = f" {' '.join(edits.words(judged.text))} "
    pieces = (" ".join(edits.words(piece)) for piece in alt.junk)
    return _FLAWED if not judged.text.strip() or any(f" {piece} " in words for piece in pieces) else HIGHEST


def _overall(judged: Judged) -> float:
    matching = _matching(judged)
    return _text_quality(judged) if matching is None else min(matching, _text_quality(judged))


def _object_detail(judged: Judged) -> float:
    nouns = {catalogue.nouns().get(claim.subject) for claim, verdict in judged.claims if verdict is Verdict.SUPPORTED}
    named = sum(group.noun in nouns for group in judged.scene.groups)
    return round(LOWEST + (HIGHEST - LOWEST) * named / len(judged.scene.groups), 4)


def _text_chart(judged: Judged) -> float | None:
    if not judged.scene.texts():
        return None
    said = any(claim.kind is Kind.TEXT and verdict is Verdict.SUPPORTED for claim, verdict in judged.claims)
    return HIGHEST if said else _FLAWED


_RULES: Mapping[str, Callable[[Judged], float | None]] = MappingProxyType(
    {
        "overall": _overall,
        "text_quality": _text_quality,
        "image_text_matching": _matching,
        "object_detail": _object_detail,
        "text_chart_description": _text_chart,
    }
)
