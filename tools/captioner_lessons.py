"""What a tiny captioner is taught about a scene: our own requests with the answers they should get, as rows of tokens.

All lessons about a picture begin with the same tokens (system text and picture). A caption is asked for as
`burnish recaption` asks for it, a second time with a wrong answer and what the format's contract says is wrong with it,
and a finished one is put to the check that follows.
"""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np

from burnish import formats, sentences, tokens
from burnish.chat import Prompt, render
from burnish.chat import caption as asking
from burnish.chat.local.loading import Loaded
from burnish.chat.local.prompting import Prompting
from burnish.chat.local.rows import Feeder
from burnish.contract import Contract, Given
from burnish.scenes import captions
from burnish.scenes.judging import Judged
from burnish.scenes.scene import Scene
from burnish.values import AssessRequest, CaptionRequest, Draft, Picture
from tools.captioner_scenes import Shown, as_written, shown, stream
from tools.tiny_lessons import Lesson

FUSED = "afc"
HANDS = 2
"""Choices of wordings that a scene is told in."""
CRITERION = "overall"
"""What the recipe for captions checks them by."""
CONTRACTS = {name: Contract(formats.load(name), tokens.load(tokens.WORDS)) for name in captions.FORMATS}
WHY = {told: answer for answer, told in asking.WHY.items()}


def right(scene: Scene, form: str) -> Draft:
    """The caption that should be written, and what of the alt text it leaves out and why."""
    text = captions.FORMATS[form](as_written(scene, HANDS))
    if not CONTRACTS[form].format.sees_text:
        return Draft(text=text)
    alt = scene.alt
    return Draft(text=text, edits=captions.left_out(alt.text, text, alt.true_names, alt.junk))


def wrong(scene: Scene, form: str, lots: random.Random) -> str:
    """A caption that misses its format: of another length, without its end, or without the alt text's names."""
    text = right(scene, form).text
    other = right(scene, lots.choice([name for name in captions.FORMATS if name != form])).text
    parts = sentences.split(text)
    return lots.choice((other, text[: len(text) * 2 // 3], "".join(parts[:-1]).strip() or other))


class Teacher:
    """Makes lessons of scenes for one model."""

    def __init__(self, loaded: Loaded) -> None:
        self._feeder, self._prompting = Feeder(loaded), Prompting(loaded.processor)
        config: Any = loaded.model.config
        place = loaded.processor.image_token
        self._dot = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")
        shown_, _, _ = self._rendered(render.prompt(self._dot, "a cat", "?")).partition(place)
        self._place = place
        self.beginning = self._feeder.tokens(shown_ + place * config.image_seq_length, after="")

    def write(self, pair: int, one: Shown, form: str) -> Lesson:
        """A caption asked for the first time."""
        return self._lesson(pair, CaptionRequest(**self._about(one, form)), right(one.scene, form))

    def read(self, pair: int, scene: Scene) -> Lesson:
        """A fused caption without what it says of the picture: what it takes from its text, and what it leaves out."""
        request = CaptionRequest(**self._asked(self._dot, scene, FUSED))
        whole = right(scene, FUSED)
        names = captions.with_names("", scene.alt.true_names)
        described = json.dumps(whole.text.removesuffix(names), ensure_ascii=False)[:-1]
        lesson = self._lesson(pair, request, whole)
        start = lesson.worth.index(1.0)
        stop = start + len(self._tokens(f" {described}"))
        return Lesson(
            pair=pair,
            tokens=lesson.tokens[:start] + lesson.tokens[stop:],
            worth=lesson.worth[:start] + lesson.worth[stop:],
        )

    def again(self, pair: int, one: Shown, form: str, lots: random.Random) -> Lesson:
        """A caption asked for again."""
        about, last = self._about(one, form), wrong(one.scene, form, lots)
        flaws = CONTRACTS[form].flaws(Draft(text=last), Given(text=about.get("text", "")))
        told = "; ".join(flaw.told for flaw in flaws)
        if not told:  # it happens to be right
            return self.write(pair, one, form)
        return self._lesson(pair, CaptionRequest(**about, wrong=told, last=last), right(one.scene, form))

    def check(self, pair: int, one: Shown, text: str) -> Lesson:
        """What `text` is worth beside this picture, on the scale."""
        request = AssessRequest(picture=one.picture, text=text, criterion=CRITERION)
        mark = round(Judged(one.scene, text).value(CRITERION) or 0) or 1
        asked = self._after_picture(render.choose(request).prompt)
        return Lesson(pair=pair, tokens=[*asked, *self._tokens(str(mark))], worth=[0.0] * len(asked) + [1.0])

    def _about(self, one: Shown, form: str) -> dict[str, Any]:
        return self._asked(one.picture, one.scene, form)

    @staticmethod
    def _asked(picture: Picture, scene: Scene, form: str) -> dict[str, Any]:
        given = {"text": scene.alt.text} if CONTRACTS[form].format.sees_text else {}
        return {"picture": picture, "format": form, "version": CONTRACTS[form].format.digest, **given}

    def _lesson(self, pair: int, request: CaptionRequest, wanted: Draft) -> Lesson:
        """What the grammar forces up to the caption is given, cut into tokens where it ends."""
        task = asking.write(request)
        forced = f'{{"id": "{task.nonce}", "caption":'
        said = json.dumps(wanted.text, ensure_ascii=False)
        if request.text:
            parts = [{"text": edit.before, "why": WHY[edit.why]} for edit in wanted.edits]
            said += f', "dropped": {json.dumps(parts, ensure_ascii=False)}'
        given = self._tokens(forced)
        answer = self._tokens(f"{forced} {said}}}")[len(given) :]
        asked = [*self._after_picture(task.prompt), *given]
        return Lesson(pair=pair, tokens=asked + answer, worth=[0.0] * len(asked) + [1.0] * len(answer))

    def _after_picture(self, prompt: Prompt) -> list[int]:
        """A prompt's tokens behind `beginning`, cut up as at run time."""
        made = self._prompting.render(prompt)
        _, _, data = made.prefix.partition(self._place)
        return [*self._tokens(data), *self._feeder.tokens(made.question, after=made.prefix)]

    def _rendered(self, prompt: Prompt) -> str:
        return self._prompting.render(prompt).prefix

    def _tokens(self, text: str) -> list[int]:
        return self._feeder.tokens(text, after="")


def constants() -> tuple[str, ...]:
    """What is the same in every prompt: the system text, each format's question with and without a last answer around
    its number and what was wrong, and the check's.
    """
    one = shown(next(stream(0)), 32)
    found = [render.SYSTEM, str(render.choose(_assess(one)).prompt.user[-1])]
    for form in captions.FORMATS:
        text = one.scene.alt.text if CONTRACTS[form].format.sees_text else ""
        for flaw in ("", "\0"):
            task = asking.write(CaptionRequest(picture=one.picture, format=form, text=text, wrong=flaw, last=flaw))
            question = str(task.prompt.user[-1])
            found += [part for piece in question.split(task.nonce) for part in piece.split("\0")]
    return tuple(dict.fromkeys(part for part in found if part))


def texts() -> tuple[str, ...]:
    """Captions and alt texts of scenes, as prompts and answers have them, for the tokenizer."""
    found: list[str] = []
    for scene, _ in zip(stream(0), range(500), strict=False):
        found += [f" {json.dumps(right(scene, form).text, ensure_ascii=False)}}}" for form in captions.FORMATS]
        found.append(render.prompt(None, scene.alt.text, "").user[0])  # type: ignore[arg-type]
    return tuple(found)


def _assess(one: Shown) -> AssessRequest:
    return AssessRequest(picture=one.picture, text="a cat", criterion=CRITERION)
