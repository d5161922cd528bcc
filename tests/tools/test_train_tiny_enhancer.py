"""The base of the tiny enhancer: what is the same in every prompt is a token, and what it could do it still can."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="models need the extra [transformers]")
pytest.importorskip("transformers", reason="models need the extra [transformers]")
pytest.importorskip("llguidance", reason="models need the extra [transformers]")

import numpy as np
import torch

from burnish.chat import render
from burnish.chat.local.loading import load
from burnish.chat.local.options import Options
from burnish.values import AssessRequest, Budget, Picture, RewriteRequest
from tests import tiny_models
from tools import train_tiny_enhancer as tiny

DOT = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")


def test_questions_become_tokens_and_the_rest_stays(tmp_path: Path) -> None:
    captioner = tmp_path / "captioner"
    captioner.mkdir()
    tiny_models.siglip_qwen2(captioner)
    tiny.base(captioner, tmp_path / "base")
    before, after = (load(Options(model=str(folder), device="cpu")) for folder in (captioner, tmp_path / "base"))
    asked = [render.choose(AssessRequest(picture=DOT, text="a", criterion=name)).prompt for name in tiny.CRITERIA]
    budget = Budget(max_changed=1.0, max_inserted=12)
    asked.append(render.write(RewriteRequest(picture=DOT, text="a", budget=budget)).prompt)
    lengths = [len(after.tokenizer(str(prompt.user[-1]))["input_ids"]) for prompt in asked]
    assert lengths[:-1] == [1] * len(tiny.CRITERIA)
    assert lengths[-1] < 20  # its number and its nonce are spelled out
    old = before.model.get_input_embeddings().weight
    assert torch.equal(after.model.get_input_embeddings().weight[: len(old)], old)
    tiny.base(tmp_path / "nowhere", tmp_path / "base")  # it is there: nothing is read
