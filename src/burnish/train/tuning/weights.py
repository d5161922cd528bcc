"""What of a model learns, and how the result becomes an ordinary checkpoint folder."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from burnish.chat.local.choosing import Speller
from burnish.chat.local.loading import Loaded, load
from burnish.chat.local.options import Options
from burnish.chat.render import ANSWERS
from burnish.errors import UsageError
from burnish.train.tuning.settings import Settings

COPIED = (".json", ".jinja", ".model", ".txt")
"""Files of a checkpoint that are not weights: tokenizer, template and processor stay the base's, byte for byte."""
ADAPTER = "adapter"


def base(folder: str, settings: Settings) -> Loaded:
    """The base model in the CPU's memory, from where the loop places it; nothing of it learns yet."""
    on_gpu = settings.device == "auto" and torch.cuda.is_available()
    usual = "bf16" if settings.lora and on_gpu else "fp32"
    dtype = usual if settings.dtype == "auto" else settings.dtype
    return load(Options(model=folder, dtype=dtype, device="cpu", side_px=settings.side_px))


def learning(loaded: Loaded, settings: Settings) -> Any:
    """The model with what `settings` say set to learn: adapters of its linear layers, or all its weights."""
    tower = loaded.model.get_encoder(modality="image")
    frozen = set() if settings.tower or tower is loaded.model else set(map(id, tower.modules()))
    if settings.lora:
        return _with_adapters(loaded.model, frozen, settings)
    still = (
        {id(weight) for module in tower.modules() for weight in module.parameters(recurse=False)} if frozen else set()
    )
    for weight in loaded.model.parameters():
        weight.requires_grad_(id(weight) not in still)
    return loaded.model.train()


def _with_adapters(model: Any, frozen: set[int], settings: Settings) -> Any:
    import peft

    head = model.get_output_embeddings()
    linear = [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and module is not head and id(module) not in frozen
    ]
    alpha = settings.lora_alpha or 2 * settings.lora
    config = peft.LoraConfig(r=settings.lora, lora_alpha=alpha, target_modules=linear, lora_dropout=0.0)
    with _peft():
        return peft.get_peft_model(model, config).train()


def finite(model: Any) -> bool:
    """Whether everything that learnt is a number; of a model in shards, what of it is here."""
    learnt = [weight for weight in model.parameters() if weight.requires_grad]
    here = (weight.to_local() if hasattr(weight, "to_local") else weight for weight in learnt)
    return all(bool(torch.isfinite(weight).all()) for weight in here)


@contextmanager
def _peft() -> Iterator[None]:
    """PEFT 0.21 asks models for a name that transformers 5.23 has renamed and still answers to, with a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        yield


def digits(loaded: Loaded) -> list[torch.Tensor]:
    """For each answer of the scale the tokens that spell it. Raises `UsageError` if one takes several."""
    spelled = [[one[0] for one in spellings if len(one) == 1] for spellings in Speller(loaded.tokenizer).spell(ANSWERS)]
    if not all(spelled):
        raise UsageError(
            "scores=expected needs a tokenizer in which each digit is one token.\nUse: --set scores=digits"
        )
    return [torch.tensor(ids) for ids in spelled]


def assemble(final: Path, output: Path, folder: str, settings: Settings) -> None:
    """Make `output` a checkpoint of what the loop left in `final`: adapters merged into the base, and kept beside."""
    loaded = base(folder, settings)
    for path in sorted(loaded.folder.iterdir()):
        if path.suffix in COPIED and not path.name.endswith(".index.json"):
            shutil.copyfile(path, output / path.name)
    if settings.lora:
        import peft

        with _peft():
            merged = peft.PeftModel.from_pretrained(loaded.model, final).merge_and_unload()
        merged.save_pretrained(output)
        kept = output / ADAPTER
        kept.mkdir(exist_ok=True)
        _move(final, kept, ("adapter_config.json", "adapter_model.safetensors"))
        return
    weights = sorted(path.name for path in final.glob("*.safetensors*"))
    _move(final, output, [*weights, "config.json", "generation_config.json"])


def _move(source: Path, target: Path, names: Sequence[str]) -> None:
    for name in names:
        if (source / name).exists():
            shutil.move(source / name, target / name)
