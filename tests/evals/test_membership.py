"""Min-K% by hand, and a tiny language model that has been trained on one half of its texts."""

from __future__ import annotations

import math

import pytest

from burnish.errors import UsageError
from burnish.evals import membership
from burnish.evals.membership import LanguageModel, min_k
from tests.cli.calls import call
from tests.shards import write_shard


def test_the_least_likely_tokens():
    values = [-1.0, -9.0, -2.0, -3.0, -0.1, -0.2, -0.3, -0.4, -0.5, -0.6]
    assert min_k(values) == pytest.approx(-6)
    assert min_k(values, 100) == pytest.approx(math.fsum(values) / 10)
    assert min_k(values[:2]) == -9  # one at least


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of two layers that has learnt the first half of random sentences by heart, as they are written: in small
    letters it has seen none of their words. It has 64 positions.
    """
    pytest.importorskip("transformers", reason="models need the extra [transformers]")
    import random

    import torch
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers

    lots = random.Random(1)
    words = [f"{a}{b}" for a in ("Ba", "Ke", "Li", "Mo", "Nu", "Pa") for b in ("ban", "del", "fin", "gor", "hul")]
    texts = [" ".join(lots.choice(words) for _ in range(12)) for _ in range(80)]
    vocabulary = {word: at for at, word in enumerate(["<unk>", *words, *map(str.lower, words)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder = tmp_path_factory.mktemp("lm")
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>").save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=len(vocabulary), n_positions=64, n_embd=48, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0
    )
    model = transformers.GPT2LMHeadModel(config)
    batch = torch.tensor([[vocabulary[word] for word in text.split()] for text in texts[:40]])
    steps = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(60):
        steps.zero_grad()
        model(input_ids=batch, labels=batch).loss.backward()
        steps.step()
    model.save_pretrained(folder, safe_serialization=True)
    return folder, texts


@pytest.mark.slow  # needs torch, which the fast tier does not install
def test_a_model_knows_what_it_was_trained_on(trained):
    folder, texts = trained
    found = membership.membership(LanguageModel(str(folder)), texts[:40], texts[40:])
    assert {method: figure.value for method, figure in found.auc.items() if figure.value < 0.8} == {}
    assert set(found.auc) == set(membership.METHODS)
    assert (found.members, found.others, found.short) == (40, 40, 1.0)
    halves = membership.membership(LanguageModel(str(folder)), texts[40:60], texts[60:])
    assert halves.auc["min_k"].low <= 0.5 <= halves.auc["min_k"].high


@pytest.mark.slow  # needs torch, which the fast tier does not install
def test_a_text_beyond_the_models_positions_counts_as_far_as_it_is_read(trained):
    folder, texts = trained
    model = LanguageModel(str(folder))
    long = " ".join(texts[:6])  # 72 words, of which the model takes 64
    values, read = model.log_probabilities(long)
    assert (len(values), read) == (63, " ".join(long.split()[:64]))
    assert membership.scores(model, f"{long} {texts[7]}") == membership.scores(model, long)
    assert model.log_probabilities(texts[0])[1] == texts[0]


@pytest.mark.slow  # needs torch, which the fast tier does not install
def test_the_command(trained, tmp_path):
    folder, texts = trained
    write_shard(tmp_path / "data" / "00000.tar", texts[:40])
    write_shard(tmp_path / "unseen" / "00000.tar", texts[40:], first=500)
    done = call("eval", "data", tmp_path / "data", "--unseen", tmp_path / "unseen", "--lm", folder, "--sample", "40")
    assert done.code == 0, done.err
    assert "100% of the texts have under 32 tokens: unreliable" in done.out
    assert "min_k" in done.out


@pytest.mark.slow  # needs torch, which the fast tier does not install
def test_a_folder_without_a_model_is_named(tmp_path):
    pytest.importorskip("transformers", reason="models need the extra [transformers]")
    with pytest.raises(UsageError, match="no causal language model"):
        LanguageModel(str(tmp_path))
