"""What a tiny enhancer learns before it sees a picture: to give back a text, and to leave out what no picture is asked.

    python -m tools.enhancer_reading BASE OUT [--steps 300] [--seed 0] [--at-most N] [--without-kin]

A text stands in our prompts with `MARK` between its words, so a word that is read ("cars") is not the token of the one
that is written (" cars"). In a model that has read the web the two are neighbours; in a captioner of scenes the first
is a vector that was hardly ever used, and fine-tuning on few samples never finds out which words belong together. So
each begins beside its neighbour (`kin`), and then giving texts back is taught without pictures, at half the work: the
request is the one of run time, cut off before its picture. Texts whose mending needs the picture (swapped, partly true,
a file's name) are left for later. It prints the mean loss a token, and how many held-out texts come back; BASE as
`tools.train_tiny_enhancer` makes it.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import torch

from burnish.chat import render
from burnish.chat.local.loading import Loaded, load
from burnish.chat.local.options import Options
from burnish.chat.local.prompting import Prompting
from burnish.chat.local.rows import Feeder
from burnish.scenes import compose
from burnish.values import Budget, Picture, RewriteRequest
from tools.tiny_learning import Learner, alone, one_thread
from tools.tiny_lessons import Lesson

FIRST_SEED = 610_000
"""Of the scenes that texts are taken from; those of measurements are far below."""
STEPS, BATCH, PEAK = 300, 16, 2e-3
ALIKE = ("clean", "seo", "boilerplate", "truncated")
"""Kinds of alt texts that say how they are to be mended."""
TOLD, TOLD_SEED = 100, 83
"""Texts of other scenes that a finished model is to give back."""
MOST_WORDS = 12
SPACE = "\u0120"
"""How byte-level tokenizers spell a space before a word."""
APART = 0.5
"""How far words with and without a space lie apart at first, of the length of their vectors."""
STATE = "reading.pt"
SAVED_EVERY = 50


def texts(seed: int) -> Iterator[tuple[str, str]]:
    """Texts, each with what it should become; without end."""
    lots = random.Random(f"enhancer reads {seed}")
    number = 0
    while True:
        alt = compose.scene(FIRST_SEED + seed, number, lots.choice((0.0, 1.0))).alt
        number += 1
        if alt.kind in ALIKE:
            yield alt.text, alt.repaired


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long is read, at which learning rate at most, and what: `more` are texts of other kinds, without end, in
    turns with those of scenes.
    """

    steps: int = STEPS
    peak: float = PEAK
    seed: int = 0
    with_kin: bool = True
    more: Sequence[Iterator[tuple[str, str]]] = ()


def alternating(*streams: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """One of each in turn, without end."""
    for stream in cycle(streams):
        yield next(stream)


class Reader:
    """Makes lessons of texts for one model."""

    def __init__(self, loaded: Loaded) -> None:
        self._feeder, self._prompting = Feeder(loaded), Prompting(loaded.processor)
        self._place = loaded.processor.image_token
        self._dot = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")

    def lesson(self, at: int, given: str, wanted: str, new_words: int) -> Lesson:
        """The rewrite of `given`; what its grammar forces is given, not learnt."""
        budget = Budget(max_changed=1.0, max_inserted=new_words)
        task = render.write(RewriteRequest(picture=self._dot, text=given, budget=budget))
        made = self._prompting.render(task.prompt)
        _, _, data = made.prefix.partition(self._place)
        forced = f'{{"id": "{task.nonce}", "caption":'
        began = self._tokens(forced)
        answer = self._tokens(f"{forced} {json.dumps(wanted, ensure_ascii=False)}}}")[len(began) :]
        asked = [*self._tokens(data), *self._feeder.tokens(made.question, after=made.prefix), *began]
        return Lesson(pair=at, tokens=asked + answer, worth=[0.0] * len(asked) + [1.0] * len(answer))

    def _tokens(self, text: str) -> list[int]:
        return self._feeder.tokens(text, after="")


def kin(loaded: Loaded) -> int:
    """Give each word without a space before it the vector of the same word with one, and on it what all such words have
    in common, drawn by lot; of how many words.
    """
    vocabulary = loaded.tokenizer.get_vocab()
    table = loaded.model.get_input_embeddings().weight
    # the library's order is another in each process, and so would be the last bits of a mean
    words = sorted(word for word in vocabulary if f"{SPACE}{word}" in vocabulary)
    pairs = [(vocabulary[word], vocabulary[f"{SPACE}{word}"]) for word in words]
    bare, spaced = (torch.tensor(side) for side in zip(*pairs, strict=True))
    with torch.no_grad():
        apart = torch.randn(table.shape[1])
        table[bare] = table[spaced] + APART * table[spaced].norm(dim=1).mean() * apart / apart.norm()
    return len(pairs)


class Course:
    """The lessons in their order, and where they go on after a stop: the same steps either way."""

    def __init__(self, base: Path, output: Path, plan: Plan) -> None:
        self._loaded = load(Options(model=str(base), dtype="fp32", device="cpu"))
        if plan.with_kin:
            kin(self._loaded)
        self._model = self._loaded.model.requires_grad_(requires_grad=True).train()
        self._reader, self._learner = Reader(self._loaded), Learner(self._model.parameters(), plan.steps, plan.peak)
        self._path, self._steps, self._done = output / STATE, plan.steps, 0
        self._rows = alternating(texts(plan.seed), *plan.more)

    def run(self, at_most: int | None = None) -> bool:
        """All steps that are left, or the next `at_most`; whether none is left and the folder is a checkpoint."""
        self._restore()
        rows = islice(self._rows, self._done * BATCH, None)
        for step in islice(range(self._done, self._steps), at_most):
            lessons = [
                self._reader.lesson(at, given, wanted, (step * BATCH + at) % MOST_WORDS + 1)
                for at, (given, wanted) in enumerate(islice(rows, BATCH))
            ]
            loss = alone(self._model, lessons) / sum(sum(lesson.worth) for lesson in lessons)
            self._learner.learn(loss)
            self._done = step + 1
            if step % 25 == 0:
                print(f"reading {step:5d} {float(loss.detach()):.3f}", flush=True)
            if self._done % SAVED_EVERY == 0:
                self._save()
        self._save()
        whole = self._done >= self._steps
        if whole:
            self._loaded.model.save_pretrained(self._path.parent)
            self._loaded.processor.save_pretrained(self._path.parent)
        return whole

    def _restore(self) -> None:
        if self._path.exists():
            state = torch.load(self._path, weights_only=True)
            self._model.load_state_dict(state["model"])
            self._learner.restore(state["learner"])
            self._done = state["done"]

    def _save(self) -> None:
        part = self._path.with_suffix(".part")
        torch.save({"done": self._done, "model": self._model.state_dict(), "learner": self._learner.state()}, part)
        part.replace(self._path)


def steps_read(folder: Path) -> int:
    """How many steps the model in `folder` has read."""
    path = folder / STATE
    return int(torch.load(path, weights_only=True)["done"]) if path.exists() else 0


def read(base: Path, output: Path, plan: Plan, at_most: int | None = None) -> bool:
    """Make `output` the model of `base` after the plan's steps of reading, or go on with it for `at_most` so many;
    whether it is whole.
    """
    if (output / "config.json").exists():
        return True
    output.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    with one_thread():
        return Course(base, output, plan).run(at_most)


def right(folder: Path, count: int, seed: int) -> dict[str, float]:
    """Of `count` texts of other scenes: the share of tokens that the model in `folder` would write next, given all
    before it, and of texts of which that holds for every token.
    """
    loaded = load(Options(model=str(folder), dtype="fp32", device="cpu"))
    reader, shares = Reader(loaded), []
    for given, wanted in islice(texts(seed - FIRST_SEED), count):
        lesson = reader.lesson(0, given, wanted, MOST_WORDS // 2)
        ids, learnt = torch.tensor([lesson.tokens]), torch.tensor(lesson.worth[1:]) > 0
        with torch.no_grad():
            said = loaded.model(input_ids=ids).logits[0, :-1].argmax(-1)
        shares.append(float((said == ids[0, 1:])[learnt].float().mean()))
    return {
        "n": count,
        "tokens": round(sum(shares) / count, 4),
        "texts": round(sum(share == 1.0 for share in shares) / count, 4),
    }


def main() -> None:
    """Read into the folder given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--at-most", type=int, help="steps now; the same command goes on later")
    parser.add_argument("--without-kin", action="store_true")
    given = parser.parse_args()
    plan = Plan(steps=given.steps, seed=given.seed, with_kin=not given.without_kin)
    if read(given.base, given.output, plan, given.at_most):
        with one_thread():
            print(json.dumps(right(given.output, TOLD, TOLD_SEED)))


if __name__ == "__main__":
    main()
