"""vLLM's engine in this process (offline). Options: `model`, `side_px`, and any argument of ``vllm.LLM`` as
``engine.NAME`` (``engine.tensor_parallel_size=2``). For a vLLM server use the backend `openai`.

Written against the documented interface of vLLM 0.11 and later (`StructuredOutputsParams`); prefixes are shared by
vLLM's own prefix cache, answers depend on the batch as far as its kernels do.
"""

from __future__ import annotations

import base64
import importlib
import importlib.util
import io
import json
import math
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from burnish.chat import Choose, Chosen, Prompt, Write, Written
from burnish.chat.backend import ChatBackend
from burnish.errors import MissingExtra, StopError, UsageError
from burnish.usage import Usage
from burnish.values import Failure, Json, Picture

TOP_LOGPROBS = 20
"""vLLM's default bound (`max_logprobs`); enough for five digits with and without a space before them."""
SIDE_PX = 768
_ENGINE = "engine."
_HOW = frozenset(f"{_ENGINE}{name}" for name in ("disable_log_stats", "download_dir", "gpu_memory_utilization"))
"""Where and how the engine runs, not what it computes: neither in the plan's fingerprint nor in the identity."""


class VllmModel:
    """A `ChatModel` over ``vllm.LLM``."""

    def __init__(self, options: Mapping[str, str]) -> None:
        """Starts the engine. Raises `UsageError` for options it does not take."""
        unknown = [name for name in options if name not in {"model", "side_px"} and not name.startswith(_ENGINE)]
        if unknown or not options.get("model"):
            raise UsageError(
                f"backend vllm: {f'no option {min(unknown)!r}' if unknown else 'model is missing'}.\n"
                f"Options: model, side_px, and {_ENGINE}NAME for any argument of vllm.LLM."
            )
        self._vllm = importlib.import_module("vllm")
        self._sampling = importlib.import_module("vllm.sampling_params")
        given = {name.removeprefix(_ENGINE): _value(text) for name, text in options.items() if name.startswith(_ENGINE)}
        self.side_px = int(options.get("side_px", SIDE_PX))
        engine = {"limit_mm_per_prompt": {"image": 1}, "enable_prefix_caching": True, **given}
        try:
            self._engine = self._vllm.LLM(model=options["model"], **engine)
        except (TypeError, ValueError, OSError) as error:
            raise UsageError(f"vLLM does not start with {options['model']!r}: {str(error)[:300]}") from error
        told = {name: value for name, value in given.items() if f"{_ENGINE}{name}" not in _HOW}
        settings = json.dumps(told, sort_keys=True)
        self.identity = f"vllm-{version('vllm')}:{options['model']}/{settings}/{self.side_px}px"
        self._usage = Usage()

    def describe(self) -> dict[str, str]:
        """How it answers, for people to read."""
        return {
            "questions": f"by logprobs of the {TOP_LOGPROBS} likeliest tokens",
            "texts": "kept to their schema by structured outputs",
        }

    def choose(self, questions: Sequence[Choose]) -> list[Chosen | Failure]:
        """From the first token's top log probabilities; an answer that is not among them has probability 0."""
        sampling = self._vllm.SamplingParams(max_tokens=1, temperature=0.0, logprobs=TOP_LOGPROBS)
        outputs = self._chat([question.prompt for question in questions], [sampling] * len(questions))
        return [
            _chosen(question, output.outputs[0].logprobs[0])
            for question, output in zip(questions, outputs, strict=True)
        ]

    def write(self, tasks: Sequence[Write]) -> list[Written | Failure]:
        """Texts under each task's schema; free ones where it is empty."""
        sampling = [
            self._vllm.SamplingParams(
                max_tokens=task.max_tokens,
                temperature=task.temperature,
                seed=task.seed,
                structured_outputs=self._kept_to(task.schema),
            )
            for task in tasks
        ]
        outputs = self._chat([task.prompt for task in tasks], sampling)
        return [
            Written(
                text=output.outputs[0].text,
                cut=output.outputs[0].finish_reason == "length",
                how="structured_outputs" if task.schema else "plain",
            )
            for task, output in zip(tasks, outputs, strict=True)
        ]

    def _kept_to(self, schema: Mapping[str, Json]) -> Any:
        if not schema:
            return None
        return self._sampling.StructuredOutputsParams(json=dict(schema), disable_any_whitespace=True)

    def usage(self) -> Usage:
        """Counted from what the engine reports."""
        return self._usage

    def _chat(self, prompts: Sequence[Prompt], sampling: Sequence[Any]) -> list[Any]:
        if not prompts:
            return []
        try:
            outputs = self._engine.chat([_messages(p) for p in prompts], sampling_params=list(sampling), use_tqdm=False)
        except RuntimeError as error:  # the engine process is gone or out of memory
            raise StopError(f"vLLM stopped: {str(error)[:300]}") from error
        self._usage += Usage(
            calls=len(prompts),
            prompt_tokens=sum(len(o.prompt_token_ids or ()) for o in outputs),
            written_tokens=sum(len(o.outputs[0].token_ids) for o in outputs),
        )
        return list(outputs)


def _chosen(question: Choose, likeliest: Mapping[int, Any]) -> Chosen:
    found = dict.fromkeys(question.answers, 0.0)
    for entry in likeliest.values():
        answer = (entry.decoded_token or "").strip()
        if answer in found:
            found[answer] += math.exp(entry.logprob)
    shares = tuple(min(share, 1.0) for share in found.values())
    return Chosen(shares=shares, outside=max(1.0 - math.fsum(shares), 0.0), how="logprobs")


def _messages(prompt: Prompt) -> list[dict[str, Any]]:
    texts = "\n".join(part for part in prompt.user if isinstance(part, str))
    pictures = [{"type": "image_url", "image_url": {"url": _data_url(picture)}} for picture in prompt.pictures]
    return [
        {"role": "system", "content": prompt.system},
        {"role": "user", "content": [*pictures, {"type": "text", "text": texts}]},
    ]


def _data_url(picture: Picture) -> str:
    from PIL import Image

    png = io.BytesIO()
    Image.fromarray(picture.rgb).save(png, "PNG", compress_level=1)  # loopback only: speed over size
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def vllm_backend(options: Mapping[str, str]) -> ChatBackend:
    """The engine that `options` name. Raises `MissingExtra` if vLLM is not installed."""
    if importlib.util.find_spec("vllm") is None:
        raise MissingExtra("The backend 'vllm'", "vllm")
    return ChatBackend(VllmModel(options))


def how_options(options: Mapping[str, str]) -> frozenset[str]:
    """Those of `options` that cannot change an answer."""
    return _HOW & options.keys()


BACKEND = vllm_backend
