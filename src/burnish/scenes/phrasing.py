"""Sentences that say a claim in many ways. Every third wording is held out: no caption of a scene has it, and the rules
that split captions were written without it, so that it can measure them.

Fields: {a} a noun phrase with "a" or the number, {the} one with "the", {b} the other object's, {is}, {has}, {s} (as
the subject's number wants), {value}, {rel} the relation's words and {inv} its opposite's. A capital asks for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from burnish.claims import PICTURE, Claim, Kind
from burnish.claims.lexicon import plural
from burnish.scenes import catalogue
from burnish.scenes.facts import BACKGROUND, BAR, CHART, NUMBERS, OPPOSITE, SIGN
from burnish.scenes.scene import Scene

HELD_OUT_EVERY = 3

TEMPLATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "existence": (
            "There {is} {a}.",
            "The picture shows {a}.",
            "{A} can be seen here.",
            "{A} {is} visible in the image.",
            "This drawing contains {a}.",
            "You can spot {a} in this illustration.",
            "We see {a}.",
            "The image features {a}.",
            "Among the things shown {is} {a}.",
        ),
        "count": (
            "There {is} {a}.",
            "The picture shows exactly {a}.",
            "{A} appear in the drawing.",
            "{A} {is} visible.",
            "The image contains exactly {a}.",
            "A group of {a} is pictured.",
            "This drawing contains {a}.",
            "We see {a} here.",
            "In total {a} have been drawn.",
        ),
        "attribute": (
            "{The} {is} {value}.",
            "The color of {the} is {value}.",
            "{The} {has} a {value} look.",
            "{The} {is} clearly {value}.",
            "In the image {the} {is} {value}.",
            "{The}, {value} all over, {is} easy to find.",
            "{The} in this picture {is} {value}.",
            "{The} {is} drawn {value}.",
            "What {is} {value} here {is} {the}.",
        ),
        "size": (
            "{The} {is} {value}.",
            "{The} {is} rather {value}.",
            "In size, {the} {is} {value}.",
            "{The} {is} drawn {value}.",
            "In the image {the} {is} {value}.",
            "{The} look{s} somewhat {value}.",
        ),
        "relation": (
            "{The} {is} {rel} {b}.",
            "{The} {is} placed {rel} {b}.",
            "{Rel} {b} one finds {the}.",
            "{Rel} {b} {is} {the}.",
            "{The} can be seen {rel} {b}.",
            "Look {rel} {b} for {the}.",
            "{B} {isb} {inv} {the}.",
            "{The} {is} shown {rel} {b}.",
            "{The} {has} a spot {rel} {b}.",
        ),
        "place": (
            "{The} {is} at the {value} of the picture.",
            "{The} {is} on the {value} side.",
            "The {value} part of the picture holds {the}.",
            "At the {value} of the image {is} {the}.",
            "{The} {is} in the {value} half of the drawing.",
            "Towards the {value} edge {is} {the}.",
        ),
        "text": (
            'A sign reads "{value}".',
            'The word "{value}" is written on a sign.',
            '"{value}" stands on a board.',
            'There is a sign with the text "{value}".',
            'A sign says "{value}".',
            'Someone has lettered "{value}" on a plate.',
        ),
        "title": (
            'The chart has the title "{value}".',
            'A chart titled "{value}" is shown.',
            '"{value}" heads a chart.',
        ),
        "ground": (
            "The background is {value}.",
            "Everything is set on a {value} background.",
            "All of it lies before a {value} backdrop.",
            "The picture has a {value} background.",
            "Behind the objects is a {value} background.",
            "A {value} pattern fills the space behind.",
        ),
        "bars": ("A chart has {a}.", "There is a chart with {a}.", "{A} make up the chart."),
    }
)

FRESH: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "existence": ("Here we have {a}.", "{A} {is} part of the scene.", "The viewer sees {a}, among other things."),
        "count": ("Exactly {a} {is} depicted.", "The artist has drawn {a}.", "Our eye meets {a} in this picture."),
        "attribute": (
            "The {value} color of {the} is striking.",
            "{The} {is} entirely {value}.",
            "{The} appear{s} {value}.",
        ),
        "size": ("{The} {is} quite {value}.", "{The} appear{s} {value}.", "{The} {has} a {value} size."),
        "relation": ("{The} {is} situated {rel} {b}.", "{Rel} {b} there {is} {the}.", "{The} rest{s} {rel} {b}."),
        "place": (
            "{The} {is} placed on the {value} side of the picture.",
            "The {value} half of the image shows {the}.",
            "{The} {is} found near the {value} of the image.",
        ),
        "text": (
            'The sign bears the word "{value}".',
            'Written on the sign is "{value}".',
            'The lettering says "{value}".',
        ),
        "title": (
            'The title of the chart is "{value}".',
            'A bar chart shows "{value}".',
            'The chart is called "{value}".',
        ),
        "ground": ("The backdrop is {value}.", "It is all drawn on {value} ground.", "Its background looks {value}."),
        "bars": ("The chart consists of {a}.", "{A} {is} in the chart.", "The chart has {a} in all."),
    }
)
"""Wordings for a second count, written after the first count of those held out, before any rule was changed."""

PHRASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "left of": ("to the left of", "left of", "on the left-hand side of", "to the left side of"),
        "right of": ("to the right of", "right of", "on the right-hand side of", "to the right side of"),
        "above": ("above", "higher than", "further up than", "higher up than"),
        "below": ("below", "lower than", "further down than", "beneath"),
    }
)
"""Words for relations; the third of each is held out, the fourth belongs to `FRESH`."""


_CARRIERS = (SIGN, "board", "plate", CHART)
"""What a template itself says is there."""


def wordings(form: str, *, held_out: bool) -> tuple[str, ...]:
    """The templates of a form that are held out, or the others."""
    every = HELD_OUT_EVERY
    return tuple(text for place, text in enumerate(TEMPLATES[form]) if (place % every == every - 1) == held_out)


def form_of(claim: Claim, scene: Scene) -> str:
    """The form whose templates say `claim`."""
    match claim.kind:
        case Kind.RELATION:
            return "place" if claim.other == PICTURE else "relation"
        case Kind.TEXT:
            return "title" if scene.chart is not None else "text"
        case Kind.COUNT if claim.subject == BAR:
            return "bars"
        case Kind.ATTRIBUTE if claim.subject == BACKGROUND:
            return "ground"
        case Kind.ATTRIBUTE if claim.value in {"large", "small"}:
            return "size"
        case _:
            return str(claim.kind)


def say(claim: Claim, scene: Scene, template: str, phrase: int = 0, like: str = "") -> str:
    """`claim` in the words of `template`; `phrase` chooses among the words for its relation. Where the scene has no
    such object, it is spoken of as if it looked `like` another.
    """
    many = _many(claim, scene, like)
    words = {
        "a": indefinite(claim, scene, like),
        "the": f"the {_noun(claim.subject, many=many)}",
        "is": "are" if many else "is",
        "has": "have" if many else "has",
        "s": "" if many else "s",
        "value": claim.value,
    }
    if claim.kind is Kind.RELATION and claim.other != PICTURE:
        several = _several(scene, claim.other)
        words |= {"b": f"the {_noun(claim.other, many=several)}", "isb": "are" if several else "is"}
        words |= {"rel": PHRASES[claim.value][phrase], "inv": PHRASES[OPPOSITE[claim.value]][phrase]}
    words |= {key.capitalize(): value[:1].upper() + value[1:] for key, value in words.items()}
    return template.format_map(words)


def meant(claim: Claim, scene: Scene, template: str) -> tuple[Claim, ...]:
    """All that `claim` said in `template` claims: the thing itself, that what it speaks of is there, and what the
    scene's own noun phrase says in passing.
    """
    group = scene.group(claim.subject)
    if claim.kind is Kind.EXISTENCE and group is not None:
        looks = [replace(claim, kind=Kind.ATTRIBUTE, value=word) for word in (group.size, group.colour) if word]
        number = str(len(group.boxes))
        return (claim, *looks, *([replace(claim, kind=Kind.COUNT, value=number)] if number != "1" else []))
    there = [word for word in _CARRIERS if word in template.lower()]
    if claim.kind is not Kind.EXISTENCE and claim.kind is not Kind.TEXT and claim.subject != BACKGROUND:
        there.append(claim.subject)
    if claim.kind is Kind.RELATION and claim.other != PICTURE:
        there.append(claim.other)
        if "{inv}" in template.lower():
            claim = replace(claim, subject=claim.other, value=OPPOSITE[claim.value], other=claim.subject)
    return (*(Claim(kind=Kind.EXISTENCE, subject=noun) for noun in there), claim)


def indefinite(claim: Claim, scene: Scene, like: str = "") -> str:
    """Such as "a small red car" or "three dogs": the number is the claim's if it is a count, else the scene's."""
    group = scene.group(claim.subject) or scene.group(like)
    count = int(claim.value) if claim.kind is Kind.COUNT else len(group.boxes) if group else 1
    adjectives = [word for word in (group.size, group.colour) if word] if group and claim.kind is Kind.EXISTENCE else []
    return phrase_of(claim.subject, count, adjectives)


def phrase_of(noun: str, count: int, adjectives: Sequence[str]) -> str:
    """A noun phrase with the article or the number word."""
    words = " ".join([*adjectives, _noun(noun, many=count > 1)])
    if count > 1:
        return f"{NUMBERS[count]} {words}"
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _many(claim: Claim, scene: Scene, like: str) -> bool:
    if claim.kind is Kind.COUNT:
        return int(claim.value) > 1
    return _several(scene, claim.subject if scene.group(claim.subject) else like)


def _several(scene: Scene, noun: str) -> bool:
    group = scene.group(noun)
    return group is not None and len(group.boxes) > 1


def _noun(noun: str, *, many: bool) -> str:
    if not many:
        return noun
    thing = catalogue.by_noun().get(noun)
    return thing.plural if thing else plural(noun)
