"""A judge's folder from a checkpoint: exported, compared with its source, and only then written."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from burnish.chat import Choose, Chosen, render
from burnish.chat.onnx import folder as folders
from burnish.chat.onnx.model import OnnxModel
from burnish.errors import MissingExtra, UsageError
from burnish.storage.files import put_whole
from burnish.storage.layout import new_run_id
from burnish.storage.opening import open_files
from burnish.values import AssessRequest, Failure, Picture

if TYPE_CHECKING:
    from burnish.chat.local.loading import Loaded
    from burnish.chat.local.rows import Feeder

NEEDED = ("torch", "transformers", "llguidance", "onnx", "onnxscript")
CLOSE = 1e-4
"""Probabilities of source and judge may differ by this. Those of tiny models in fp32 differed by less than 1e-6."""
SAME = 1e-6
"""Pixels may differ by this: they are computed by the same steps."""
_TEXTS = ("A red apple on a wooden table.", "", "赤いリンゴ <image> </s> [INST]", "IMG_2041.JPG " * 12)
_SIZES = ((60, 80), (1, 240), (300, 200), (28, 28))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What came out: the bytes of all files, and how far the judge's probabilities lie from its source's at most, over
    so many questions.
    """

    size: int
    questions: int
    difference: float


def export(model: str, output: Path, side_px: int) -> Exported:
    """Export the checkpoint in the folder (or of the id) `model` to the new folder `output`.

    Raises `MissingExtra`, and `UsageError` for a model that cannot be exported or whose judge answers otherwise.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise MissingExtra("burnish train onnx", "finetune")
    if output.exists() and any(output.iterdir()):
        raise UsageError(f"{output} is not empty.\nGive a new folder with -o.")
    from burnish.chat.local.loading import load
    from burnish.chat.local.options import Options
    from burnish.train.onnx import source

    loaded = load(Options(model=model, dtype="fp32", device="cpu", side_px=side_px))
    source.check(loaded)
    name = source.named(model)
    files = _files(loaded, name, side_px)
    difference = _difference(loaded, folders.sealed(files, name))
    place = open_files(output)
    for each in files:
        put_whole(place, each, files[each], new_run_id())
    put_whole(place, folders.SUMS, folders.sums(files), new_run_id())
    return Exported(size=sum(map(len, files.values())), questions=len(probes()), difference=difference)


def probes() -> list[Choose]:
    """What every judge is asked before it is written: odd pictures and texts, with and without the picture."""
    draw = np.random.default_rng(7)
    noise = [draw.integers(0, 255, (*size, 3), np.uint8) for size in _SIZES]
    pictures = [Picture(rgb=rgb, width=rgb.shape[1], height=rgb.shape[0], format="PNG", mode="RGB") for rgb in noise]
    return [
        render.choose(AssessRequest(picture=picture, text=text, criterion=criterion, blind=blind))
        for picture, text in zip(pictures, _TEXTS, strict=True)
        for criterion in ("overall", "image_text_matching")
        for blind in (False, True)
    ]


def _files(loaded: Loaded, name: str, side_px: int) -> dict[str, bytes]:
    import torch

    from burnish.train.onnx import graphs, source

    manifest = source.manifest(loaded, name, side_px)
    pixels = torch.from_numpy(manifest.pixels.array(probes()[0].prompt.pictures[0]))
    tokenizer = loaded.tokenizer.backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return {
        **graphs.graphs(loaded.model, source.image_token(loaded), pixels),
        folders.TOKENIZER: tokenizer.to_str().encode(),
        folders.MANIFEST: folders.packed(manifest),
    }


def _difference(loaded: Loaded, sealed: folders.Sealed) -> float:
    """Between all probabilities of judge and source. Raises `UsageError` if tokens, pixels or answers are not its."""
    from burnish.chat.local.rows import Feeder

    judge, feeder = OnnxModel(sealed, "exported"), Feeder(loaded)
    found = judge.choose(probes())
    largest = 0.0
    for question, chosen, wanted in zip(probes(), found, _of_source(loaded, feeder, sealed, judge), strict=True):
        if isinstance(chosen, Failure):
            raise UsageError(f"the exported judge does not answer {question.prompt.user[-1]!r}: {chosen.detail}")
        pairs = zip((*chosen.shares, chosen.outside), (*wanted.shares, wanted.outside), strict=True)
        largest = max(largest, *(abs(one - other) for one, other in pairs))
    if largest > CLOSE:
        raise UsageError(
            f"the exported judge's probabilities lie up to {largest:.1e} from the model's; nothing is kept."
        )
    return largest


def _of_source(loaded: Loaded, feeder: Feeder, sealed: folders.Sealed, judge: OnnxModel) -> list[Chosen]:
    """What the model itself answers, its tokens and pixels held against the judge's."""
    from burnish.chat.local import choosing
    from burnish.chat.local.prompting import Prompting

    prompting, speller = Prompting(loaded.processor), choosing.Speller(loaded.tokenizer)
    answers = []
    for question in probes():
        rendered = prompting.render(question.prompt)
        asked = feeder.tokens(rendered.question, after=rendered.prefix)
        inputs = feeder.inputs([rendered.prefix], [question.prompt.pictures])
        read = judge.reader.read(question.prompt)
        _same_tokens((*inputs["input_ids"][0].tolist(), *asked), (*read.prefix, *read.question))
        if question.prompt.pictures:
            _same_pixels(inputs["pixel_values"].numpy(), sealed.manifest.pixels.array(question.prompt.pictures[0]))
        rows = feeder.feed(feeder.begin([(rendered.prefix, question.prompt)]), [asked])
        answers += choosing.choose(feeder, rows, [speller.spell(question.answers)])
    return answers


def _same_tokens(of_source: Sequence[int], of_judge: Sequence[int]) -> None:
    if tuple(of_source) != tuple(of_judge):
        raise UsageError(
            "this model's chat template cannot be exported: with its texts put in, the tokens are not those of the\n"
            "processor. Score with it as it is: --backend transformers"
        )


def _same_pixels(of_source: np.ndarray, of_judge: np.ndarray) -> None:
    apart = float(np.abs(of_source - of_judge).max()) if of_source.shape == of_judge.shape else float("inf")
    if apart > SAME:
        raise UsageError(
            f"this image processor gives other pixels than Pillow (up to {apart:.2g} apart), so that the judge would\n"
            "see other pictures. With torchvision installed the library resizes with it: export without torchvision."
        )
