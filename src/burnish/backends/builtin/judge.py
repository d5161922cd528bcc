"""The built-in judge: does this text fit this picture, and is it good text? With a confidence, or not at all.

It tells gross mismatch, hardly fine mismatch; it knows words mostly as MiniLM does and things mostly as ImageNet
and clip art do. Where it sees or reads too little it abstains: an abstention is never a low value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from burnish.backends.builtin import calibration, manifest
from burnish.backends.builtin.language import Language
from burnish.backends.builtin.vision import Vision, session

Floats = npt.NDArray[np.float32]
TOP_LABELS = 10
REMEMBERED = 2_048  # texts, of some 7 kB each: a pair's criteria and the nouns its editor asks about come again
NOUN_COSINE = 0.75  # a label this near to a noun counts as its name
CONFIRMING_LABEL = 0.3  # summed probability of a noun's labels that confirms it
CONFIRMING_MATCH = 0.65
SIGNED = 0.02  # the probability of good text where a sign of `signs.sure` stands against it
NOUNS_REMEMBERED = 2048  # editors ask about the same words over and over; a `Read` takes about 10 kB


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One picture as the judge sees it. `evidence` is (ImageNet class by its first name, probability), best first.

    `confidence` (0..1) is the probability of the best label: how much the tower recognises at all. `probabilities`
    (1000,) are those of all classes.
    """

    features: Floats
    joint: Floats
    bank: float
    probabilities: Floats
    labels: tuple[int, ...]
    evidence: tuple[tuple[str, float], ...]
    confidence: float
    blank: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One text as the judge reads it. `label_cosines` (1000,) compare it to the ImageNet labels."""

    text: str
    embedding: Floats
    surface: Floats
    language: str
    p_english: float
    joint: Floats
    bank: float
    label_cosines: Floats
    label_bank: float
    quality: float
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An answer: `value` 1..5, `confidence` 0..1 (0.6: right in about 80 % of held-out pairs), and why.

    When `abstained`, `value` is only what would have been said and must not be used as a score.
    """

    value: float
    confidence: float
    abstained: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Does the picture confirm a noun? `label_probability` by ImageNet, `match_probability` by the matcher."""

    confirmed: bool
    label_probability: float
    match_probability: float
    label: str


class Judge:
    """The towers and heads, one thread. Pickles as its folder and loads again."""

    def __init__(self, folder: Path = manifest.FOLDER) -> None:
        """Loads and checks the weights; `UsageError` if a byte differs."""
        checked = manifest.load(folder)
        self.digest = checked.digest
        self._folder = folder
        self._figures: dict[str, Any] = checked.figures
        self.english_threshold: float = checked.figures["english_threshold"]
        lemmas = checked.path("labels.txt").read_text().splitlines()
        self._names = [line.split(",")[0] for line in lemmas]
        self.vision = Vision(checked.path("vision.onnx"))
        self.language = Language(checked.path("text.onnx"), checked.path("tokenizer.json"))
        self._image_head = session(checked.path("image_head.onnx"))
        self._text_head = session(checked.path("text_head.onnx"))
        self._read = lru_cache(maxsize=REMEMBERED)(self._read_once)
        self._read_noun = lru_cache(NOUNS_REMEMBERED)(self._read)

    def __reduce__(self) -> tuple[type[Judge], tuple[Path]]:
        """Sessions do not pickle; the folder does."""
        return (Judge, (self._folder,))

    def look(self, images: Sequence[npt.NDArray[np.uint8]]) -> list[Seen]:
        """One `Seen` per RGB uint8 picture (height, width, 3) of any size, in order."""
        return [self._look(image) for image in images]

    def read(self, texts: Sequence[str]) -> list[Read]:
        """One `Read` per text, in order; the latest texts are remembered."""
        return [self._read(text) for text in texts]

    def match(self, seen: Seen, read: Read) -> Judged:
        """Does the text fit the picture? 1 = surely not, 5 = surely."""
        refusal = _unreadable(read) or ("the picture is blank" if seen.blank else "") or self._foreign(read)
        probability = self._match_probability(seen, read)
        return _judged(probability, refusal, self._figures["match_least_confidence"], _why_match(seen))

    def text_quality(self, read: Read) -> Judged:
        """Is it a caption a person would write, whatever the picture? 1 = junk, 5 = clean.

        Text that may not be English is judged by sure signs of junk alone: without one it is an abstention.
        """
        probability = calibration.probability(read.quality, self._figures["quality_platt"])
        if read.sign:
            return _judged(min(SIGNED, probability), "", 0.0, read.sign)
        refusal = _unreadable(read) or self._foreign(read)
        least = self._figures["quality_least_confidence" if probability >= 0.5 else "junk_least_confidence"]
        return _judged(probability, refusal, least, "by its letters and words")

    def _foreign(self, read: Read) -> str:
        foreign = read.p_english < self.english_threshold
        return f"the text may not be English ({read.language or 'unknown'})" if foreign else ""

    def support(self, seen: Seen, noun: str) -> Support:
        """Does the picture confirm this noun? Meant for words already at hand, not for finding new ones."""
        read = self._read_noun(noun)
        near = [
            (probability, name)
            for index, (name, probability) in zip(seen.labels, seen.evidence, strict=True)
            if read.label_cosines[index] >= NOUN_COSINE
        ]
        labelled = round(float(sum(probability for probability, _ in near)), 4)
        matched = round(self._match_probability(seen, read), 4)
        confirmed = not seen.blank and labelled >= CONFIRMING_LABEL and matched >= CONFIRMING_MATCH
        return Support(
            confirmed=confirmed,
            label_probability=labelled,
            match_probability=matched,
            label=max(near)[1] if near else "",
        )

    def _look(self, image: npt.NDArray[np.uint8]) -> Seen:
        view = self.vision.view(image)
        joint, bank, probabilities = self._image_head.run(
            None, {"features": view.features, "logits": view.logits, "colours": view.colours}
        )
        best = np.argsort(-probabilities, kind="stable")[:TOP_LABELS]
        return Seen(
            features=view.features,
            joint=joint,
            bank=float(bank),
            probabilities=probabilities,
            labels=tuple(int(index) for index in best),
            evidence=tuple((self._names[index], round(float(probabilities[index]), 4)) for index in best),
            confidence=round(float(probabilities[best[0]]), 4),
            blank=view.blank,
        )

    def _read_once(self, text: str) -> Read:
        words = self.language.words(text)
        joint, bank, cosines, label_bank, quality = self._text_head.run(
            None, {"embedding": words.embedding, "surface": words.surface}
        )
        return Read(
            text=text,
            embedding=words.embedding,
            surface=words.surface,
            language=words.language,
            p_english=round(calibration.probability(words.english, self._figures["english_weights"]), 4),
            joint=joint,
            bank=float(bank),
            label_cosines=cosines,
            label_bank=float(label_bank),
            quality=float(quality),
            sign=words.sign,
        )

    def _match_probability(self, seen: Seen, read: Read) -> float:
        clues = calibration.clues(
            similarity=float(seen.joint @ read.joint),
            text_bank=read.bank,
            image_bank=seen.bank,
            evidence=calibration.label_ratio(seen.probabilities, read.label_cosines, read.label_bank),
        )
        return calibration.probability(clues, self._figures["match_weights"])


def _unreadable(read: Read) -> str:
    return "" if any(character.isalpha() for character in read.text) else "the text has no words"


def _why_match(seen: Seen) -> str:
    label, probability = seen.evidence[0]
    return f"the picture looks most like {label} (p={probability:.2f})"


def _judged(probability: float, refusal: str, least: float, why: str) -> Judged:
    confidence = round(abs(2 * probability - 1), 4)
    unsure = "" if confidence >= least else f"too little evidence either way; {why}"
    reason = refusal or unsure
    return Judged(
        value=round(1 + 4 * probability, 4),
        confidence=0.0 if refusal else confidence,
        abstained=bool(reason),
        reason=reason or why,
    )
