"""From a folder or a hub id to a model, its processor and its tokenizer, ready on a device."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from burnish.chat.local.options import Options
from burnish.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    import torch

NEEDED = ("torch", "transformers", "llguidance")
_TYPES = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loaded:
    """`folder` holds the checkpoint's files; `model` is in inference mode on `device`. `ends` are the tokens that
    end its turn, by its tokenizer and its generation settings.
    """

    model: Any
    processor: Any
    tokenizer: Any
    folder: Path
    device: torch.device
    dtype: str
    ends: tuple[int, ...]


def _untyped(name: str) -> Any:
    """A library whose own annotations are too incomplete for strict checking."""
    return importlib.import_module(name)


def require() -> None:
    """Raises `MissingExtra` with the pip line unless everything a local model needs is installed."""
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise MissingExtra("The backend 'transformers'", "transformers")


def load(options: Options) -> Loaded:
    """Raises `UsageError` where the options name nothing that can be loaded."""
    require()
    import torch

    transformers = _untyped("transformers")
    unreadable = _untyped("safetensors").SafetensorError
    device = _device(options.device)
    name = options.dtype if options.dtype != "auto" else ("bf16" if device.type == "cuda" else "fp32")
    try:
        with quiet():
            folder = _folder(options)
            check_index(options.model, options.revision)
            source = _source(options)
            processor = _processor(folder, source)
            model = transformers.AutoModelForImageTextToText.from_pretrained(
                **source, dtype=getattr(torch, _TYPES[name]), use_safetensors=True, low_cpu_mem_usage=True
            )
    except (OSError, ValueError, ImportError, unreadable) as error:
        raise UsageError(
            f"cannot load the model {options.model!r}: {_first_line(error)}\n"
            "It must be a folder or an id of an image-text-to-text model with safetensors weights."
        ) from error
    model.to(device).eval().requires_grad_(requires_grad=False)
    tokenizer = processor.tokenizer
    tokenizer.padding_side = "left"
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    ends = _ends(model, tokenizer)
    return Loaded(
        model=model, processor=processor, tokenizer=tokenizer, folder=folder, device=device, dtype=name, ends=ends
    )


@contextmanager
def quiet() -> Iterator[None]:
    """The library says nothing and draws no bars meanwhile."""
    transformers = _untyped("transformers")
    said, barred = transformers.logging.get_verbosity(), transformers.logging.is_progress_bar_enabled()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers.logging.set_verbosity(said)
        if barred:
            transformers.logging.enable_progress_bar()


def placed(device: str, dtype: str) -> tuple[torch.device, torch.dtype]:
    """Where a model goes ("auto", "cpu", "cuda") and in which numbers ("fp32", "bf16", "fp16"). Raises `UsageError`."""
    import torch

    if dtype not in _TYPES:
        raise UsageError(f"no numbers {dtype!r}.\nChoose from: {', '.join(_TYPES)}")
    return _device(device), getattr(torch, _TYPES[dtype])


def _ends(model: Any, tokenizer: Any) -> tuple[int, ...]:
    given = model.generation_config.eos_token_id
    listed = given if isinstance(given, list) else [given]
    return tuple(sorted({token for token in (tokenizer.eos_token_id, *listed) if token is not None}))


def _first_line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]


def _source(options: Options) -> dict[str, Any]:
    given: dict[str, Any] = {
        "pretrained_model_name_or_path": options.model,
        "trust_remote_code": options.trust_remote_code,
    }
    return given | ({"revision": options.revision} if options.revision else {})


def _device(name: str) -> torch.device:
    import torch

    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UsageError(f"option device={name!r} of backend transformers: {_first_line(error)}") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise UsageError("option device=cuda of backend transformers: no GPU that PyTorch can use was found")
    return device


def _folder(options: Options) -> Path:
    from transformers.utils.hub import cached_file

    config = cached_file(options.model, "config.json", revision=options.revision or None)
    return Path(str(config)).parent


def check_index(model: str, revision: str = "") -> None:
    """Raises `ValueError` unless the parts that a split checkpoint lists are safetensors beside it: the library would
    follow a path out of the folder and unpickle what has another suffix, even when told to read safetensors only.
    """
    from transformers.utils.hub import cached_file

    path = cached_file(
        model,
        "model.safetensors.index.json",
        revision=revision or None,
        _raise_exceptions_for_missing_entries=False,
    )
    if path is None:
        return
    match json.loads(Path(str(path)).read_text("utf-8")):
        case {"weight_map": dict(parts)}:
            names = sorted({str(part) for part in parts.values()})
        case _:
            raise ValueError("its index lists no parts")
    wrong = [name for name in names if Path(name).name != name or not name.endswith(".safetensors")]
    if wrong:
        raise ValueError(f"its index lists {wrong[0]!r}, which is no safetensors file beside it")


def _processor(folder: Path, source: dict[str, Any]) -> Any:
    kind = _processor_class(folder)
    if kind is not None and importlib.util.find_spec("torchvision") is None:
        parts = set(inspect.signature(kind.__init__).parameters)
        if "video_processor" in parts:
            return _without_video(kind, folder, source)
    return _untyped("transformers").AutoProcessor.from_pretrained(**source)


def _processor_class(folder: Path) -> Any:
    """The processor class of this library that the checkpoint names, None if it names none."""
    transformers = _untyped("transformers")
    for name in ("processor_config.json", "preprocessor_config.json"):
        path = folder / name
        named = json.loads(path.read_text("utf-8")).get("processor_class") if path.exists() else None
        if named:
            return getattr(transformers, named, None)
    return None


def _without_video(kind: Any, folder: Path, source: dict[str, Any]) -> Any:
    """A processor for pictures only: its video part needs torchvision (transformers 5), which pictures do not."""
    transformers = _untyped("transformers")

    def accept(_self: object, _name: str, _argument: object) -> None:
        """The check of the parts looks the video part's class up, which fails without torchvision."""

    path = folder / "processor_config.json"
    config = json.loads(path.read_text("utf-8")) if path.exists() else {}
    template = folder / "chat_template.jinja"
    fitting = set(inspect.signature(kind.__init__).parameters) - {"self", "kwargs", "video_processor"}
    more = {key: value for key, value in config.items() if key in fitting and not isinstance(value, dict)}
    if template.exists():
        more["chat_template"] = template.read_text("utf-8")
    elif (folder / "chat_template.json").exists():
        more["chat_template"] = json.loads((folder / "chat_template.json").read_text("utf-8"))["chat_template"]
    pictures_only = type(kind.__name__, (kind,), {"check_argument_for_proper_class": accept})
    return pictures_only(
        image_processor=transformers.AutoImageProcessor.from_pretrained(**source),
        tokenizer=transformers.AutoTokenizer.from_pretrained(**source),
        video_processor=None,
        **more,
    )
