"""Closed schemas under uniformly random tokens: whatever a model prefers, every answer reads (hazards M7, 40-42)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from burnish import replies
from burnish.chat import render
from burnish.chat.local.writing import Grammars
from burnish.values import Failure, Json
from tests import tiny_models

pytest.importorskip("llguidance", reason="the grammar comes with the extra [transformers]")

CHUNK, CHUNKS = 10_000, 10
LINE: dict[str, Json] = {"type": "string", "maxLength": 12}


def joint() -> dict[str, Json]:
    properties: dict[str, Json] = {"Recaption": LINE}
    for name in ("Overall", "Text Quality"):
        properties[f"{name} Score"] = {"type": "integer", "minimum": 1, "maximum": 10}
        properties[f"{name} Explanation"] = LINE
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def schemas() -> list[dict[str, Json]]:
    """A rewrite's, one with reasons and a list of choices, and a joint answer's."""
    return [
        render.schema("0f3a91c2", caption={"type": "string", "maxLength": 24}),
        render.schema("7b00ffee", score={"enum": [1, 2, 3, 4, 5]}, reason=LINE, sure={"type": "boolean"}),
        joint(),
    ]


@pytest.fixture(scope="module")
def grammars() -> Grammars:
    return Grammars.of_json(tiny_models.bpe(("<|endoftext|>", "<|im_end|>")).to_str(), end=1)


def random_answer(grammars: Grammars, matcher: Any, draw: np.random.Generator) -> str:
    """An answer whose every token that is not forced is drawn evenly from all that the grammar allows there."""
    assert matcher.reset()
    tokens: list[int] = []
    while not matcher.is_stopped():
        forced = matcher.compute_ff_tokens()
        if forced:
            assert matcher.consume_tokens(forced)
            tokens += forced
            continue
        token = int(draw.integers(grammars.vocabulary))
        if not matcher.try_consume_tokens([token]):  # as even, and much faster where nearly all is allowed
            open_ = np.flatnonzero(grammars.allowed(matcher))
            token = int(open_[draw.integers(len(open_))])
            assert matcher.consume_token(token)
        tokens.append(token)
    return grammars.text(tokens)


def all_read(grammars: Grammars, count: int, seed: int) -> None:
    draw, pick = np.random.default_rng(seed), random.Random(seed)
    made = [(schema, grammars.matcher(schema)) for schema in schemas()]
    for _ in range(count):
        schema, matcher = pick.choice(made)
        text = random_answer(grammars, matcher, draw)
        found = replies.read_object(text, schema)
        assert not isinstance(found, Failure), (found, text)


def test_answers_of_random_tokens_read(grammars: Grammars) -> None:
    all_read(grammars, 300, seed=0)


@pytest.mark.full("F8")
@pytest.mark.parametrize("seed", range(1, CHUNKS + 1))
def test_a_hundred_thousand_answers_of_random_tokens_read(
    grammars: Grammars, seed: int, record_property: Callable[[str, object], None]
) -> None:
    all_read(grammars, CHUNK, seed)
    record_property("answers read", CHUNK)


def test_a_tokenizer_with_a_very_long_token_is_no_hindrance() -> None:
    """The grammar's library ends the process on one; models trained on set prompts have them."""
    pytest.importorskip("transformers", reason="its tokenizers come with the extra [transformers]")
    long = "Write a caption for this image. " * 40
    words = tiny_models.tokenizer(("<|endoftext|>", "<|im_end|>"), whole=(long, "a short one"))
    grammars = Grammars.of_tokenizer(words, len(words), [words.eos_token_id])
    assert words(long)["input_ids"] == [len(words) - 2]
    assert grammars.vocabulary == len(words)
    all_read(grammars, 20, seed=0)
