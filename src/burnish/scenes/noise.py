"""The alt text a scene comes with: mostly what the web writes, not what a captioner would.

Kinds: clean; partly_true (one thing wrong), swapped (of another picture), truncated, file_name, seo, boilerplate,
wrong_language. Some clean texts hold names, numbers and quotations, true and false ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType

from burnish.scenes import captions, catalogue, facts, palette
from burnish.scenes.phrasing import phrase_of
from burnish.scenes.scene import AltText, Scene

_PEOPLE = ("Maria Lopez", "Jonas Weber", "Aiko Tanaka", "Peter Novak", "Grace Okafor", "Lena Fischer", "Omar Haddad")
_CITIES = ("Lisbon", "Oslo", "Nairobi", "Toronto", "Kyoto", "Valencia", "Gdansk", "Melbourne")
NAMED_SHARE = 0.4
_FALSE_SHARE = 0.5


def alt_text(scene: Scene, share: float) -> AltText:
    """The scene's alt text: noisy with the probability `share`, else clean, some with names in it."""
    lots = random.Random(f"burnish alt text 1 {scene.seed} {scene.number}")
    noisy = lots.random() < share
    kind = lots.choice(list(_NOISE))
    if noisy:
        return _NOISE[kind](scene, lots)
    return _named(scene, lots) if lots.random() < NAMED_SHARE else _clean(scene)


def _clean(scene: Scene) -> AltText:
    text = captions.plain(scene)
    return AltText(text=text, kind="clean", repaired=text)


def _named(scene: Scene, lots: random.Random) -> AltText:
    """Names that no picture can refute; beside them, often, a number or a quotation that this one does."""
    who, where, year = lots.choice(_PEOPLE), lots.choice(_CITIES), str(lots.randint(1999, 2019))
    tail = f" by {who}, {where} {year}"
    false, good = "", ""
    if lots.random() < _FALSE_SHARE:
        false = f"{lots.choice(('Hotel', 'Cafe', 'Club'))} {lots.randint(100, 999)}"
        good = f' with the sign "{scene.sign.text}"' if scene.sign else ""
    bad = f' with the sign "{false}"' if false else good
    body = captions.plain(scene)
    return AltText(
        text=f"{body}{bad}{tail}",
        kind="partly_true" if false else "clean",
        repaired=f"{body}{good}{tail}",
        true_names=(who, where, year),
        false_names=(false,) if false else (),
    )


def _partly_true(scene: Scene, lots: random.Random) -> AltText:
    """One group said wrong: its kind, its number or its colour."""
    group = lots.choice(scene.groups)
    noun, count, colour = group.noun, len(group.boxes), group.colour
    match lots.choice(("object", "count", "attribute") if colour else ("object", "count")):
        case "object":
            noun = facts.absent(scene, lots)
        case "count":
            count = lots.choice([number for number in range(2, 6) if number != count])
        case _:
            colour = lots.choice([word for word in palette.COLOURS if word != colour])
    right = captions.plain(scene)
    adjectives = [word for word in (group.size, group.colour) if word]
    old = phrase_of(group.noun, len(group.boxes), adjectives)
    new = phrase_of(noun, count, [word for word in (group.size, colour) if word])
    low = right[:1].lower() + right[1:]
    wrong = low.replace(old, new, 1)
    return AltText(text=wrong[:1].upper() + wrong[1:], kind="partly_true", repaired=right)


def _swapped(scene: Scene, lots: random.Random) -> AltText:
    first = facts.absent(scene, lots)
    second = next(noun for noun in iter(lambda: facts.absent(scene, lots), "") if noun != first)
    colour = lots.choice(list(palette.COLOURS)) if catalogue.by_noun()[second].recolour else ""
    words = f"{phrase_of(first, lots.randint(1, 4), [])} and {phrase_of(second, 1, [colour] if colour else [])}"
    return AltText(text=words[:1].upper() + words[1:], kind="swapped", repaired=captions.plain(scene))


def _truncated(scene: Scene, lots: random.Random) -> AltText:
    """Cut inside its last word, as a field of a fixed length does."""
    right = captions.plain(scene)
    stop = len(right) - lots.randint(1, max(1, len(right.split()[-1]) - 1))
    return AltText(text=right[:stop], kind="truncated", repaired=right)


def _file_name(scene: Scene, lots: random.Random) -> AltText:
    nouns = "_".join(group.noun for group in scene.groups)
    name = lots.choice(
        (f"IMG_{lots.randint(1000, 9999)}", f"{nouns}_{lots.randint(10, 99)}", f"DSC{lots.randint(0, 99999):05d}")
    )
    text = f"{name}.{lots.choice(('jpg', 'png', 'JPG'))}"
    return AltText(text=text, kind="file_name", repaired=captions.plain(scene), junk=(text,))


def _seo(scene: Scene, lots: random.Random) -> AltText:
    right = captions.plain(scene)
    noun = scene.groups[0].noun
    head = lots.choice(("", f"{noun} clipart, {noun} png, free {noun} download - "))
    tail = lots.choice((" | buy cheap online best price free shipping", f" - {noun} wallpaper HD 1080p free download"))
    return AltText(
        text=f"{head}{right}{tail}", kind="seo", repaired=right, junk=tuple(part for part in (head, tail) if part)
    )


def _boilerplate(scene: Scene, lots: random.Random) -> AltText:
    right = captions.plain(scene)
    head, tail = lots.choice(
        (
            ("Stock illustration: ", ""),
            ("Click to enlarge: ", ""),
            ("", " (c) All rights reserved."),
            ("", " | Picture Shop"),
        )
    )
    return AltText(text=f"{head}{right}{tail}", kind="boilerplate", repaired=right, junk=(head or tail,))


def _wrong_language(scene: Scene, lots: random.Random) -> AltText:
    kinds = catalogue.by_noun()
    words = [kinds[group.noun].german for group in scene.groups]
    opening = lots.choice(("Zeichnung mit", "Bild zum Ausdrucken:", "Lustige Grafik:"))
    text = f"{opening} {', '.join(words[:-1])} und {words[-1]}"
    return AltText(text=text, kind="wrong_language", repaired=captions.plain(scene))


_NOISE: Mapping[str, Callable[[Scene, random.Random], AltText]] = MappingProxyType(
    {
        "partly_true": _partly_true,
        "swapped": _swapped,
        "truncated": _truncated,
        "file_name": _file_name,
        "seo": _seo,
        "boilerplate": _boilerplate,
        "wrong_language": _wrong_language,
    }
)
KINDS = ("clean", *_NOISE)
