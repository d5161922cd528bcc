"""Train a tiny enhancer the way a user would: base, scenes, `burnish negatives`, `burnish train enhancer`.

    python -m tools.train_tiny_captioner CAPTIONER --seed 0     # once; see there
    python -m tools.train_tiny_enhancer CAPTIONER WORK [--pairs 400] [--reading 300] [--steps 200] [--seed 0]
                                                       [--clipart DIR --titles 800]

The captioner (SigLIP + projector + Qwen2, 2.3 million parameters) stands for a pre-trained model: it sees a little and
writes a little, and knows next to nothing of judging. Its vocabulary gets our questions as tokens of their own, as in
`tools.train_tiny`, so that a prompt is a hundred tokens and not a thousand (WORK/base). Before it sees a picture beside
a text it learns to give texts back (`tools.enhancer_reading`, WORK/reader). With `--clipart` (a folder of Debian's
openclipart-svg) real titles are read in turns with those of scenes, and their samples join the others
(`tools.enhancer_titles`). WORK/model is an ordinary checkpoint folder
for ``--backend transformers``; every part can be stopped, and the same command goes on.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from burnish.chat import render
from burnish.chat.local.loading import load
from burnish.chat.local.options import Options
from burnish.values import AssessRequest, Budget, Picture, RewriteRequest
from tools import enhancer_reading, enhancer_titles

CRITERIA = ("overall", "text_quality", "image_text_matching")
"""Whose questions are tokens: what `burnish negatives` teaches of its own accord."""
TAUGHT = "overall"
"""What a model this small has the time for beside rewriting."""
FIRST_SEED = 600_000
"""Of the scenes to learn from; those of measurements are far below."""
RULES = "attribute,count,entity,leading,near,object,ocr,relation,truncation,word_order"
ORACLE = "oracle"
TITLE_RULES = "attribute,count,entity,near,object,truncation,word_order"
"""Titles of three words have little else to get wrong; a sign that is not there would be most of what is made."""
SIDE_PX = 192
"""Of the picture that the base's tower takes."""
RATE = 1e-3
"""The highest learning rate of the fine-tuning; reading, which goes before it, takes twice that."""
SETTINGS = ("batch=16", "warmup=0.05", "device=cpu", "save_every=50", f"side_px={SIDE_PX}", "held_out=200")
"""Of the fine-tuning, beside that."""


def base(captioner: Path, output: Path) -> None:
    """The captioner with our questions as tokens; their embeddings are drawn around the mean of the others."""
    if (output / "config.json").exists():
        return
    loaded = load(Options(model=str(captioner), device="cpu"))
    words = loaded.tokenizer
    words.add_tokens([text for text in questions() if len(words(text, add_special_tokens=False)["input_ids"]) > 1])
    torch.manual_seed(0)
    loaded.model.resize_token_embeddings(len(words))
    loaded.model.save_pretrained(output)
    loaded.processor.save_pretrained(output)


def questions() -> list[str]:
    """What is the same in every prompt: each criterion's question, and of the rewrite's what stands around its numbers
    and its nonce.
    """
    dot = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")
    asked = [render.choose(AssessRequest(picture=dot, text="a", criterion=name)).prompt for name in CRITERIA]
    found = [str(prompt.user[-1]) for prompt in asked]
    task = render.write(RewriteRequest(picture=dot, text="a", budget=Budget(max_changed=1.0, max_inserted=3)))
    first, _, last = str(task.prompt.user[-1]).partition("\n")
    return [
        *found,
        *re.split(r"[0-9]+", first),
        *(f"\n{part}" if not at else part for at, part in enumerate(last.split(task.nonce))),
    ]


def scenes(output: Path, pairs: int, seed: int) -> None:
    """Scenes to learn from."""
    if not output.exists():
        burnish("scenes", "-o", output, "--pairs", pairs, "--seed", FIRST_SEED + seed)


def negatives(source: Path, output: Path, ways: str, *more: object, knows: str = ORACLE) -> None:
    """Samples of them, judged by the backend that `knows` the truth; a bad caption's rewrite comes from there too."""
    roles = ("backend", "teacher") if knows == ORACLE else ("backend",)
    named = [part for role in roles for part in (f"--{role}", knows, f"--set={role}_options.truth={source}")]
    burnish("negatives", source, "-o", output, "--ways", ways, "--workers", 1, *named, *more)


def samples(work: Path, pairs: int, seed: int, clipart: Path | None, titles: int) -> Path:
    """Of scenes, and of clip art if there is any."""
    taught = f"--set=criteria={TAUGHT}"
    scenes(work / "scenes", pairs, seed)
    negatives(work / "scenes", work / "samples", RULES, taught)
    if clipart is None:
        return work / "samples"
    enhancer_titles.write(clipart, work / "titles", titles, seed)
    known = "tools.enhancer_titles:truth"
    negatives(work / "titles", work / "title_samples", TITLE_RULES, taught, "--balance", "none", knows=known)
    enhancer_titles.joined({"scenes": work / "samples", "titles": work / "title_samples"}, work / "all_samples")
    return work / "all_samples"


def tune(samples: Path, output: Path, base: Path, *more: object) -> None:
    """The fine-tuning, or what is left of it."""
    settings = [f"--set={one}" for one in SETTINGS]
    burnish("train", "enhancer", samples, "-o", output, "--base", base, *settings, *more)


def burnish(*arguments: object) -> None:
    """One of our commands."""
    subprocess.run([sys.executable, "-m", "burnish", *map(str, arguments)], check=True, stdout=sys.stderr)  # noqa: S603 - our own commands


def main(given: Sequence[str] | None = None) -> None:
    """Train into the folder given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captioner", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument(
        "--reading", type=int, default=enhancer_reading.STEPS, help="steps of texts without pictures; 0: none"
    )
    parser.add_argument("--steps", type=int, default=200, help="steps of the fine-tuning on samples")
    parser.add_argument("--rate", type=float, default=RATE, help="of learning; wider models take less")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--clipart", type=Path, help="learn from real titles too")
    parser.add_argument("--titles", type=int, default=800, help="drawings of it that samples are made of")
    said: Any = parser.parse_args(given)
    work: Path = said.work
    work.mkdir(parents=True, exist_ok=True)
    base(said.captioner, work / "base")
    began = "base"
    if said.reading:
        titles = () if said.clipart is None else (enhancer_titles.texts(said.clipart, said.seed),)
        plan = enhancer_reading.Plan(steps=said.reading, peak=2 * said.rate, seed=said.seed, more=titles)
        enhancer_reading.read(work / "base", work / "reader", plan)
        began = "reader"
    made = samples(work, said.pairs, said.seed, said.clipart, said.titles)
    more = ("--steps", said.steps, "--seed", said.seed, "--set=tower=true", f"--set=rate={said.rate:g}")
    tune(made, work / "model", work / began, *more)


if __name__ == "__main__":
    main()
