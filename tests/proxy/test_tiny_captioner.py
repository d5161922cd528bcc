"""What is the tiny captioner's own: its likelihoods are those of a language model."""

from __future__ import annotations

import numpy as np
import pytest

from burnish.errors import UsageError
from burnish.proxy import _scratch
from burnish.proxy.tiny_captioner import TinyCaptioner
from tests.proxy.lessons import toy

torch = pytest.importorskip("torch", reason="proxies are trained with the extra [train]")


def test_likelihoods_by_one_product_are_those_of_the_softmax_word_by_word() -> None:
    lesson = toy(30, seed=1)
    proxy = TinyCaptioner(steps=8, batch=16)
    seen = proxy.look(lesson.pictures)
    student = proxy.train(seen, lesson.epochs(), 0)
    model = student._model
    words = torch.from_numpy(_scratch.words(lesson.texts[:4]))
    with torch.no_grad():
        shown = model.shown(torch.from_numpy(seen[:6]))
        found = student._likelihoods(torch, shown, words)
        for picture in range(6):
            logits = model.tell(model.past(words)) + shown[picture]
            own = logits.log_softmax(-1).gather(-1, words[..., None])[..., 0]
            assert np.allclose((own * (words > 0)).sum(-1), found[picture], atol=1e-3)


def test_a_text_without_words_fits_no_picture_better_than_another() -> None:
    lesson = toy(30, seed=1)
    proxy = TinyCaptioner(steps=4, batch=16)
    seen = proxy.look(lesson.pictures)
    scores = proxy.train(seen, lesson.epochs(), 0).scores(seen, ["", lesson.texts[0]])
    assert (scores[:, 0] == 0).all()
    assert scores[:, 1].std() > 0


def test_options_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="2 or more"):
        TinyCaptioner(steps=1)
    assert TinyCaptioner(steps=7).identity != TinyCaptioner().identity
