"""Tiny real models with two towers, saved as checkpoints are: CLIP and SigLIP by their own classes, random weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.tiny_models import tokenizer

WIDTH, SIDE_PX, PATCH_PX, LENGTH = 32, 64, 16, 40


def clip(folder: Path) -> None:
    """CLIP: texts end in a token of their own, at which its tower reads them off."""
    from transformers import CLIPConfig, CLIPModel
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    words = tokenizer(("<|pad|>", "<|endoftext|>", "<|startoftext|>"))
    words.add_special_tokens({"bos_token": "<|startoftext|>"})
    _ended(words)
    text = _tower() | {
        "vocab_size": len(words), "max_position_embeddings": LENGTH,
        "eos_token_id": words.eos_token_id, "bos_token_id": words.bos_token_id, "pad_token_id": words.pad_token_id,
    }  # fmt: skip
    config = CLIPConfig(
        text_config=text, vision_config=_tower() | {"image_size": SIDE_PX, "patch_size": PATCH_PX}, projection_dim=WIDTH
    )
    images = CLIPImageProcessorPil(size={"shortest_edge": SIDE_PX}, crop_size={"height": SIDE_PX, "width": SIDE_PX})
    _save(folder, lambda: CLIPModel(config), words, images)


def siglip(folder: Path) -> None:
    """SigLIP: texts filled up to the tower's length, read off at the last token."""
    from transformers import SiglipConfig, SiglipModel
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    words = tokenizer(("<pad>", "</s>"))
    text = _tower() | {"vocab_size": len(words), "max_position_embeddings": LENGTH, "projection_size": WIDTH}
    config = SiglipConfig(text_config=text, vision_config=_tower() | {"image_size": SIDE_PX, "patch_size": PATCH_PX})
    images = SiglipImageProcessorPil(size={"height": SIDE_PX, "width": SIDE_PX})
    _save(folder, lambda: SiglipModel(config), words, images)


FAMILIES: dict[str, Callable[[Path], None]] = {"clip": clip, "siglip": siglip}


def _tower() -> dict[str, int]:
    return {"hidden_size": WIDTH, "intermediate_size": 2 * WIDTH, "num_hidden_layers": 2, "num_attention_heads": 4}


def _ended(words: object) -> None:
    """Every text between its two marks, as CLIP's tokenizer writes it."""
    from tokenizers.processors import TemplateProcessing

    named = [(token, words.convert_tokens_to_ids(token)) for token in ("<|startoftext|>", "<|endoftext|>")]
    words._tokenizer.post_processor = TemplateProcessing(
        single="<|startoftext|> $A <|endoftext|>", special_tokens=named
    )


def _save(folder: Path, make: Callable[[], object], words: object, images: object) -> None:
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    with torch.random.fork_rng():
        torch.manual_seed(1)
        make().save_pretrained(folder)
    words.save_pretrained(folder)
    images.save_pretrained(folder)
