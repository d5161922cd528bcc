"""A judge in ONNX as a `ChatModel`: pictures and captions read once a pair, each question alone on that cache."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from burnish.chat import Choose, Chosen, Write, Written, spelled
from burnish.chat.onnx import folder as folders
from burnish.chat.onnx.folder import Sealed
from burnish.chat.onnx.reading import Read, Reader
from burnish.chat.spelled import Spelling
from burnish.errors import MissingExtra, UsageError
from burnish.usage import Usage
from burnish.values import Failure, Picture, State

if TYPE_CHECKING:
    import onnxruntime

Floats: TypeAlias = npt.NDArray[np.float32]

_OUTSIDE = b"location"
"""The key under which a graph names a file that its weights lie in: none that is exported here has it, and one that has
could make the runtime open any file of this machine.
"""
_INPUTS = {folders.TOWER: ["pixels"], folders.DECODER: ["ids", "features", "cache"]}
_TEXTS = Failure(state=State.REQUEST_REJECTED, detail="a judge in ONNX gives scores only, it writes no texts")


class OnnxModel:
    """Answers questions about at most one picture whose answers the judge was exported with. `reader` is how it reads
    their prompts.
    """

    def __init__(self, sealed: Sealed, name: str) -> None:
        """`name` is for people. Raises `UsageError` for files that are no judge, `MissingExtra` without tokenizers."""
        if importlib.util.find_spec("tokenizers") is None:
            raise MissingExtra("The backend 'onnx'", "onnx")
        self._manifest = sealed.manifest
        self._tower = session(sealed.files, folders.TOWER)
        self._decoder = session(sealed.files, folders.DECODER)
        self.reader = Reader(sealed.manifest, _tokenizer(sealed.files[folders.TOKENIZER]))
        self._empty = _empty(self._decoder)
        self.side_px = sealed.manifest.side_px
        libraries = ",".join(f"{name}-{version(name)}" for name in ("onnxruntime", "tokenizers", "pillow"))
        self.identity = f"onnx:{name}@{sealed.digest[:12]}/{libraries}"
        self._calls = self._prompt_tokens = 0

    def describe(self) -> dict[str, str]:
        """How it answers, for people to read."""
        return {"questions": f"by logits, each alone, from {self._manifest.source}", "texts": "none"}

    def usage(self) -> Usage:
        """A call is one question; its prompt counts in full, whatever was shared."""
        return Usage(calls=self._calls, prompt_tokens=self._prompt_tokens, written_tokens=0)

    def write(self, tasks: Sequence[Write]) -> list[Written | Failure]:
        """No text: a failure for each task."""
        return [_TEXTS for _ in tasks]

    def choose(self, questions: Sequence[Choose]) -> list[Chosen | Failure]:
        """Probabilities from the logits; a pair's prefix is computed once in a call, and no question sees another."""
        pairs: dict[tuple[tuple[int, ...], tuple[int, ...]], list[tuple[int, Read]]] = {}
        found: dict[int, Chosen | Failure] = {}
        self._calls += len(questions)
        for at, question in enumerate(questions):
            if question.answers != self._manifest.answers or len(question.prompt.pictures) > 1:
                said = f"this judge reads one picture and answers one of {', '.join(self._manifest.answers)}"
                found[at] = Failure(state=State.REQUEST_REJECTED, detail=said)
                continue
            read = self.reader.read(question.prompt)
            self._prompt_tokens += len(read.prefix) + len(read.question)
            pairs.setdefault((read.prefix, tuple(map(id, question.prompt.pictures))), []).append((at, read))
        for (prefix, _), asked in pairs.items():
            features, cache = self._begin(prefix, questions[asked[0][0]].prompt.pictures)
            found |= {at: self._chosen(read.question, features, cache) for at, read in asked}
        return [found[at] for at in range(len(questions))]

    def _begin(self, prefix: Sequence[int], pictures: Sequence[Picture]) -> tuple[Floats, Floats]:
        """Features of the picture, or one that no token asks for, and the cache after `prefix`."""
        features, cache = self._empty
        if pictures:
            (features,) = self._tower.run(["features"], {"pixels": self._manifest.pixels.array(pictures[0])})
        (cache,) = self._decoder.run(["cache_out"], _given(prefix, features, cache))
        return features, cache

    def _chosen(self, question: Sequence[int], features: Floats, cache: Floats) -> Chosen:
        def after(more: Spelling) -> npt.NDArray[np.float64]:
            (logits,) = self._decoder.run(["logits"], _given([*question, *more], features, cache))
            return _log_softmax(logits[0])

        first = after(())
        answers = spelled.worth_following(first, self._manifest.spellings)
        tables: dict[Spelling, npt.NDArray[np.float64]] = {(): first}
        tables |= {head: after(head) for head in spelled.heads(answers)}
        return spelled.chosen(tables, answers)


def session(files: Mapping[str, bytes], name: str) -> onnxruntime.InferenceSession:
    """One of the two graphs, on one thread: sums keep their order. Raises `UsageError` for what is none of ours."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    if _OUTSIDE in files[name]:
        raise UsageError(f"{name} names files outside of itself, which no judge does.\nIt is not loaded.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        made = onnxruntime.InferenceSession(files[name], options, providers=["CPUExecutionProvider"])
    except (errors.Fail, errors.InvalidArgument, errors.InvalidGraph, errors.InvalidProtobuf, errors.NotImplemented,
            errors.RuntimeException) as error:  # fmt: skip
        raise UsageError(f"{name} is no graph that onnxruntime takes: {str(error)[:300]}") from error
    if [given.name for given in made.get_inputs()] != _INPUTS[name]:
        raise UsageError(f"{name} does not take {', '.join(_INPUTS[name])}: it is no part of a judge.")
    return made


def _tokenizer(data: bytes) -> Any:
    import tokenizers

    try:
        return tokenizers.Tokenizer.from_buffer(data)
    except ValueError as error:
        raise UsageError(f"{folders.TOKENIZER} is none: {str(error)[:200]}") from error


def _empty(decoder: onnxruntime.InferenceSession) -> tuple[Floats, Floats]:
    """Features of no picture and a cache of no tokens, in the decoder's shapes."""
    shapes = {given.name: given.shape for given in decoder.get_inputs()}
    layers, heads, width = shapes["cache"][1], shapes["cache"][3], shapes["cache"][5]
    return np.zeros((1, shapes["features"][1]), np.float32), np.zeros((2, layers, 1, heads, 0, width), np.float32)


def _given(ids: Sequence[int], features: Floats, cache: Floats) -> dict[str, npt.NDArray[Any]]:
    return {"ids": np.array([ids], np.int64), "features": features, "cache": cache}


def _log_softmax(logits: Floats) -> npt.NDArray[np.float64]:
    moved = logits.astype(np.float64) - float(logits.max())
    logs: npt.NDArray[np.float64] = moved - np.log(np.exp(moved).sum())
    return logs
