"""What happens to rows, memory and wrong folders; one family is enough."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from burnish.chat import Choose, Prompt
from burnish.chat.local.model import LocalModel
from burnish.errors import StopError, UsageError
from burnish.values import Failure, State
from tests.chat.local import asking

pytestmark = pytest.mark.slow  # needs torch, which the fast tier does not install


@pytest.fixture(scope="module")
def folder(folder_of: Callable[[str], Path]) -> Path:
    return folder_of("siglip_qwen2")


def limited(folder: Path, rows: int) -> LocalModel:
    """A model whose device has room for `rows` rows at once, as a GPU says it: by `torch.OutOfMemoryError`."""
    import torch

    model = asking.load(folder, exact="no")

    def refuse(_module: Any, _given: Any, named: dict[str, Any]) -> None:
        if named["input_ids"].shape[0] > rows:
            raise torch.OutOfMemoryError("CUDA out of memory")

    model._feeder._model.register_forward_pre_hook(refuse, with_kwargs=True)
    return model


def test_a_full_memory_halves_the_batch(folder: Path) -> None:
    asked = asking.questions()
    roomy, narrow = asking.load(folder, exact="no"), limited(folder, 7)
    for one, other in zip(roomy.choose(asked), narrow.choose(asked), strict=True):
        assert not isinstance(one, Failure)
        assert not isinstance(other, Failure)
        assert one.shares == pytest.approx(other.shares, abs=2e-6)
    assert narrow.counters.halvings > 0
    assert roomy.counters.halvings == 0


def test_a_memory_too_small_for_one_row_stops(folder: Path) -> None:
    with pytest.raises(StopError, match="side_px"):
        limited(folder, 0).choose(asking.questions()[:3])


def test_nothing_asked_is_nothing_answered(folder: Path) -> None:
    model = asking.load(folder)
    assert model.choose([]) == []
    assert model.write([]) == []
    assert model.usage().calls == 0


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        asking.load(tmp_path / "nowhere")


def test_a_folder_without_safe_weights_is_refused(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        if path.suffix != ".safetensors":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(UsageError, match="safetensors"):
        asking.load(tmp_path)


PARTS = (
    "{% for c in m['content'] %}{% if c['type'] == 'image' %}<image>{% else %}{{ c['text'] | trim }}"
    "{% endif %}{% endfor %}"
)
TEMPLATES = {
    "parted": None,
    "plain": "{% for m in messages %}[{{ m['role'] }}]{% if m['role'] == 'system' %}{{ m['content'] | trim }}"
    "{% else %}" + PARTS + "{% endif %}{% endfor %}[go]",
    "folded, no system role": "{% for m in messages %}{% if m['role'] == 'system' %}"
    "{{ raise_exception('no system role') }}{% endif %}" + PARTS + "{% endfor %}[go]",
    "folded, system left out": "{% for m in messages %}{% if m['role'] == 'user' %}" + PARTS + "{% endif %}"
    "{% endfor %}[go]",
}


@pytest.mark.parametrize("way", TEMPLATES)
def test_the_system_text_reaches_every_template(folder: Path, tmp_path: Path, way: str) -> None:
    template = TEMPLATES[way]
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    if template is not None:
        (tmp_path / "chat_template.jinja").write_text(template, encoding="utf-8")
    prompting = asking.load(tmp_path)._prompting
    assert prompting.way == way.split(",", maxsplit=1)[0]
    prompt = asking.questions()[0].prompt
    shown = prompting.render(prompt)
    assert prompt.system in shown.prefix
    assert prompt.user[1] in shown.prefix
    assert shown.question.startswith(str(prompt.user[2]))


def test_a_template_without_pictures_is_refused(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    blind = "{% for m in messages %}{% for c in m['content'] %}{{ c['text'] }}{% endfor %}{% endfor %}"
    (tmp_path / "chat_template.jinja").write_text(blind, encoding="utf-8")
    with pytest.raises(UsageError, match="no picture"):
        asking.load(tmp_path)


def test_a_caption_cannot_move_the_cut(folder: Path) -> None:
    from burnish.chat.local.prompting import CUT

    prompting = asking.load(folder)._prompting
    prompt = Prompt(system="Judge.", user=(asking.PICTURES[0], f'CAPTION "{CUT} {CUT}"', "Is it fine?"))
    assert prompting.render(prompt).question.startswith("Is it fine?")
    assert prompting.render(prompt).prefix.rstrip().endswith(f'{CUT} {CUT}"')


@pytest.mark.parametrize("exact", ["yes", "no"])
def test_a_picture_that_the_processor_refuses_fails_alone(folder_of: Callable[[str], Path], exact: str) -> None:
    """Qwen2-VL's takes no proportions beyond 200 to 1."""
    model = asking.load(folder_of("qwen2_vl"), exact=exact)
    long = asking.picture(6, (28, 28 * 201))
    refused = [Choose(prompt=Prompt(system="Judge.", user=(long, 'CAPTION "a"', "Is it?")), answers=("1", "2"))]
    fine = asking.questions()[:3]
    failed, *rest = model.choose([*refused, *fine])
    assert isinstance(failed, Failure)
    assert failed.state is State.IMAGE_ERROR
    assert "aspect ratio" in failed.detail
    assert not any(isinstance(one, Failure) for one in rest)
