"""Train a tiny multimodal model (SigLIP + MLP + Qwen2, AITQE's parts) to write captions of scenes in our formats.

    python -m tools.train_tiny_captioner OUT [--seed 0] [--width 160] [--looking 1500] [--telling 1000] [--at-most N]

The result is an ordinary checkpoint folder for ``--backend transformers``. First its tower learns what each patch
shows, then the whole model short captions, and then captions in the formats ssc, dsc, dsc+ and afc, asked for as
`burnish recaption` asks: the first time, again after a miss, and the check of what was written. After that it says
names just as most alt texts have them, whichever text it is given: so it learns, without pictures, to carry on the
names of the text in front of it, then to do so in captions, and both once more. A stopped training goes on where it
last left its state in OUT (`--at-most N` steps at a time). As in `tools.train_tiny`, what is the same in all our
prompts is one token each. A seed is that of the scenes and their order; all models begin with the same weights.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from burnish.chat.local.loading import load
from burnish.chat.local.options import Options
from burnish.scenes.scene import Scene
from tests import tiny_models
from tools.captioner_lessons import Teacher, constants, right, texts
from tools.captioner_scenes import Shown, named, shown, stream, targets
from tools.captioner_words import PatchWords
from tools.tiny_learning import Learner, aligned, alone, answered, one_thread, stacked
from tools.tiny_lessons import Lesson

SIZE = tiny_models.Size(width=160, layers=4, side_px=192, patch_px=24, vocabulary=2000)
"""8 x 8 patches, 2 to 2.7 across for each cell that scenes are laid out in."""
STEP = {"looking": 24, "telling": 12, "reading": 24, "fusing": 12, "rereading": 24, "settling": 12}
"""What is learnt in turn, and scenes of one step."""
PEAK = 1.5e-3
NAMING_WEIGHT = 0.3
"""Of what patches show while captions are learnt, against 1 for a caption's token."""
ROUND = (("ssc", "dsc"), ("dsc+",), ("afc", "ssc"), ("dsc+", "check"), ("afc",), ("dsc", "again", "check"))
LAST_ROUND = (("afc",), ("dsc+",), ("afc", "ssc"), ("dsc+", "dsc"), ("afc", "again"))
STATE, TOOK = "training.pt", "training.json"
"""What a stopped training goes on from, and what it took so far."""
SAVED_EVERY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large a model, the `peak` of its learning rate, its `seed`, and how many steps it takes: `looking` before it
    says a word, `telling` captions, of which the first `short` share are of the shortest format alone, `reading` names
    without pictures, and `fusing` them into captions; then both once more, `rereading` and `settling`: words are
    carried on soon, figures late.
    """

    size: tiny_models.Size = SIZE
    peak: float = PEAK
    seed: int = 0
    looking: int = 1500
    telling: int = 1000
    reading: int = 200
    fusing: int = 250
    rereading: int = 300
    settling: int = 150
    short: float = 0.2


class Trainer:
    """Holds the model and turns scenes into losses."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        loaded = load(Options(model=str(folder), dtype="fp32", device="cpu"))
        self.model = loaded.model.requires_grad_(requires_grad=True).train()
        self.teacher = Teacher(loaded)
        self.words = PatchWords(loaded.tokenizer, plan.size.width)
        self.lots = random.Random(plan.seed)
        self._across = plan.size.side_px // plan.size.patch_px

    def parameters(self) -> Iterator[torch.nn.Parameter]:
        """Of the model, and of what is thrown away."""
        return chain(self.model.parameters(), self.words.parameters())

    def looking(self, scenes: Sequence[Shown]) -> Tensor:
        """Of the tower, the projector and the words alone."""
        patches = self._patches(scenes)
        return self.words.naming(patches, self.model.get_input_embeddings().weight, self._targets(scenes))

    def seen(self, scenes: Sequence[Shown]) -> dict[str, float]:
        """By kind the share of patches named right."""
        with torch.no_grad():
            patches = self._patches(scenes)
        return self.words.right(patches, self.model.get_input_embeddings().weight, self._targets(scenes))

    def _targets(self, scenes: Sequence[Shown]) -> dict[str, Tensor]:
        each = [targets(one.scene, self._across) for one in scenes]
        return {kind: torch.from_numpy(np.stack([one[kind] for one in each])) for kind in each[0]}

    def _patches(self, scenes: Sequence[Shown]) -> Tensor:
        return stacked(self.model.model.get_image_features(_pixels(scenes)).pooler_output, len(scenes))

    def telling(self, scenes: Sequence[Shown], asked: Sequence[str]) -> tuple[dict[str, Tensor], Tensor]:
        """The mean loss a token of each kind of lesson asked for, and that of what patches show."""
        from transformers import DynamicCache

        ids, mask = aligned([self.teacher.beginning] * len(scenes))
        cache = DynamicCache(config=self.model.config.get_text_config())
        done = self.model.model(
            input_ids=ids,
            pixel_values=_pixels(scenes),
            attention_mask=mask,
            past_key_values=cache,
            use_cache=True,
        )
        patches = stacked(done.image_hidden_states, len(scenes))
        table = self.model.get_input_embeddings().weight
        losses = {}
        for kind in asked:
            lessons = [self._lesson(at, scenes, kind) for at in range(len(scenes))]
            learnt = sum(sum(lesson.worth) for lesson in lessons)
            losses[kind] = answered(self.model, cache, mask, lessons) / learnt
        return losses, self.words.naming(patches, table, self._targets(scenes))

    def reading(self, scenes: Sequence[Scene]) -> Tensor:
        """The mean loss a token of what a fused caption takes from its text and leaves out of it, without pictures."""
        lessons = [self.teacher.read(at, one) for at, one in enumerate(scenes)]
        return alone(self.model, lessons) / sum(sum(lesson.worth) for lesson in lessons)

    def renamed(self, scenes: Sequence[Scene]) -> list[Scene]:
        """The scenes, every other one with an alt text with names in it."""
        return [named(one, self.lots) if at % 2 else one for at, one in enumerate(scenes)]

    def _lesson(self, at: int, scenes: Sequence[Shown], kind: str) -> Lesson:
        one = scenes[at]
        if kind == "again":
            return self.teacher.again(at, one, self.lots.choice(("ssc", "dsc", "dsc+", "afc")), self.lots)
        if kind == "check":
            other = scenes[at - 1] if self.lots.random() < 0.5 else one
            return self.teacher.check(at, one, right(other.scene, self.lots.choice(("ssc", "dsc"))).text)
        return self.teacher.write(at, one, kind)


def _pixels(scenes: Sequence[Shown]) -> Tensor:
    stacked_ = np.stack([one.small for one in scenes]).astype(np.float32)
    return torch.from_numpy(stacked_ / 127.5 - 1.0).permute(0, 3, 1, 2).contiguous()


class Course:
    """What is learnt in which order, and where it goes on after a stop: the same steps either way."""

    def __init__(self, trainer: Trainer, folder: Path, plan: Plan) -> None:
        self._trainer, self._path, self._plan = trainer, folder / STATE, plan
        self._parts = {name: int(getattr(plan, name)) for name in STEP}
        self._learners = {
            name: Learner(trainer.parameters(), number, plan.peak) for name, number in self._parts.items()
        }
        self._done: dict[str, float] = {**dict.fromkeys(STEP, 0), "cpu_s": 0.0}

    def run(self, at_most: int | None = None) -> dict[str, float]:
        """All steps that are left, or the next `at_most`; what was done in all."""
        if self._path.exists():
            self._restore()
        worked, before = time.process_time(), self._done["cpu_s"]
        for name, step, scenes in islice(self._steps(), at_most):
            loss, said = self._loss(name, step, scenes)
            self._learners[name].learn(loss)
            self._done |= {name: step + 1, "cpu_s": before + time.process_time() - worked}
            if step % 25 == 0:
                print(f"{name} {step:5d} {self._done['cpu_s']:6.0f} s {said}", flush=True)
            if step % SAVED_EVERY == SAVED_EVERY - 1:
                print(self._trainer.seen(self._drawn(scenes)), flush=True)
                self._save()
        self._save()
        return self._took()

    def _steps(self) -> Iterator[tuple[str, int, list[Scene]]]:
        first = int(sum(self._done[name] * size for name, size in STEP.items()))
        scenes = stream(self._plan.seed, first)
        for name, size in STEP.items():
            for step in range(int(self._done[name]), self._parts[name]):
                yield name, step, list(islice(scenes, size))

    def _loss(self, name: str, step: int, scenes: Sequence[Scene]) -> tuple[Tensor, str]:
        if name == "looking":
            loss = self._trainer.looking(self._drawn(scenes))
            return loss, f"{float(loss.detach()):.3f}"
        if name in {"reading", "rereading"}:
            loss = self._trainer.reading([named(one, self._trainer.lots) for one in scenes])
            return loss, f"{float(loss.detach()):.3f}"
        drawn = self._drawn(scenes if name == "telling" else self._trainer.renamed(scenes))
        losses, seen = self._trainer.telling(drawn, self._asked(name, step))
        said = {kind: round(float(loss.detach()), 3) for kind, loss in losses.items()}
        whole = torch.stack(list(losses.values())).sum() + NAMING_WEIGHT * seen
        return whole, f"{said} seen {float(seen.detach()):.3f}"

    def _asked(self, name: str, step: int) -> Sequence[str]:
        if name in {"fusing", "settling"}:
            return LAST_ROUND[step % len(LAST_ROUND)]
        late = step - int(self._plan.short * self._plan.telling)
        return ROUND[late % len(ROUND)] if late >= 0 else ("ssc",)

    def _drawn(self, scenes: Sequence[Scene]) -> list[Shown]:
        return [shown(scene, self._plan.size.side_px) for scene in scenes]

    def _save(self) -> None:
        """Weights and all else that goes on from here; the folder can be used as a model from now on."""
        trainer = self._trainer
        state = {
            "done": self._done,
            "model": trainer.model.state_dict(),
            "words": trainer.words.state_dict(),
            "learners": {name: learner.state() for name, learner in self._learners.items()},
            "lots": trainer.lots.getstate(),
        }
        part = self._path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self._path)
        trainer.model.save_pretrained(self._path.parent)
        self._path.with_name(TOOK).write_text(json.dumps(self._took()) + "\n", encoding="utf-8")

    def _took(self) -> dict[str, float]:
        planned = {f"{name} planned": steps for name, steps in self._parts.items()}
        return {"seed": self._plan.seed} | {name: round(value, 1) for name, value in self._done.items()} | planned

    def _restore(self) -> None:
        state = torch.load(self._path, weights_only=True)
        self._done = state["done"]
        self._trainer.model.load_state_dict(state["model"])
        self._trainer.words.load_state_dict(state["words"])
        self._trainer.lots.setstate(_as_tuple(state["lots"]))
        for name, learner in self._learners.items():
            learner.restore(state["learners"][name])


def _as_tuple(value: Any) -> Any:
    return tuple(map(_as_tuple, value)) if isinstance(value, list | tuple) else value


def train(folder: Path, plan: Plan, at_most: int | None = None) -> dict[str, float]:
    """Make and train a model in `folder`, or go on with it, for `at_most` so many steps; what it took in all."""
    torch.manual_seed(plan.seed)
    if not (folder / STATE).exists():
        tiny_models.siglip_qwen2(folder, extra=texts(), whole=constants(), size=plan.size)
    trainer = Trainer(folder, plan)
    with one_thread():
        return Course(trainer, folder, plan).run(at_most)


def main() -> None:
    """Train into the folder given."""
    usual = Plan()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument(
        "--width", type=int, default=SIZE.width, help="of tower and decoder; 384 makes 11 million weights"
    )
    parser.add_argument("--peak", type=float, default=usual.peak, help="of the learning rate; wider models take less")
    for name in STEP:
        parser.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    parser.add_argument("--at-most", type=int, help="steps of all kinds now; the same command goes on later")
    given = parser.parse_args()
    size = replace(SIZE, width=given.width)
    plan = Plan(size=size, peak=given.peak, seed=given.seed, **{name: getattr(given, name) for name in STEP})
    print(json.dumps(train(given.folder, plan, given.at_most)))


if __name__ == "__main__":
    main()
