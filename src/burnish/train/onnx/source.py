"""Which models can be judges in ONNX, and what a run needs of one beside its weights."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from burnish.chat import Prompt
from burnish.chat.local import identity
from burnish.chat.local.choosing import Speller
from burnish.chat.local.loading import Loaded
from burnish.chat.local.prompting import Prompting
from burnish.chat.local.rows import Feeder
from burnish.chat.onnx.folder import VERSION, Frame, Manifest
from burnish.chat.onnx.pixels import Pixels
from burnish.chat.render import ANSWERS
from burnish.errors import UsageError
from burnish.values import Picture

MODELS = ("llava",)
"""Types of models: a tower for pictures of one size, a projector, a decoder that puts its features in place of tokens.
AITQE's model (SigLIP, an MLP, Qwen2) is of this type.
"""
TOWERS = ("clip_vision_model", "siglip_vision_model")
PROCESSORS = ("CLIPImageProcessor", "SiglipImageProcessor")

_SYSTEM, _TEXT = "SYSTEM7F3A91", "TEXT7F3A91"
"""Stand for the two texts while the template is rendered."""


def check(loaded: Loaded) -> None:
    """Raises `UsageError` for a model whose kind cannot be exported, naming what can."""
    config = loaded.model.config
    _one_of("models of the type", config.model_type, MODELS)
    _one_of("image towers of the type", config.vision_config.model_type, TOWERS)
    _one_of("the image processor", _processor_name(loaded), PROCESSORS)
    layers = set(getattr(config.text_config, "layer_types", None) or ()) - {"full_attention"}
    if layers:
        raise UsageError(f"cannot export a decoder with layers of {min(layers)}: its cache is no plain one.")


def manifest(loaded: Loaded, name: str, side_px: int) -> Manifest:
    """What is written beside the graphs of the checkpoint called `name`. Raises `UsageError` for settings that the
    reader of judges has no rule for.
    """
    prompting = Prompting(loaded.processor)
    return Manifest(
        version=VERSION,
        source=f"{name}@{identity.digest(loaded.folder)}",
        made_with={each: version(each) for each in ("torch", "transformers", "onnx", "onnxscript")},
        side_px=side_px,
        pixels=_pixels(loaded.processor.image_processor.to_dict()),
        seen=_frame(loaded, prompting, (_dot(),)),
        blind=_frame(loaded, prompting, ()),
        answers=ANSWERS,
        spellings=Speller(loaded.tokenizer).spell(ANSWERS),
    )


def image_token(loaded: Loaded) -> int:
    """The token whose places the picture's features take."""
    return int(loaded.model.config.image_token_id)


def _one_of(what: str, name: str, can: tuple[str, ...]) -> None:
    if name not in can:
        raise UsageError(
            f"cannot export {what} {name!r} to ONNX. Those that can be: {', '.join(can)}.\n"
            "Score with it as it is: --backend transformers --set backend_options.model=MODEL"
        )


def _processor_name(loaded: Loaded) -> str:
    return str(loaded.processor.image_processor.to_dict()["image_processor_type"]).removesuffix("Fast")


def _pixels(settings: dict[str, Any]) -> Pixels:
    cut = bool(settings.get("do_center_crop"))
    size, shown = settings["size"], settings["crop_size"] if cut else settings["size"]
    steps = all(settings[step] for step in ("do_resize", "do_rescale", "do_normalize")) and not settings.get("do_pad")
    if not steps or not {"height", "width"} <= shown.keys() or (cut and "shortest_edge" not in size):
        raise UsageError(f"cannot export an image processor with size={size}, do_center_crop={cut} and such steps.")
    return Pixels(
        height=shown["height"],
        width=shown["width"],
        shortest_px=size["shortest_edge"] if cut else 0,
        resample=int(settings["resample"]),
        factor=float(settings["rescale_factor"]),
        mean=_three(settings["image_mean"]),
        std=_three(settings["image_std"]),
    )


def _three(values: Any) -> tuple[float, float, float]:
    first, second, third = map(float, values)
    return first, second, third


def _frame(loaded: Loaded, prompting: Prompting, pictures: tuple[Picture, ...]) -> Frame:
    """What the template writes round the two texts, a picture's place holder as often as the picture takes tokens."""
    rendered = prompting.render(Prompt(system=_SYSTEM, user=(*pictures, _TEXT)))
    shown = rendered.prefix + rendered.question
    before, first, rest = shown.partition(_SYSTEM)
    between, second, after = rest.partition(_TEXT)
    if not first or not second:
        raise UsageError("cannot export a chat template that puts the system text behind the user's.")
    grown = _grower(loaded, shown, pictures)
    bos = loaded.tokenizer.bos_token
    return Frame(
        before=grown(before),
        between=grown(between),
        after=after,
        special=bos is None or not shown.startswith(bos),
    )


def _grower(loaded: Loaded, shown: str, pictures: tuple[Picture, ...]) -> Callable[[str], str]:
    if not pictures:
        return str
    token = image_token(loaded)
    ids = Feeder(loaded).inputs([shown], [pictures])["input_ids"][0]
    count, spelled = int((ids == token).sum()), str(loaded.tokenizer.convert_ids_to_tokens(token))
    if count == 0 or shown.count(spelled) != 1:
        raise UsageError("cannot export a model whose picture is no run of one token where its template puts it.")
    return lambda text: text.replace(spelled, spelled * count)


def _dot() -> Picture:
    return Picture(rgb=np.zeros((28, 28, 3), np.uint8), width=28, height=28, format="PNG", mode="RGB")


def named(model: str) -> str:
    """A folder's name, or an id as it is."""
    return Path(model).name if Path(model).is_dir() else model
