"""What a tiny enhancer reads: texts that say how they are to be mended, as run time asks; a stopped course goes on."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="models need the extra [transformers]")
pytest.importorskip("transformers", reason="models need the extra [transformers]")
pytest.importorskip("llguidance", reason="models need the extra [transformers]")

import torch

from burnish import edits
from burnish.chat.local.loading import load
from burnish.chat.local.options import Options
from tests import tiny_models
from tools import enhancer_reading as reading


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("base")
    tiny_models.siglip_qwen2(folder)
    return folder


def test_no_text_needs_more_than_it_says() -> None:
    told = list(islice(reading.texts(0), 200))
    assert told == list(islice(reading.texts(0), 200)) != list(islice(reading.texts(1), 200))
    assert 0.3 < sum(given == wanted for given, wanted in told) / len(told) < 0.9
    brought_in = [edits.inserted_words(given, wanted) for given, wanted in told]
    assert max(map(len, brought_in)) == 1  # the whole last word of a text that was cut off


def test_only_what_no_grammar_forces_is_learnt(base: Path) -> None:
    loaded = load(Options(model=str(base), device="cpu"))
    lesson = reading.Reader(loaded).lesson(0, "Two red cars - buy cheap", 'Two "red" cars', 3)
    learnt = [token for token, worth in zip(lesson.tokens, lesson.worth, strict=True) if worth]
    assert loaded.tokenizer.decode(learnt).strip() == '"Two \\"red\\" cars"}'
    whole = loaded.tokenizer.decode(lesson.tokens)
    assert "cheap" in whole
    assert "at most 3 new words" in whole
    assert loaded.processor.image_token not in whole


def test_a_word_begins_beside_the_same_word_after_a_space(base: Path) -> None:
    loaded = load(Options(model=str(base), device="cpu"))
    table = loaded.model.get_input_embeddings().weight.detach()
    known = loaded.tokenizer.get_vocab()
    word = next(word for word in ("man", "one", "out", "of") if {word, f"{reading.SPACE}{word}"} <= known.keys())
    bare, spaced, before = known[word], known[f"{reading.SPACE}{word}"], table.clone()
    assert reading.kin(loaded) > 20
    assert torch.equal(table[spaced], before[spaced])
    assert (table[bare] - table[spaced]).norm() < (before[bare] - before[spaced]).norm()


def test_a_stopped_course_goes_on_to_the_same_weights(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH", 2)
    assert reading.read(base, tmp_path / "once", reading.Plan(steps=3))
    assert not reading.read(base, tmp_path / "twice", reading.Plan(steps=3), at_most=2)
    assert [reading.steps_read(folder) for folder in (tmp_path / "twice", base)] == [2, 0]
    assert reading.read(base, tmp_path / "twice", reading.Plan(steps=3))
    models = [
        load(Options(model=str(folder), device="cpu")).model for folder in (base, tmp_path / "once", tmp_path / "twice")
    ]
    untaught, once, twice = [list(model.state_dict().values()) for model in models]
    assert all(torch.equal(*pair) for pair in zip(once, twice, strict=True))
    assert not all(torch.equal(*pair) for pair in zip(untaught, once, strict=True))
    found = reading.right(tmp_path / "once", 3, 1)
    assert found["n"] == 3
    assert 0 <= found["texts"] <= found["tokens"] <= 1
    assert reading.read(tmp_path / "nowhere", tmp_path / "once", reading.Plan(steps=3))  # it is there: nothing is read
