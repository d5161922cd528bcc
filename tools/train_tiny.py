"""Train a tiny multimodal model (SigLIP + MLP + Qwen2, AITQE's parts) on generated scenes with our own prompts.

    OMP_NUM_THREADS=1 python -m tools.train_tiny OUT [--steps 1200] [--seed 0]

The result is an ordinary checkpoint folder for ``--backend transformers``. It has learnt three things: each
criterion's answer, the rewrite, and the joint answer that benchmarks/score_first.py compares with. Picture and caption
are computed once a pair and shared by its questions, as when the model is used. Its tokenizer has the long constant
pieces of our prompts as one token each: spelled out they would be nine tenths of the work, the same in every row.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from benchmarks import joint_answer
from benchmarks.scenes import CRITERIA, Scene, scene, trained_on
from tests import tiny_models
from torch import Tensor
from torch.nn import functional

from burnish.chat import render
from burnish.chat.local.loading import load
from burnish.chat.local.options import Options
from burnish.chat.local.prompting import Prompting
from burnish.chat.local.rows import Feeder
from burnish.chat.marking import marked
from burnish.values import AssessRequest, Budget, RewriteRequest

STEPS, NAMING = 1200, 200
ROUND = ("questions", "matching", "questions", "names", "joint", "matching")
PAIRS, QUESTIONS = 24, 2
WIDTH, LAYERS = 96, 3
PEAK = 2e-3
BUDGET = Budget(max_changed=1.0, max_inserted=8)
NAMED_PAIRS = 32
JOINT_PAIRS = 8
SAVED_EVERY = 100
IGNORED = -100
CAPTION_WEIGHT = 0.5
"""Of the loss on right captions, beside that on answers."""
MATCHING = ("image_text_matching", "object_detail", "overall")
MIXED = ("write", "write", *CRITERIA[:4], *CRITERIA[:4], *CRITERIA[4:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One question about one pair of the batch: its tokens, and the label of each (IGNORED but on the answer)."""

    pair: int
    tokens: list[int]
    labels: list[int]


class Trainer:
    """Holds the model and turns scenes into batches."""

    def __init__(self, folder: Path, seed: int) -> None:
        loaded = load(Options(model=str(folder), dtype="fp32", device="cpu"))
        self.model = loaded.model.requires_grad_(requires_grad=True).train()
        self.tokenizer = loaded.tokenizer
        self._feeder = Feeder(loaded)
        self._draw = random.Random(seed)
        self._image = self.model.config.image_token_index
        shown = Prompting(loaded.processor).render(render.choose(_assess(scene(0), CRITERIA[0])).prompt)
        token = loaded.processor.image_token
        before, _, after = shown.prefix.replace(token, token * self.model.config.image_seq_length).partition(
            marked(scene(0).text)
        )
        self._around = before, after
        self._turn = shown.question.removeprefix(_question(scene(0), CRITERIA[0]))
        self._questions = {name: self._asked(_question(scene(0), name)) for name in CRITERIA}
        self._joint = self._asked(joint_answer.QUESTION)

    def loss(self, scenes: Sequence[Scene], what: str) -> tuple[Tensor, Tensor]:
        """Of the answers ("questions" or "joint"; none while "names" are learnt), and of the captions."""
        from transformers import DynamicCache

        before, after = self._around
        ids, mask = _aligned([self._feeder.tokens(before + marked(one.text) + after, after="") for one in scenes])
        cache = DynamicCache(config=self.model.config.get_text_config())
        seen = self.model.model(
            input_ids=ids,
            pixel_values=_pixels(scenes),
            attention_mask=mask,
            position_ids=(mask.cumsum(-1) - 1).clamp(min=0),
            past_key_values=cache,
            use_cache=True,
        ).last_hidden_state
        after_image = (ids == self._image).flip(-1).cumsum(-1).flip(-1) == 0
        right = torch.tensor([[one.good] for one in scenes])  # a wrong caption would teach wrong names
        told = self._said(seen, torch.where((mask == 1) & after_image & right, ids, IGNORED))
        if what == "names":
            return torch.zeros(()), told
        lessons = [lesson for at, one in enumerate(scenes) for lesson in self._lessons(at, one, what)]
        cache.batch_select_indices(torch.tensor([lesson.pair for lesson in lessons]))
        return self._answered(cache, mask, lessons), told

    def _answered(self, cache: Any, mask: Tensor, lessons: Sequence[Lesson]) -> Tensor:
        before = mask[[lesson.pair for lesson in lessons]]
        ids, fresh = _aligned([lesson.tokens for lesson in lessons])
        labels, _ = _aligned([lesson.labels for lesson in lessons], fill=IGNORED)
        whole = torch.cat([before, fresh], dim=1)
        done = self.model.model(
            input_ids=ids,
            attention_mask=whole,
            position_ids=(whole.cumsum(-1) - 1).clamp(min=0)[:, before.shape[1] :],
            past_key_values=cache,
            use_cache=True,
        ).last_hidden_state
        return self._said(done, labels)

    def _said(self, hidden: Tensor, labels: Tensor) -> Tensor:
        kept = labels[:, 1:] != IGNORED
        return functional.cross_entropy(self.model.lm_head(hidden[:, :-1][kept]), labels[:, 1:][kept])

    def _lessons(self, at: int, one: Scene, what: str) -> list[Lesson]:
        if what == "joint":
            return [self._lesson(at, self._joint, joint_answer.answer(one))]
        asked = self._draw.sample(MATCHING if what == "matching" else MIXED, QUESTIONS)
        made = []
        for name in asked:
            if name == "write":
                task = render.write(RewriteRequest(picture=one.picture, text=one.text, budget=BUDGET))
                start = f'{{"id": "{task.nonce}", "caption": '
                question = self._asked(str(task.prompt.user[-1]), start)
                made.append(self._lesson(at, question, json.dumps(one.wanted) + "}"))
            else:
                made.append(self._lesson(at, self._questions[name], str(one.marks[name])))
        return made

    def _asked(self, question: str, start: str = "") -> list[int]:
        return self._feeder.tokens(question + self._turn + start, after="")

    def _lesson(self, at: int, question: list[int], answer: str) -> Lesson:
        said = [*self._feeder.tokens(answer, after=""), self.tokenizer.eos_token_id]
        return Lesson(pair=at, tokens=question + said, labels=[IGNORED] * len(question) + said)


def _question(one: Scene, criterion: str) -> str:
    return str(render.choose(_assess(one, criterion)).prompt.user[-1])


def _assess(one: Scene, criterion: str) -> AssessRequest:
    return AssessRequest(picture=one.picture, text=one.text, criterion=criterion)


def _pixels(scenes: Sequence[Scene]) -> Tensor:
    """As the SigLIP processor makes them at the model's own size."""
    stacked = np.stack([one.picture.rgb for one in scenes]).astype(np.float32)
    return torch.from_numpy(stacked / 127.5 - 1.0).permute(0, 3, 1, 2).contiguous()


def _aligned(rows: Sequence[Sequence[int]], fill: int = 0) -> tuple[Tensor, Tensor]:
    width = max(map(len, rows))
    ids = torch.tensor([[fill] * (width - len(row)) + list(row) for row in rows])
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
    return ids, mask


def words() -> tuple[str, ...]:
    """What the tokenizer learns beside the sample's captions and the prompts: captions and joint answers of scenes."""
    scenes = [scene(2 * n) for n in range(400)]
    answers = [joint_answer.answer(one) for one in scenes[:100]]
    return (*(marked(one.text) for one in scenes), *(one.wanted for one in scenes), *answers)


def rate(step: int, steps: int) -> float:
    """Learning rate: a short rise, then half a cosine down to nothing."""
    return PEAK * min(1.0, (step + 1) / 50) * 0.5 * (1 + math.cos(math.pi * step / steps))


def lesson_of(step: int, seed: int) -> tuple[list[Scene], str]:
    """The scenes of a step, and what is learnt from them: at first mostly what things are called, then all in turn
    (what is left out for long is forgotten).
    """
    what = ROUND[step % len(ROUND)] if step >= NAMING or step % 5 == 0 else "names"
    if what == "names":
        return [_full(one) for one in trained_on(step, NAMED_PAIRS, seed, ("good",))], what
    if what == "matching":
        scenes = trained_on(step, NAMED_PAIRS, seed, ("good", "wrong_object", "wrong_colour"))
        return [_full(one) for one in scenes], what
    return trained_on(step, JOINT_PAIRS if what == "joint" else PAIRS, seed), what


def _full(one: Scene) -> Scene:
    """With the longest form of its caption, right or wrong."""
    return replace(one, text=one.said)


def train(folder: Path, *, seed: int, steps: int = STEPS) -> dict[str, float]:
    """Make and train a model in `folder`; what it took."""
    torch.manual_seed(seed)
    tiny_models.siglip_qwen2(folder, extra=words(), whole=(joint_answer.QUESTION,), width=WIDTH, layers=LAYERS)
    trainer = Trainer(folder, seed)
    learner = torch.optim.AdamW(trainer.model.parameters(), lr=PEAK, weight_decay=0.01, betas=(0.9, 0.98))
    begun, worked = time.perf_counter(), time.process_time()
    for step in range(steps):
        scenes, what = lesson_of(step, seed)
        for group in learner.param_groups:
            group["lr"] = rate(step, steps)
        answered, told = trainer.loss(scenes, what)
        learner.zero_grad()
        (answered + (1.0 if what == "names" else CAPTION_WEIGHT) * told).backward()
        torch.nn.utils.clip_grad_norm_(trainer.model.parameters(), 1.0)
        learner.step()
        if step % 25 == 0:
            spent = time.perf_counter() - begun
            print(f"{step:5d} {what:9s} answers {float(answered.detach()):.3f}  captions {float(told.detach()):.3f}  "
                  f"{spent:.0f} s", flush=True)  # fmt: skip
        if step % SAVED_EVERY == SAVED_EVERY - 1 or step == steps - 1:
            copy.deepcopy(trainer.model).eval().to(torch.float16).save_pretrained(folder)
    took = {"cpu_s": time.process_time() - worked, "wall_s": time.perf_counter() - begun}
    return {"steps": steps, "seed": seed} | {name: round(value, 1) for name, value in took.items()}


def main() -> None:
    """Train into the folder given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(json.dumps(train(given.folder, seed=given.seed, steps=given.steps)))


if __name__ == "__main__":
    main()
