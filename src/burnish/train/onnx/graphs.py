"""A model's image tower and decoder as two ONNX graphs; `burnish.chat.onnx.folder` says what they take and give."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from burnish.chat.onnx.folder import DECODER, TOWER
from burnish.errors import UsageError

LARGEST_BYTES = 2**31 - 1
"""Of a protobuf message, so of a graph with its weights inside."""
_PROBE_TOKENS = 5


class Tower(torch.nn.Module):
    """Pixels (1, 3, height, width) to what stands in the place of the picture's tokens, (tokens, d)."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self._model = model

    def forward(self, pixels: Tensor) -> Tensor:
        """The projected features of one picture."""
        found = self._model.model.get_image_features(pixel_values=pixels)
        features = getattr(found, "pooler_output", found)
        rows: Tensor = features[0] if isinstance(features, list | tuple) else features
        return rows.reshape(-1, rows.shape[-1])


class Decoder(torch.nn.Module):
    """One row of tokens behind what the cache holds. It makes its own mask: the library's masking is not traceable in
    every release, and there is no padding to hide here.
    """

    def __init__(self, model: Any, image_token: int) -> None:
        super().__init__()
        self._model, self._image_token = model, image_token

    def forward(self, ids: Tensor, features: Tensor, cache: Tensor) -> tuple[Tensor, Tensor]:
        """Logits after the last token, (1, vocabulary), and the cache with these tokens in it."""
        from transformers import DynamicCache

        past, count = cache.shape[4], ids.shape[1]
        position = torch.arange(count) + past
        open_ = torch.arange(past + count)[None, :] <= position[:, None]
        layers = [(cache[0, layer], cache[1, layer]) for layer in range(cache.shape[1])]
        done = self._model.model.language_model(
            inputs_embeds=self._embedded(ids, features),
            attention_mask=torch.where(open_, 0.0, torch.finfo(torch.float32).min)[None, None],
            position_ids=position[None],
            past_key_values=DynamicCache(layers),
            use_cache=True,
        )
        kept = done.past_key_values.layers
        keys, values = (torch.stack([getattr(layer, name) for layer in kept]) for name in ("keys", "values"))
        return self._model.lm_head(done.last_hidden_state[:, -1]), torch.stack([keys, values])

    def _embedded(self, ids: Tensor, features: Tensor) -> Tensor:
        seen = ids == self._image_token
        nth = (seen.cumsum(-1) - 1).clamp(min=0)
        words = self._model.get_input_embeddings()(torch.where(seen, torch.zeros_like(ids), ids))
        return torch.where(seen[..., None], features[nth], words)


def graphs(model: Any, image_token: int, pixels: Tensor) -> dict[str, bytes]:
    """Both graphs of a model in fp32 on the CPU, by file name; `pixels` are of any picture.

    Raises `UsageError` for a model that cannot be traced or is too large.
    """
    model.set_attn_implementation("eager")
    free: Any = torch.export.Dim.DYNAMIC
    decoder, tower = Decoder(model, image_token).eval(), Tower(model).eval()
    with torch.no_grad(), _quiet():
        try:
            features = tower(pixels)
            ids = torch.full((1, _PROBE_TOKENS), image_token)
            _, cache = decoder(ids, features, _no_cache(model))
            return {
                TOWER: _exported(tower, {"pixels": (pixels, {})}, ["features"]),
                DECODER: _exported(
                    decoder,
                    {"ids": (ids, {1: free}), "features": (features, {0: free}), "cache": (cache, {4: free})},
                    ["logits", "cache_out"],
                ),
            }
        except (torch.onnx.OnnxExporterError, AttributeError, TypeError) as error:
            raise UsageError(f"this model cannot be exported: {type(error).__name__}: {str(error)[:300]}") from error


def _no_cache(model: Any) -> Tensor:
    config = model.config.get_text_config(decoder=True)
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return torch.zeros(2, config.num_hidden_layers, 1, config.num_key_value_heads, 0, width)


def _exported(module: torch.nn.Module, given: dict[str, tuple[Tensor, Any]], names: list[str]) -> bytes:
    made = torch.onnx.export(
        module,
        tuple(tensor for tensor, _ in given.values()),
        input_names=list(given),
        output_names=names,
        dynamic_shapes=tuple(free for _, free in given.values()),
        dynamo=True,
        verbose=False,
    )
    if made is None:
        raise UsageError("this model cannot be exported: the exporter gave nothing.")
    graph = made.model_proto
    _forget_where(graph)
    if graph.ByteSize() > LARGEST_BYTES:
        raise UsageError(
            "this model is too large for one ONNX file (2 GB): judges that small machines run are smaller."
        )
    return bytes(graph.SerializeToString(deterministic=True))


def _forget_where(graph: Any) -> None:
    """Take out what the exporter notes of source files: paths of this machine, and no part of the model."""
    del graph.metadata_props[:]
    del graph.graph.metadata_props[:]
    for each in (*graph.graph.node, *graph.graph.value_info, *graph.graph.initializer, *graph.graph.input,
                 *graph.graph.output):  # fmt: skip
        each.doc_string = ""
        del each.metadata_props[:]


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what torch's exporter warns of in its own code and in operators that are not used."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
