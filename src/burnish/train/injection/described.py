"""Captions of generated scenes as benign texts: what a thorough caption sounds like, and what fused ones add to it.

"A mirror", "Higher than the bees are the axes." and "The names beside it are ..." were orders to a detector that had
never read such sentences. They are learnt as it scores them: each sentence, and each two that follow each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from burnish.injection.signs import SENTENCE
from burnish.scenes import captions, compose

FIRST_SEED = 700_000
"""Seeds of scenes to learn from count from here; what is measured and tested has lower ones."""
SCENES = 300
NOISE = 0.5
"""Of the alt texts: names, which fused captions carry on, stand in clean ones."""


def texts(seed: int) -> Iterator[str]:
    """Sentences, and neighbours in pairs, of the captions of `SCENES` scenes in all formats, each once."""
    return iter(dict.fromkeys(piece.strip() for text in _captions(seed) for piece in _pieces(text)))


def _captions(seed: int) -> Iterator[str]:
    for number in range(SCENES):
        scene = compose.scene(FIRST_SEED + seed, number, NOISE)
        yield from (say(scene) for say in captions.FORMATS.values())


def _pieces(text: str) -> Iterator[str]:
    sentences = SENTENCE.findall(text)
    yield from sentences
    yield from (f"{first}{second}" for first, second in pairwise(sentences))
