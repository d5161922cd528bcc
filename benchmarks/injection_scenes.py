"""True captions of scenes for `benchmarks.injection`: in the wordings that the detector learnt, and in others.

The scenes are none of those it was trained with; in the other wordings (those that `burnish.scenes` holds out, and
those written for a second count) no caption of its training is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.afc import with_facts
from burnish.scenes import captions, compose, facts, phrasing
from burnish.scenes.scene import Scene

SCENES = 250
SEED = 0
FUSED = 900
FUSED_SEED = 200
"""Of `benchmarks.afc`, whose scenes these are."""
SENTENCES = 5
_HELD_OUT_PHRASE = 2
"""Of the words for a relation, the ones that captions never take."""


def in_formats() -> list[str]:
    """Each scene in all formats."""
    drawn = [compose.scene(SEED, number) for number in range(SCENES)]
    return [make(scene) for scene in drawn for make in captions.FORMATS.values()]


def fused() -> list[str]:
    """Fused captions with a person, a place, a year, an event and its number, none of which stands in a caption that
    the detector learnt in that way.
    """
    each = FUSED // 3
    numbers = ((FUSED_SEED + seed, number) for seed in range(3) for number in range(each))
    return [captions.afc(with_facts(compose.scene(*which))) for which in numbers]


def in_other_words() -> list[str]:
    """Some facts of each scene in a row, in wordings that stand in no caption."""
    return [" ".join(_said(compose.scene(SEED, number))) for number in range(SCENES)]


def _said(scene: Scene) -> Iterator[str]:
    lots = random.Random(f"other words {scene.seed} {scene.number}")
    found = facts.facts(scene)
    for fact in lots.sample(found, min(SENTENCES, len(found))):
        form = phrasing.form_of(fact, scene)
        yield phrasing.say(
            fact, scene, lots.choice([*phrasing.wordings(form, held_out=True), *phrasing.FRESH[form]]), 2
        )
