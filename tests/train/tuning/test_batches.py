"""A batch is what the model gets at run time, and only the answer counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="fine-tuning needs the extra [finetune]")
pytest.importorskip("transformers", reason="fine-tuning needs the extra [finetune]")

import torch

from burnish import images
from burnish.chat import Prompt
from burnish.chat.local.loading import Loaded, load
from burnish.chat.local.options import Options
from burnish.chat.local.prompting import Prompting
from burnish.chat.local.rows import Feeder
from burnish.errors import UsageError
from burnish.train.tuning import samples as reading
from burnish.train.tuning.batches import Batcher
from tests import tiny_models

ALL = ("assess", "rewrite", "joint")
WORTH = 3.0


@pytest.fixture(scope="module", params=sorted(tiny_models.FAMILIES))
def loaded(request, tmp_path_factory, base) -> Loaded:
    folder = tmp_path_factory.mktemp(request.param)
    tiny_models.FAMILIES[request.param](folder)
    return load(Options(model=str(folder), device="cpu"))


def some(folder: Path) -> list[reading.Sample]:
    found = reading.read(str(folder), ALL).train
    return [found[at] for at in range(6)]


def test_the_answer_follows_what_is_asked_at_run_time(loaded, samples):
    """The logits before each answer's first token are those of the run-time path, row by row."""
    each = some(samples)
    batch = Batcher(loaded, side_px=768, text_worth=WORTH)(each)
    targets = batch.pop("targets")
    learnt = batch.pop("worth") > 0
    batch.pop("score")
    width = targets.shape[1]
    with torch.inference_mode():
        logits = loaded.model(**batch, logits_to_keep=width + 1).logits
    feeder, prompting = Feeder(loaded), Prompting(loaded.processor)
    for at, sample in enumerate(each):
        picture = images.decode(sample.image.read_bytes(), 768)
        rendered = prompting.render(Prompt(system=sample.system, user=(picture, *sample.said)))
        prompt = Prompt(system=sample.system, user=(picture,))
        rows = feeder.begin([(rendered.prefix, prompt)])
        rows = feeder.feed(rows, [feeder.tokens(rendered.question, after=rendered.prefix)])
        answer = len(feeder.tokens(sample.answer, after="")) + 1
        torch.testing.assert_close(logits[at, width - answer], rows.logits[0], atol=2e-4, rtol=2e-4)
        assert not learnt[at, : width - answer].any()


def test_only_what_the_grammar_leaves_open_is_learnt(loaded, samples):
    each = some(samples)
    batch = Batcher(loaded, side_px=768, text_worth=WORTH)(each)
    for at, sample in enumerate(each):
        learnt = batch["worth"][at] > 0
        *said, end = batch["targets"][at][learnt].tolist()
        text = loaded.tokenizer.decode(said)
        if sample.task == "rewrite":
            wanted = json.loads(sample.answer)
            assert json.loads(text.strip().removesuffix("}")) == wanted["caption"]
            assert wanted["id"] not in text
        else:
            assert text.strip() == sample.answer
        assert end in loaded.ends
        assert float(batch["worth"][at].sum()) == pytest.approx(1.0 if sample.task == "assess" else WORTH)
        assert float(batch["score"][at]) == pytest.approx(-1.0 if sample.score is None else sample.score, abs=1e-6)


def test_a_broken_image_is_named(loaded, samples, tmp_path):
    sample = some(samples)[0]
    broken = tmp_path / "broken.png"
    broken.write_bytes(sample.image.read_bytes()[:60])
    spoilt = reading.Sample(**{name: getattr(sample, name) for name in sample.__slots__} | {"image": broken})
    with pytest.raises(UsageError, match=r"samples\.jsonl, line \d+: its image .*broken\.png cannot be used"):
        Batcher(loaded, side_px=768, text_worth=WORTH)([spoilt])
