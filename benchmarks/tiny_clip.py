"""A CLIP of transformers' own class, trained in a minute on scenes: to measure with, not to use."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from burnish.evals import cases
from burnish.evals.scenarios import Given
from burnish.evals.scenarios.scenes import FIRST
from burnish.values import Picture

WIDTH, SIDE_PX, PATCH_PX, LENGTH = 64, 64, 8, 32
PAD, UNKNOWN, START, END = "<pad>", "<unk>", "<start>", "<end>"
STEPS, BATCH, RATE = 300, 64, 1e-3
TRAINED_ON = 400
SEED = 500_000
"""Scenes from this seed on train models; none of them is measured with."""


def train(work: Path) -> tuple[Path, Path]:
    """Folders of the trained one and of the same before; what is there is not made again."""
    trained, untrained = work / "tiny-clip", work / "tiny-clip-untrained"
    if (trained / "model.safetensors").exists():
        return trained, untrained
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    samples = list(_samples())
    words, images, model = _made([text for _, text in samples])
    _save(untrained, words, images, model)
    pixels = torch.cat([_pixels(images, [picture]) for picture, _ in samples])
    steps = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.1)
    course = torch.optim.lr_scheduler.OneCycleLR(steps, RATE, total_steps=STEPS)
    lots = random.Random(0)
    for _ in range(STEPS):
        drawn = lots.sample(range(len(samples)), BATCH)
        told = words([samples[at][1] for at in drawn], padding=True, truncation=True, return_tensors="pt")
        loss = model(pixel_values=pixels[drawn], return_loss=True, **told).loss
        steps.zero_grad()
        loss.backward()
        steps.step()
        course.step()
    _save(trained, words, images, model.eval())
    return trained, untrained


def _samples() -> Iterator[tuple[Picture, str]]:
    """Whole pictures with their captions, and objects cut out of them with their names."""
    kind = cases.load("scenes")
    given = Given(limit=TRAINED_ON, side_px=384, seed=SEED - FIRST)
    yield from ((case.picture, case.texts[0]) for case in kind.texts(given, {}).cases)
    asked = kind.classes(given, {})
    for case in asked.cases:
        yield case.picture, asked.templates[0].replace(cases.HOLE, asked.names[case.label])


def _made(texts: list[str]) -> tuple[Any, Any, Any]:
    import tokenizers
    import transformers
    from tokenizers import models, normalizers, pre_tokenizers, processors
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    found = sorted({word for text in texts for word in text.lower().replace(",", " ").replace(".", " ").split()})
    numbers = {word: at for at, word in enumerate([PAD, UNKNOWN, START, *found, END])}
    made = tokenizers.Tokenizer(models.WordLevel(numbers, unk_token=UNKNOWN))
    made.normalizer = normalizers.Lowercase()  # type: ignore[assignment]
    made.pre_tokenizer = pre_tokenizers.Whitespace()  # type: ignore[assignment]
    made.post_processor = processors.TemplateProcessing(  # type: ignore[assignment]
        single=f"{START} $A {END}", special_tokens=[(each, numbers[each]) for each in (START, END)]
    )
    words = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token=PAD, unk_token=UNKNOWN, bos_token=START, eos_token=END
    )
    words.model_max_length = LENGTH
    images = CLIPImageProcessorPil(size={"height": SIDE_PX, "width": SIDE_PX}, do_center_crop=False)
    tower = {"hidden_size": WIDTH, "intermediate_size": 2 * WIDTH, "num_hidden_layers": 2, "num_attention_heads": 4}
    ids = {"eos_token_id": numbers[END], "bos_token_id": numbers[START], "pad_token_id": 0}
    config = transformers.CLIPConfig(
        text_config=tower | ids | {"vocab_size": len(numbers), "max_position_embeddings": LENGTH},
        vision_config=tower | {"image_size": SIDE_PX, "patch_size": PATCH_PX},
        projection_dim=WIDTH,
    )
    return words, images, transformers.CLIPModel(config)


def _pixels(images: Any, pictures: list[Picture]) -> Any:
    shown = [Image.fromarray(picture.rgb) for picture in pictures]
    return images(images=shown, return_tensors="pt")["pixel_values"]


def _save(folder: Path, words: Any, images: Any, model: Any) -> None:
    for part in (words, images, model):
        part.save_pretrained(folder)
