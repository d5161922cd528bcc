"""How the oracle mends a text whose claims were found refuted: it does as it is told, claim by claim.

A claim that is false becomes what the scene shows. One that is true but was refuted by mistake becomes something else,
which is false: a model that believes its own check does no better.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from burnish import edits, sentences
from burnish.claims import PICTURE, Claim, Kind, Verdict
from burnish.claims.lexicon import plural
from burnish.claims.rules import split
from burnish.scenes import catalogue, facts, palette, phrasing
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import Group, Scene
from burnish.values import Finding


def mended(scene: Scene, text: str, refuted: Sequence[Finding], lots: random.Random) -> str:
    """`text` with its `refuted` claims changed; those it cannot make right in place go with their sentence, or with
    their words if there is no other sentence.
    """
    says = {finding.says for finding in refuted}
    claims = split(text)
    wrong = [claim for claim in claims if claim.statement in says]
    maker = _Maker(scene, lots)
    parts, offset = [], 0
    whole = sentences.split(text)
    for sentence in whole:
        inside = range(offset, offset + len(sentence))
        own = [claim for claim in wrong if claim.start in inside]
        void = len(whole) > 1 and len(own) == sum(claim.start in inside for claim in claims)
        parts.append(_sentence(sentence, offset, own, maker, void=bool(own) and void))
        offset += len(sentence)
    return "".join(parts).strip()


def strayed(scene: Scene, text: str, lots: random.Random) -> str:
    """`text` without something true: a word for the look of a thing, or a sentence where there is no such word."""
    looks = [word for group in scene.groups for word in (group.size, group.colour) if f" {word} " in text]
    if looks:
        return re.sub(rf" {lots.choice(looks)}\b", "", text, count=1)
    parts = sentences.split(text)
    return "".join(parts[: lots.randrange(1, len(parts))]).strip() if len(parts) > 1 else text


def _sentence(sentence: str, offset: int, wrong: Sequence[Claim], maker: _Maker, *, void: bool) -> str:
    """One sentence mended; "" if nothing in it holds (`void`) and a thing is not there at all."""
    if void and any(claim.kind is Kind.EXISTENCE for claim in wrong):
        return ""
    for claim in reversed(list(_outermost(wrong))):
        start, stop = claim.start - offset, claim.stop - offset
        new = maker.instead(claim)
        if new is None:
            sentence = _without(sentence, start, stop)
        else:
            before, after = sentence[:start], sentence[stop:]
            new = new[:1].upper() + new[1:] if sentence[start].isupper() else new
            sentence = _agreeing(before, new, after, claim)
    return sentence


def _outermost(wrong: Sequence[Claim]) -> Iterator[Claim]:
    """The claims in order, without those whose words lie inside another's."""
    reached = -1
    for claim in sorted(wrong, key=lambda claim: (claim.start, -claim.stop)):
        if claim.stop > reached:
            reached = claim.stop
            yield claim


@dataclass(frozen=True, slots=True)
class _Maker:
    """Finds what to say instead of a claim."""

    scene: Scene
    lots: random.Random

    def instead(self, claim: Claim) -> str | None:
        """Words for the place of the claim's; None if they are to go."""
        (verdict,) = TruthChecker(self.scene)([claim])
        if verdict is Verdict.SUPPORTED:
            return self._worse(claim)
        group = self.scene.group(catalogue.nouns().get(claim.subject, ""))
        match claim.kind:
            case Kind.TEXT:
                return next((f'"{text}"' for text in self.scene.texts()), None)
            case Kind.EXISTENCE:
                return None
            case Kind.COUNT:
                return facts.NUMBERS[len(group.boxes)] if group else None
            case Kind.ATTRIBUTE:
                return self._look(claim, group)
            case Kind.RELATION:
                return self._where(claim)

    def _worse(self, claim: Claim) -> str | None:
        other = None if claim.negated else facts.altered(self.scene, claim, self.lots)
        if other is None or claim.kind is Kind.RELATION:
            return None
        if claim.kind is Kind.EXISTENCE:
            return phrasing.phrase_of(other.subject, 1, [])
        return facts.NUMBERS[int(other.value)] if claim.kind is Kind.COUNT else _quoted(other)

    def _look(self, claim: Claim, group: Group | None) -> str | None:
        if claim.subject == facts.BACKGROUND:
            return self.scene.ground
        if group is None:
            return None
        return (group.colour if claim.value in palette.COLOURS else group.size) or None

    def _where(self, claim: Claim) -> str | None:
        true = {(f.subject, f.other): f.value for f in facts.facts(self.scene) if f.kind is Kind.RELATION}
        right = true.get((catalogue.nouns().get(claim.subject, claim.subject), self._known(claim.other)))
        if right is None:
            return None
        return f"at the {right}" if claim.other == PICTURE else phrasing.PHRASES[right][0]

    def _known(self, noun: str) -> str:
        return catalogue.nouns().get(noun, noun)


def _quoted(claim: Claim) -> str:
    return f'"{claim.value}"' if claim.kind is Kind.TEXT else claim.value


def _agreeing(before: str, new: str, after: str, claim: Claim) -> str:
    """The new words in place; for a number the thing and its verb in the same number, for a quality its article."""
    if claim.kind is Kind.COUNT and new.lower() == "one":
        after = re.sub(rf"\b{re.escape(_plural(claim.subject))}\b", claim.subject, after, count=1)
        after = re.sub(r"\b(?:are|were)\b", "is", after, count=1)
        before = re.sub(r"\bare (\w+ )?$", r"is \1", before)
    if edits.words(before)[-1:] in (["a"], ["an"]):
        article = "an" if new[:1].lower() in "aeiou" else "a"
        before = re.sub(r"\b([Aa])n?(\s+)$", lambda m: m[1] + article[1:] + m[2], before)
    return before + new + after


def _without(sentence: str, start: int, stop: int) -> str:
    """The sentence without these words and what led up to them."""
    before = re.sub(r"(?:\s*,|\s+and|\s+with|\s+by)?\s*$", "", sentence[:start])
    after = sentence[stop:]
    if not before:
        after = re.sub(r"^\s*(?:and|,)\s*", "", after)
        return after[:1].upper() + after[1:]
    return before + ("" if after[:1] in {".", ",", ""} else " ") + after.lstrip()


def _plural(noun: str) -> str:
    kind = catalogue.by_noun().get(noun)
    return kind.plural if kind else plural(noun)
