"""What is the tiny CLIP's own: its options, and that what stands behind a text's end is no matter."""

from __future__ import annotations

import numpy as np
import pytest

from burnish.errors import UsageError
from burnish.proxy.tiny_clip import TinyClip
from tests.proxy.lessons import toy


def test_a_text_has_the_same_score_whatever_texts_are_beside_it() -> None:
    pytest.importorskip("torch", reason="proxies are trained with the extra [train]")
    lesson = toy(30, seed=1)
    proxy = TinyClip(steps=4, batch=16)
    seen = proxy.look(lesson.pictures)
    student = proxy.train(seen, lesson.epochs(), 0)
    alone = student.scores(seen, ["a red square"])
    beside = student.scores(seen, ["a red square", "word " * 30, ""])
    assert np.allclose(alone[:, 0], beside[:, 0], atol=1e-5)
    assert np.isfinite(beside).all()


def test_options_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="2 or more"):
        TinyClip(batch=1)
    assert TinyClip(rate=1e-3).identity != TinyClip().identity
