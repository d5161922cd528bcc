"""Tiny real multimodal models with random weights, saved as checkpoints are: config, weights, tokenizer, processor.

Three families by their own classes: SigLIP + two-layer MLP + Qwen2 (AITQE's parts, through LLaVA's classes), Qwen2-VL
(M-RoPE, pictures of any size) and Idefics3 (SmolVLM's shape: tiles). The tokenizer is byte-level BPE trained on the
captions of the shipped sample and on our own prompts, so that a prompt has as few tokens as with a real model.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from burnish import discovery
from burnish.chat import render
from burnish.chat.marking import MARK
from burnish.values import AssessRequest, Budget, Picture, RewriteRequest

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['content'] is string %}{{ m['content'] }}{% else %}{% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}IMAGE{% else %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
NO_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}{{ m['role'] | capitalize }}:{% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}IMAGE{% else %}{{ c['text'] }}{% endif %}{% endfor %}<end_of_utterance>\n"
    "{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"
)
"""Like Gemma's first templates: a system turn is an error."""

VOCABULARY = 1500
WIDTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a model of AITQE's shape: `width` and `layers` of tower and decoder, the side of its square picture and of a
    patch, the entries of its vocabulary before whole texts come to it.
    """

    width: int = WIDTH
    layers: int = 2
    side_px: int = 64
    patch_px: int = 16
    vocabulary: int = VOCABULARY


def corpus(*, prompts: bool) -> list[str]:
    """The captions of the sample, and many times the words of our prompts."""
    import pyarrow.parquet as pq

    sample = files("burnish").joinpath("sample")
    captions: list[str] = []
    for name in ("00000.parquet", "00001.parquet"):
        with sample.joinpath(name).open("rb") as source:
            captions += pq.read_table(source, columns=["caption"])["caption"].to_pylist()
    said = ["system", "user", "assistant", "CAPTION", *(_prompts() if prompts else ())]
    return captions + said * 50


def _prompts() -> list[str]:
    dot = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")
    asked = [
        render.choose(AssessRequest(picture=dot, text="a cat", criterion=c)).prompt for c in discovery.names("criteria")
    ]
    budget = Budget(max_changed=1.0, max_inserted=4)
    asked.append(render.write(RewriteRequest(picture=dot, text="a cat", budget=budget)).prompt)
    return [part for prompt in asked for part in (prompt.system, *prompt.user) if isinstance(part, str)]


def bpe(
    special: tuple[str, ...],
    extra: tuple[str, ...] = (),
    whole: tuple[str, ...] = (),
    vocabulary: int = VOCABULARY,
) -> Any:
    """A byte-level BPE with `special` tokens of its own.

    It also learns the words of `extra`. Each text of `whole` becomes one token; if there is any, our prompts are not
    learnt.
    """
    import tokenizers
    from tokenizers import decoders, models, pre_tokenizers, trainers

    made = tokenizers.Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(  # type: ignore[assignment]
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Split(MARK, "isolated"),  # Unicode calls it a letter: words round it would be one
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    made.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([*corpus(prompts=not whole), *extra], trainer)
    made.add_tokens([tokenizers.AddedToken(text, normalized=False) for text in whole])
    return made


def tokenizer(
    special: tuple[str, ...],
    extra: tuple[str, ...] = (),
    whole: tuple[str, ...] = (),
    vocabulary: int = VOCABULARY,
) -> Any:
    """The same for transformers: the first of `special` is padding, the second ends a turn."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=bpe(special, extra, whole, vocabulary), pad_token=special[0], eos_token=special[1]
    )


def siglip_qwen2(
    folder: Path, *, extra: tuple[str, ...] = (), whole: tuple[str, ...] = (), size: Size = Size()
) -> None:
    """AITQE's shape: SigLIP, a two-layer MLP, Qwen2. `extra` and `whole` as for `tokenizer`.

    Words have one embedding, read and written: what a picture shows and what a caption says compare directly.
    """
    from transformers import LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor, Qwen2Config, SiglipVisionConfig
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    words = tokenizer(("<|endoftext|>", "<|im_end|>", "<|im_start|>", "<image>"), extra, whole, size.vocabulary)
    seen = SiglipVisionConfig(
        hidden_size=size.width, intermediate_size=2 * size.width, num_hidden_layers=size.layers, num_attention_heads=4,
        image_size=size.side_px, patch_size=size.patch_px, vision_use_head=False,
    )  # fmt: skip
    config = LlavaConfig(
        vision_config=seen,
        text_config=Qwen2Config(**_decoder(words, size.width, size.layers), tie_word_embeddings=True),
        tie_word_embeddings=True,
        image_token_index=words.convert_tokens_to_ids("<image>"),
        vision_feature_select_strategy="full",
        vision_feature_layer=-1,
        image_seq_length=(size.side_px // size.patch_px) ** 2,
    )
    processor = LlavaProcessor(
        image_processor=SiglipImageProcessorPil(size={"height": size.side_px, "width": size.side_px}),
        tokenizer=words,
        patch_size=size.patch_px,
        vision_feature_select_strategy="full",
        chat_template=CHATML.replace("IMAGE", "<image>"),
    )
    _save(folder, LlavaForConditionalGeneration, config, processor)


def qwen2_vl(folder: Path) -> None:
    """Qwen2-VL: pictures of their own size, M-RoPE; its template adds no system text of its own."""
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    names = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
    words = tokenizer(("<|endoftext|>", "<|im_end|>", "<|im_start|>", *names))
    decoder = _decoder(words, WIDTH, 2) | {
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}
    }
    config = Qwen2VLConfig(
        vision_config={"depth": 2, "embed_dim": 32, "hidden_size": WIDTH, "num_heads": 2, "mlp_ratio": 2},
        text_config=decoder,
        **{
            f"{name}_token_id": words.convert_tokens_to_ids(token)
            for name, token in zip(("vision_start", "vision_end", "image", "video"), names, strict=True)
        },
    )
    images = Qwen2VLImageProcessorPil(size={"shortest_edge": 28 * 28, "longest_edge": 56 * 56 * 4})
    _save(folder, Qwen2VLForConditionalGeneration, config, None)
    template = CHATML.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
    _save_parts(folder, words, images, "Qwen2VLProcessor", template)


def idefics3(folder: Path) -> None:
    """SmolVLM's shape: SigLIP tiles, pixel shuffle, Llama; its template refuses a system turn."""
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration, Idefics3Processor
    from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

    tiles = tuple(f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7))
    names = ("<image>", "<fake_token_around_image>", "<global-img>")
    words = tokenizer(("<|endoftext|>", "<end_of_utterance>", *names, *tiles))
    config = Idefics3Config(
        vision_config={
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
            "image_size": 64, "patch_size": 16,
        },
        text_config=_decoder(words, WIDTH, 2) | {"model_type": "llama"},
        image_token_id=words.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )  # fmt: skip
    processor = Idefics3Processor(
        Idefics3ImageProcessorPil(size={"longest_edge": 128}, max_image_size={"longest_edge": 64}),
        words,
        image_seq_len=4,
        chat_template=NO_SYSTEM.replace("IMAGE", "<image>"),
    )
    _save(folder, Idefics3ForConditionalGeneration, config, processor)


FAMILIES: dict[str, Callable[[Path], None]] = {
    "siglip_qwen2": siglip_qwen2,
    "qwen2_vl": qwen2_vl,
    "idefics3": idefics3,
}


def _decoder(words: Any, width: int, layers: int) -> dict[str, Any]:
    return {
        "vocab_size": len(words),
        "hidden_size": width,
        "intermediate_size": 2 * width,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 8192,
        "eos_token_id": words.eos_token_id,
        "pad_token_id": words.pad_token_id,
        "bos_token_id": None,
    }


def _save(folder: Path, kind: Any, config: Any, processor: Any) -> None:
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    with torch.random.fork_rng():
        torch.manual_seed(1)
        kind(config).save_pretrained(folder)
    if processor is not None:
        processor.save_pretrained(folder)


def _save_parts(folder: Path, words: Any, images: Any, processor: str, template: str) -> None:
    """For processors that cannot be made without torchvision: the files that their own saving writes."""
    words.save_pretrained(folder)
    images.save_pretrained(folder)
    made = {"processor_class": processor, "image_processor": images.to_dict()}
    (folder / "processor_config.json").write_text(json.dumps(made), encoding="utf-8")
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
