"""The built-in judge beside a CLIP ViT-B/32 of random weights, same runtime, one thread each, rounds interleaved."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from burnish.backends.builtin import manifest
from burnish.backends.builtin.judge import Judge
from burnish.backends.builtin.vision import fit, session, trim

ROUNDS = 5
PAIRS = 24
SIDE_PX = 224
TOKENS = 77


def measure(pictures: Sequence[npt.NDArray[np.uint8]], texts: Sequence[str]) -> dict[str, Any]:
    """Pairs a second of one process with one thread, and of two such processes on two cores; medians of rounds."""
    with tempfile.TemporaryDirectory() as folder:
        clip = build_clip(Path(folder))
        judge, towers = Judge(), (session(clip[0]), session(clip[1]))
        contenders = {
            "burnish": lambda: judge_pairs(judge, pictures[:PAIRS], texts[:PAIRS]),
            "clip_vit_b32": lambda: clip_pairs(towers, pictures[:PAIRS]),
        }
        rates = interleave(contenders, PAIRS)
        both = {
            "burnish": _two(_judge_worker, (), pictures, texts),
            "clip_vit_b32": _two(_clip_worker, clip, pictures, texts),
        }
    return {
        "pairs_per_s_1_thread": rates,
        "pairs_per_s_2_processes": both,
        "times_clip_1_thread": round(rates["burnish"] / rates["clip_vit_b32"], 2),
        "times_clip_2_processes": round(both["burnish"] / both["clip_vit_b32"], 2),
        "image_tower_to_bare_runtime": tower_ratio(pictures[:PAIRS]),
        "n": PAIRS,
        "rounds": ROUNDS,
    }


def interleave(contenders: dict[str, Callable[[], None]], count: int) -> dict[str, float]:
    """Name -> items a second, medians over rounds in which each runs once."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for work in contenders.values():
        work()
    for _ in range(ROUNDS):
        for name, work in contenders.items():
            started = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - started)
    return {name: round(count / statistics.median(spent), 2) for name, spent in times.items()}


def tower_ratio(pictures: Sequence[npt.NDArray[np.uint8]]) -> dict[str, float]:
    """Our image tower's rate over the bare runtime's on ready canvases: the call alone, and with all preparation."""
    judge = Judge()
    bare = session(manifest.FOLDER / "vision.onnx")
    canvases = [fit(trim(picture))[None] for picture in pictures]
    rates = interleave(
        {
            "bare": lambda: _each(lambda canvas: bare.run(None, {"rgb": canvas}), canvases),
            "tower": lambda: _each(judge.vision.tower, canvases),
            "prepared": lambda: _each(judge.vision.view, pictures),
        },
        len(pictures),
    )
    return {**rates, "tower_ratio": round(rates["tower"] / rates["bare"], 3),
            "prepared_ratio": round(rates["prepared"] / rates["bare"], 3)}  # fmt: skip


def _each(work: Callable[[Any], Any], items: Sequence[Any]) -> None:
    for item in items:
        work(item)


def judge_pairs(judge: Judge, pictures: Sequence[npt.NDArray[np.uint8]], texts: Sequence[str]) -> None:
    """Everything the judge says of these pairs."""
    for seen, read in zip(judge.look(pictures), judge.read(texts), strict=True):
        judge.match(seen, read)
        judge.text_quality(read)


def clip_pairs(towers: tuple[Any, Any], pictures: Sequence[npt.NDArray[np.uint8]]) -> None:
    """What a CLIP filter does: resize, both towers, cosine. Batches of eight."""
    vision, text = towers
    for start in range(0, len(pictures), 8):
        batch = np.stack([_prepare(picture) for picture in pictures[start : start + 8]])
        (one,) = vision.run(None, {"pixels": batch})
        (other,) = text.run(None, {"ids": np.full((len(batch), TOKENS), 1000, np.int64)})
        np.sum(one * other, axis=1)


def _prepare(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    small = Image.fromarray(picture).resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC)
    scaled = (np.asarray(small, np.float32) / 255 - 0.45) / 0.27
    return scaled.transpose(2, 0, 1)


def build_clip(folder: Path) -> tuple[Path, Path]:
    """CLIP ViT-B/32's two towers with random weights, from transformers' default configuration (that very size)."""
    import torch
    from transformers import CLIPConfig, CLIPTextModelWithProjection, CLIPVisionModelWithProjection

    config = CLIPConfig(attn_implementation="eager")

    class Vision(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = CLIPVisionModelWithProjection(config.vision_config)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return self.net(pixel_values=pixels).image_embeds

    class Text(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = CLIPTextModelWithProjection(config.text_config)

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            return self.net(input_ids=ids).text_embeds

    examples = {"pixels": torch.zeros(8, 3, SIDE_PX, SIDE_PX), "ids": torch.full((8, TOKENS), 1000)}
    paths = []
    for (name, example), net in zip(examples.items(), (Vision(), Text()), strict=True):
        path = folder / f"{name}.onnx"
        torch.onnx.export(
            net.eval(), (example,), str(path), input_names=[name], output_names=["embedding"],
            dynamic_axes={name: {0: "batch"}}, opset_version=17, dynamo=False,
        )  # fmt: skip
        paths.append(path)
    return paths[0], paths[1]


def _two(worker: Callable[..., float], models: tuple[Path, ...], pictures: Any, texts: Any) -> float:
    with get_context("spawn").Pool(2) as pool:
        spent = pool.starmap(worker, [(models, pictures[:PAIRS], texts[:PAIRS])] * 2, chunksize=1)
    return round(2 * PAIRS / max(spent), 2)


def _judge_worker(_: tuple[Path, ...], pictures: Any, texts: Any) -> float:
    judge = Judge()
    return _best(lambda: judge_pairs(judge, pictures, texts))


def _clip_worker(models: tuple[Path, Path], pictures: Any, _: Any) -> float:
    towers = (session(models[0]), session(models[1]))
    return _best(lambda: clip_pairs(towers, pictures))


def _best(work: Callable[[], None]) -> float:
    work()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)
