"""Train a tiny multimodal model (SigLIP + MLP + Qwen2, AITQE's parts) on generated scenes with our own prompts.

    python -m tools.train_tiny OUT [--steps 800] [--seed 0] [--without-words]

The result is an ordinary checkpoint folder for ``--backend transformers``. First its tower learns what things are
called, then the whole model each criterion's answer, the rewrite, and the joint answer that benchmarks/score_first.py
compares with. Picture and caption are computed once a pair and shared by its questions, as when the model is used. Its
tokenizer has what is the same in all our prompts as single tokens: spelled out it would be nine tenths of the work.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.scenes import Scene, trained_on
from burnish.chat.local.loading import load
from burnish.chat.local.options import Options
from tests import tiny_models
from tools.tiny_learning import Learner, aligned, answered, one_thread, stacked
from tools.tiny_lessons import Lesson, Teacher, constants, texts
from tools.tiny_words import Words

NAMING, STEPS = 400, 800
ROUND = ("choose", "write", "choose", "joint")
WHOLE = 4
"""One joint lesson in so many is the whole answer."""
KINDS = ("good",) * 4 + ("wrong_object", "wrong_colour") * 2 + ("advert", "file_name")
"""What needs the picture more often than what the text alone tells."""
NAMED, PAIRS = 64, 32
"""Scenes of one step."""
APART = 50_000
"""Steps of naming count from here, so that they have scenes of their own."""
WIDTH, LAYERS = 96, 3
PEAK = 2e-3
NAMING_WEIGHT = 0.3
"""Of naming while all is learnt, against 1 for an answer's digit and for the words of a caption."""


class Trainer:
    """Holds the model and turns scenes into losses."""

    def __init__(self, folder: Path) -> None:
        loaded = load(Options(model=str(folder), dtype="fp32", device="cpu"))
        self.model = loaded.model.requires_grad_(requires_grad=True).train()
        self.teacher = Teacher(loaded)
        self.words = Words(loaded.tokenizer, WIDTH)

    def naming(self, scenes: Sequence[Scene]) -> Tensor:
        """Of the tower, the projector and the words alone."""
        return self._named(self.model.model.get_image_features(_pixels(scenes)).pooler_output, scenes)

    def answering(self, scenes: Sequence[Scene], asked: str, *, whole: bool) -> tuple[Tensor, Tensor]:
        """Of the answers (a lesson's on average), and of the words on the way there."""
        from transformers import DynamicCache

        ids, mask = aligned([self.teacher.prefix(one) for one in scenes])
        cache = DynamicCache(config=self.model.config.get_text_config())
        done = self.model.model(
            input_ids=ids,
            pixel_values=_pixels(scenes),
            attention_mask=mask,
            position_ids=(mask.cumsum(-1) - 1).clamp(min=0),
            past_key_values=cache,
            use_cache=True,
        )
        words = self.words.checking(done.last_hidden_state, ids, scenes)
        words = words + NAMING_WEIGHT * self._named(done.image_hidden_states, scenes)
        lessons = [lesson for at, one in enumerate(scenes) for lesson in self._lessons(at, one, asked, whole=whole)]
        return answered(self.model, cache, mask, lessons) / len(lessons), words

    def _named(self, patches: Any, scenes: Sequence[Scene]) -> Tensor:
        table = self.model.get_input_embeddings().weight
        return self.words.naming(stacked(patches, len(scenes)), table, scenes)

    def _lessons(self, at: int, one: Scene, asked: str, *, whole: bool) -> list[Lesson]:
        if asked == "choose":
            return self.teacher.choose(at, one)
        return [self.teacher.write(at, one) if asked == "write" else self.teacher.joint(at, one, whole=whole)]


def _pixels(scenes: Sequence[Scene]) -> Tensor:
    """As the SigLIP processor makes them at the model's own size."""
    stacked = np.stack([one.picture.rgb for one in scenes]).astype(np.float32)
    return torch.from_numpy(stacked / 127.5 - 1.0).permute(0, 3, 1, 2).contiguous()


def train(
    folder: Path, *, seed: int, steps: int = STEPS, naming: int = NAMING, with_words: bool = True
) -> dict[str, float]:
    """Make and train a model in `folder`; what it took. Without words only the answers are learnt from."""
    torch.manual_seed(seed)
    size = tiny_models.Size(width=WIDTH, layers=LAYERS)
    tiny_models.siglip_qwen2(folder, extra=texts(), whole=constants(), size=size)
    trainer = Trainer(folder)
    begun, worked = time.perf_counter(), time.process_time()
    with one_thread():
        if with_words:
            _learn_names(trainer, seed, naming)
        _learn_answers(trainer, seed, steps, with_words=with_words)
    trainer.model.eval().to(torch.float16).save_pretrained(folder)
    took = {"cpu_s": time.process_time() - worked, "wall_s": time.perf_counter() - begun}
    return {"naming": naming, "steps": steps, "seed": seed} | {name: round(value, 1) for name, value in took.items()}


def _learn_names(trainer: Trainer, seed: int, steps: int) -> None:
    learner = Learner(trainer.model.parameters(), steps, PEAK)
    for step in range(steps):
        loss = trainer.naming(trained_on(APART + step, NAMED, seed))
        learner.learn(loss)
        if step % 100 == 99:
            print(f"naming {step + 1:5d}: {float(loss.detach()):.3f}", flush=True)


def _learn_answers(trainer: Trainer, seed: int, steps: int, *, with_words: bool) -> None:
    learner = Learner(chain(trainer.model.parameters(), trainer.words.probe.parameters()), steps, PEAK)
    for step in range(steps):
        turn, asked = step // len(ROUND), ROUND[step % len(ROUND)]
        answers, words = trainer.answering(trained_on(step, PAIRS, seed, KINDS), asked, whole=turn % WHOLE == 0)
        learner.learn(answers + words if with_words else answers)
        if step % 100 < len(ROUND):
            print(f"{asked:6s} {step + 1:5d}: answers {float(answers.detach()):.3f}, words {float(words.detach()):.3f}",
                  flush=True)  # fmt: skip


def main() -> None:
    """Train into the folder given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without-words", action="store_true", help="learn from answers alone, to see what that gives")
    given = parser.parse_args()
    print(json.dumps(train(given.folder, seed=given.seed, steps=given.steps, with_words=not given.without_words)))


if __name__ == "__main__":
    main()
