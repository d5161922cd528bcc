"""Fused rewrites with the picture's writing by a real model of random weights: in shape, each variant by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from burnish.chat.backend import ChatBackend
from burnish.values import Budget, Draft, Failure, RewriteRequest, State
from tests.chat.local import asking

pytestmark = pytest.mark.slow  # needs torch, which the fast tier does not install


def request(variant: int, evidence: tuple[str, ...]) -> RewriteRequest:
    budget = Budget(max_changed=1.0, max_inserted=2)
    picture = asking.PICTURES[0]
    return RewriteRequest(picture=picture, text="a dog", budget=budget, variant=variant, fuse=True, evidence=evidence)


def test_fused_answers_are_drafts_or_cut_and_depend_on_variant_and_writing(folder_of: Callable[[str], Path]) -> None:
    backend = ChatBackend(asking.load(folder_of("siglip_qwen2")))
    asked = [request(variant, evidence) for variant in range(3) for evidence in ((), ("GIVE WAY", "Route 66"))]
    replies = backend.answer(asked)
    assert len(replies) == len(asked)
    for reply in replies:
        assert isinstance(reply, Draft) or (isinstance(reply, Failure) and reply.state is State.TRUNCATED)
    assert backend.answer(asked) == replies
    texts = {reply.text for reply in replies if isinstance(reply, Draft)}
    assert len(texts) > 1
