"""Chat samples as `burnish negatives` writes them, made here from scenes through the prompts of the backends."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from burnish.chat import Prompt, Write, joint, render
from burnish.scenes import compose, draw
from burnish.scenes.judging import Judged
from burnish.scenes.scene import Scene
from burnish.values import AssessRequest, Budget, JointRequest, Picture, RewriteRequest

BUDGET = Budget(max_changed=1.0, max_inserted=8)
SIDE_PX = 64


def write(folder: Path, pairs: int = 8, held_out: int = 2, *, criteria: tuple[str, ...] = ("overall",)) -> Path:
    """A folder of samples about `pairs` scenes to learn from and `held_out` others."""
    (folder / "images").mkdir(parents=True)
    with (folder / "samples.jsonl").open("w", encoding="utf-8") as file:
        for number in range(pairs + held_out):
            scene = compose.scene(5, number, 0.5)
            image = draw.draw(scene).resize((SIDE_PX, SIDE_PX))
            name = f"images/{number:05d}.png"
            image.save(folder / name)
            for line in _lines(scene, image, criteria):
                split = "train" if number < pairs else "held_out"
                file.write(json.dumps({**line, "key": str(number), "image": name, "split": split}) + "\n")
    return folder


def _lines(scene: Scene, image: Image.Image, criteria: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    rgb = np.asarray(image.convert("RGB"))
    picture = Picture(rgb=rgb, width=image.width, height=image.height, format="PNG", mode="RGB")
    text, judged = scene.alt.text, Judged(scene, scene.alt.text)
    for criterion in criteria:
        mark = judged.value(criterion)
        if mark is not None:
            asked = render.choose(AssessRequest(picture=picture, text=text, criterion=criterion)).prompt
            yield line(asked, str(round(mark)), task="assess", criterion=criterion, score=mark)
    task = render.write(RewriteRequest(picture=picture, text=text, budget=BUDGET))
    yield line(task.prompt, answer(task, scene.alt.repaired), task="rewrite")
    whole = joint.write(JointRequest(picture=picture, text=text))
    yield line(whole.prompt, json.dumps({"Recaption": scene.alt.repaired, "Overall Score": 7}), task="joint")


def answer(task: Write, text: str) -> str:
    """A rewrite as the grammar would write it."""
    return json.dumps({"id": task.nonce, "caption": text}, ensure_ascii=False)


def line(asked: Prompt, said: str, *, task: str, criterion: str = "", score: float = -1.0) -> dict[str, Any]:
    """One sample without its key, image and split."""
    user = [{"type": "text", "text": part} if isinstance(part, str) else {"type": "image"} for part in asked.user]
    return {
        "id": f"{task}-{criterion}",
        "kind": "good_raw",
        "way": "",
        "task": task,
        "criterion": criterion,
        "score": score,
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": asked.system}]},
            {"role": "user", "content": user},
            {"role": "assistant", "content": [{"type": "text", "text": said}]},
        ],
    }


def png(size: tuple[int, int] = (8, 8)) -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, "PNG")
    return file.getvalue()
