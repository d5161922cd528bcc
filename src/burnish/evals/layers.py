"""How well a captioner keeps to layered instructions: one to five of them on top of a format, each scored by itself.

After MIA-Bench (arXiv 2407.01509), whose instructions have one to five components of eight kinds, judged by a model.
Here only kinds are asked for that a rule decides, so there is no judge to doubt: `CATEGORIES`. Each picture gets one
composition, asked for once: no second try, nothing cut. An answer that is none keeps to nothing and is counted apart.

A composition is a format like any other, made from its name: ``burnish.evals.layers:dsc__3__17`` has the third number
of layers, composed in way 17, so that a chat model is asked the usual way and a journal knows the question again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from types import MappingProxyType

from burnish import discovery, formats, tokens
from burnish.constraints import COLOURS, Constraint, avoids, begins_with, mentions, words_a_sentence
from burnish.contract import Contract, Given
from burnish.errors import UsageError
from burnish.evals.editor import Rate, wilson
from burnish.formats import Format
from burnish.protocols import Backend
from burnish.values import CaptionRequest, Draft, Pair, Picture, Request

MAX_LAYERS = 5
AT_ONCE = 32

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MATERIALS = ("wood", "wooden", "metal", "stone", "glass", "brick", "paper", "plastic", "leather", "cloth", "concrete")
_PLACES = ("left", "right", "middle", "centre", "center", "top", "bottom", "foreground", "background")
_PRAISE = ("beautiful", "lovely", "stunning", "amazing", "wonderful", "perfect", "charming", "nice", "gorgeous")
_GUESSES = ("maybe", "perhaps", "probably", "possibly", "likely", "seems", "appears", "might", "could")
_VIEWER = ("you", "your", "we", "our", "us", "i", "my")

CATEGORIES: Mapping[str, tuple[Constraint, ...]] = MappingProxyType(
    {
        "length": (words_a_sentence(12), words_a_sentence(14)),
        "mention": (mentions("a colour", COLOURS), mentions("a material", _MATERIALS)),
        "place": (mentions("where something stands in the picture", _PLACES),),
        "number": (mentions("a number of things in words", _NUMBERS),),
        "absence": (avoids("words of praise", _PRAISE), avoids("guesses", _GUESSES)),
        "perspective": (avoids("words about the viewer", _VIEWER),),
        "opening": (begins_with(("A", "An", "Two", "Three", "Several")), begins_with(("In", "On", "At", "Under"))),
    }
)
"""What may be asked for on top of a format, by kind. A composition has at most one of each."""

_FORMAT_FLAWS = {"too_long": "tokens", "too_short": "tokens", "sentences": "sentences"}
OWN = ("tokens", "sentences", "other rules")
"""What every format asks for by itself."""

_NAME = re.compile(r"(?P<base>\w+?)__(?P<layers>[0-5])__(?P<way>\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer: what was asked for, by kind, with whether it was kept; None where there was no answer."""

    base: str
    layers: int
    kept: Mapping[str, bool] | None
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Rates by kind and by number of layers: `share` is MIA-Bench's score, the mean share of the layers that are kept,
    `whole` how many answers kept to all of theirs. `own`: what the formats ask for by themselves, of answers alone.
    """

    answers: int
    unanswered: int
    categories: Mapping[str, Rate]
    share: Mapping[int, float]
    whole: Mapping[int, Rate]
    own: Mapping[str, Rate]


def compose(base: str, layers: int, way: int) -> Format:
    """The format `base` with `layers` further instructions of different kinds; `way` decides which."""
    form = formats.load(base)
    lots = random.Random(f"burnish layers {base} {layers} {way}")
    kinds = [name for name in CATEGORIES if name != "length" or form.max_sentences > 1]  # a sentence is short already
    chosen = lots.sample(kinds, layers)
    return replace(
        form,
        name=f"{form.name}_{layers}_{way}"[:31],
        examples=(),  # they were made for the format alone
        constraints=tuple(lots.choice(CATEGORIES[kind]) for kind in chosen),
    )


def address(base: str, layers: int, way: int) -> str:
    """The name by which `formats.load` finds a composition."""
    return f"{__name__}:{base.replace('+', '_plus')}__{layers}__{way}"


def __getattr__(name: str) -> Format:
    """A composition as an attribute of this module, so that it can be named like a user's own format."""
    found = _NAME.fullmatch(name)
    known = {each.replace("+", "_plus"): each for each in discovery.names("formats")}
    if found is None or found["base"] not in known:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return compose(known[found["base"]], int(found["layers"]), int(found["way"]))


def measure(
    pairs: Iterable[tuple[Pair, Picture]], backend: Backend, bases: Sequence[str], tokenizer: str = tokens.WORDS
) -> Layers:
    """Ask for one caption of each picture and score it. Formats and numbers of layers take turns.

    Raises `UsageError` for formats that do not exist, and if no picture could be asked about.
    """
    names = {base: formats.load(base) for base in bases}
    counter = tokens.load(tokenizer)
    found: list[Answered] = []
    batch: list[tuple[Request, str, int]] = []
    numbers = count()
    for pair, picture in pairs:
        way = next(numbers)
        base, layers = bases[way // MAX_LAYERS % len(bases)], way % MAX_LAYERS + 1
        text = pair.text if names[base].sees_text else ""
        named = address(base, layers, way)
        asked = CaptionRequest(picture=picture, format=named, version=formats.load(named).digest, text=text)
        batch.append((asked, base, layers))
        if len(batch) == AT_ONCE:
            found += _answered(batch, backend, counter)
            batch = []
    found += _answered(batch, backend, counter)
    if not found:
        raise UsageError("there is no picture to ask about: the source has no pair whose image can be decoded.")
    return _layers(found)


def _answered(
    batch: Sequence[tuple[Request, str, int]], backend: Backend, counter: tokens.Tokenizer
) -> Iterator[Answered]:
    replies = backend.answer([request for request, *_ in batch]) if batch else []
    for (request, base, layers), reply in zip(batch, replies, strict=True):
        assert isinstance(request, CaptionRequest)
        form = formats.load(request.format)
        asked = tuple(kind for constraint in form.constraints for kind in _kinds(constraint))
        kept = None
        if isinstance(reply, Draft):
            kept = {kind: not each.test(reply.text) for kind, each in zip(asked, form.constraints, strict=True)}
            kept |= _own(Contract(replace(form, constraints=()), counter), reply, Given(text=request.text))
        yield Answered(base=base, layers=layers, kept=kept, asked=asked)


def _kinds(constraint: Constraint) -> Iterator[str]:
    return (kind for kind, members in CATEGORIES.items() if constraint in members)


def _own(contract: Contract, draft: Draft, given: Given) -> dict[str, bool]:
    """What the format itself asks for."""
    broken = {_FORMAT_FLAWS.get(flaw.name, OWN[-1]) for flaw in contract.flaws(draft, given)}
    return {name: name not in broken for name in OWN}


def _layers(found: Sequence[Answered]) -> Layers:
    by_number = {number: [each for each in found if each.layers == number] for number in range(1, MAX_LAYERS + 1)}
    answers = [each.kept for each in found if each.kept is not None]
    asked = [(kind, each.kept is not None and each.kept[kind]) for each in found for kind in each.asked]
    return Layers(
        answers=len(found),
        unanswered=len(found) - len(answers),
        categories={kind: _rate(kept for name, kept in asked if name == kind) for kind in CATEGORIES},
        share={number: round(_mean(map(_share, each)), 4) for number, each in by_number.items() if each},
        whole={number: _rate(_share(one) == 1 for one in each) for number, each in by_number.items() if each},
        own={name: _rate(kept[name] for kept in answers) for name in OWN},
    )


def _share(each: Answered) -> float:
    """The share of an answer's layers that it keeps: 0 where there is no answer."""
    return sum(each.kept[kind] for kind in each.asked) / len(each.asked) if each.kept is not None else 0.0


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)


def _rate(kept: Iterable[bool]) -> Rate:
    known = list(kept)
    return wilson(sum(known), len(known))
