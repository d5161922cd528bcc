"""Three families of real models with random weights: the same code, checked against the plain way of computing."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from burnish import replies
from burnish.chat import Choose, Chosen, Written
from burnish.chat.local.model import LocalModel
from burnish.values import Failure
from tests import tiny_models
from tests.chat.local import asking

pytestmark = pytest.mark.slow  # needs torch, which the fast tier does not install

CLOSE = 2e-6
"""Between two ways of adding up the same float32 numbers on tiny models, measured at most 3e-7."""


@pytest.fixture(scope="module", params=sorted(tiny_models.FAMILIES))
def folder(request: pytest.FixtureRequest, folder_of: Callable[[str], Path]) -> Path:
    return folder_of(request.param)


@pytest.fixture(scope="module")
def model(folder: Path) -> LocalModel:
    return asking.load(folder)


def test_shares_are_what_the_whole_prompt_gives(model: LocalModel) -> None:
    plain = asking.Plain(model)
    asked = asking.questions()[::5]
    for question, chosen in zip(asked, model.choose(asked), strict=True):
        assert isinstance(chosen, Chosen)
        wanted = [plain.share(question.prompt, answer) for answer in question.answers]
        assert chosen.shares == pytest.approx(wanted, abs=CLOSE)
        assert sum(chosen.shares) + chosen.outside == pytest.approx(1)
        assert chosen.how == "logits"


def test_answers_of_several_tokens_are_followed_along(model: LocalModel) -> None:
    plain = asking.Plain(model)
    prompt = asking.questions()[0].prompt
    answers = ("unlikely", "certainly so", "4")
    (chosen,) = model.choose([Choose(prompt=prompt, answers=answers)])
    assert isinstance(chosen, Chosen)
    tokenizer = model._feeder._loaded.tokenizer
    for answer, share in zip(answers, chosen.shares, strict=True):
        wanted = 0.0
        for lead in ("", " "):
            tokens = tokenizer(lead + answer, add_special_tokens=False)["input_ids"]
            product, said = 1.0, ""
            for token in tokens:
                product *= float(plain.logits(prompt, said).softmax(-1)[token])
                said += tokenizer.decode([token])
            wanted += product
        assert share == pytest.approx(wanted, rel=1e-3)


def test_an_answer_depends_on_nothing_else_in_the_call(model: LocalModel) -> None:
    asked = asking.questions()
    whole = model.choose(asked)
    order = random.Random(5).sample(range(len(asked)), len(asked))
    shuffled = model.choose([asked[i] for i in order])
    assert [shuffled[order.index(i)] for i in range(len(asked))] == whole
    assert [model.choose([question])[0] for question in asked[:8]] == whole[:8]
    tasks = asking.tasks()
    assert [model.write([task])[0] for task in tasks] == model.write(tasks)


def test_rows_together_give_nearly_the_same(folder: Path, model: LocalModel) -> None:
    together = asking.load(folder, exact="no")
    asked = asking.questions()
    for one, other in zip(model.choose(asked), together.choose(asked), strict=True):
        assert isinstance(one, Chosen)
        assert isinstance(other, Chosen)
        assert one.shares == pytest.approx(other.shares, abs=CLOSE)
    assert together.counters.padding_tokens > 0
    assert together.counters.forward_passes < model.counters.forward_passes
    for text in together.write(asking.tasks()):
        assert isinstance(text, Written)
        assert not text.cut or "{" in text.text


def test_a_pair_is_read_once_for_all_its_questions(folder: Path) -> None:
    model = asking.load(folder)
    asked = asking.questions()[:6]
    model.choose(asked)
    counted = model.counters
    assert (counted.image_encodings, counted.forward_passes) == (1, 7)
    assert counted.prefix_tokens_saved == 5 * counted.prefix_tokens
    assert counted.prefix_tokens > 16
    assert model.usage().calls == 6
    assert model.usage().prompt_tokens == 6 * counted.prefix_tokens + counted.suffix_tokens


def test_greedy_writing_is_what_the_plain_way_writes(model: LocalModel) -> None:
    task = asking.tasks(max_tokens=40)[0]
    plain, grammars = asking.Plain(model), model._grammars
    (written,) = model.write([task])
    assert isinstance(written, Written)
    matcher: Any = grammars.matcher(task.schema)
    tokens = list(matcher.compute_ff_tokens())
    assert matcher.consume_tokens(tokens)
    while len(tokens) < task.max_tokens and not matcher.is_stopped():
        logits = plain.logits(task.prompt, grammars.text(tokens)).numpy()
        logits[~grammars.allowed(matcher)] = -float("inf")
        tokens.append(int(logits.argmax()))
        assert matcher.consume_token(tokens[-1])
        if model._feeder.tokens(grammars.text(tokens), after="") != tokens:
            break  # part of a character, or other tokens for the same text: the plain way cannot follow
    assert written.text.startswith(grammars.text(tokens).rstrip("\ufffd"))
    assert written.how == "grammar"


def test_texts_keep_to_their_schema_or_are_cut(model: LocalModel) -> None:
    for task, written in zip(asking.tasks(), model.write(asking.tasks()), strict=True):
        assert isinstance(written, Written)
        found = replies.read_object(written.text, task.schema, cut=written.cut)
        assert isinstance(found, Failure) == written.cut
        if not written.cut:
            assert isinstance(found, dict)
            assert found["id"] == task.nonce


def test_without_a_schema_a_text_is_free(model: LocalModel) -> None:
    task = asking.tasks(schema={}, max_tokens=6)[0]
    (written,) = model.write([task])
    assert isinstance(written, Written)
    assert (written.how, written.cut) == ("plain", True)
    plain, tokens = asking.Plain(model), []
    for _ in range(2):
        tokens.append(int(plain.logits(task.prompt, model._grammars.text(tokens)).argmax()))
    assert written.text.startswith(model._grammars.text(tokens).rstrip("\ufffd"))


def test_a_used_up_budget_is_a_cut(model: LocalModel) -> None:
    for written in model.write(asking.tasks(max_tokens=12)):
        assert isinstance(written, Written)
        assert written.cut


def test_sampling_follows_its_seed(model: LocalModel) -> None:
    warm = [model.write(asking.tasks(temperature=1.0, seed=seed)) for seed in (1, 1, 2)]
    assert warm[0] == warm[1]
    assert warm[0] != warm[2]


def test_the_identity_names_the_weights_not_the_place(folder: Path, model: LocalModel, tmp_path: Path) -> None:
    assert str(folder.parent) not in model.identity
    copied = tmp_path / folder.name
    copied.mkdir()
    for path in folder.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    assert asking.load(copied).identity == model.identity
    weights = copied / "model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-3] ^= 1
    weights.write_bytes(changed)
    assert asking.load(copied).identity != model.identity
    assert asking.load(folder, exact="no").identity != model.identity
