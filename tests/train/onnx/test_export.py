"""A judge in ONNX answers what its source answers, without torch; what cannot be exported is refused by name."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from burnish import backends
from burnish.chat import Chosen, render
from burnish.chat.onnx import folder as folders
from burnish.chat.onnx.model import OnnxModel
from burnish.cli import _model_checkup
from burnish.errors import UsageError
from burnish.negatives.teaching import Worse
from burnish.scenes import compose, draw
from burnish.values import AssessRequest, Budget, Failure, Picture, Request, RewriteRequest, Score, State
from tests import onnx_judges, tiny_models
from tests.chat.local import asking
from tests.cli.calls import call, lay_sample
from tests.train.tuning import lines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]  # torch, and its exporter

PAIRS = 20
STEP = 1.0001e-4
"""Scores have four digits: two that differ by 1e-6 may be rounded to neighbours."""
CRITERIA = ("overall", "text_quality", "image_text_matching")


def shown(number: int) -> Picture:
    rgb = np.asarray(draw.draw(compose.scene(11, number, 0.5)).convert("RGB"))
    return Picture(rgb=rgb, width=rgb.shape[1], height=rgb.shape[0], format="PNG", mode="RGB")


def requests() -> list[Request]:
    """Scenes with their texts, by three criteria, and one of them blind."""
    return [
        AssessRequest(picture=picture, text=compose.scene(11, number, 0.5).alt.text, criterion=criterion, blind=blind)
        for number in range(PAIRS)
        for picture in [shown(number)]
        for criterion, blind in (*((name, False) for name in CRITERIA), ("overall", True))
    ]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A judge that `burnish train judge` has trained for long enough to answer in digits, and its export."""
    onnx_judges.require()
    for name in ("accelerate", "peft"):
        pytest.importorskip(name, reason="fine-tuning needs the extra [finetune]")
    from burnish.train.tuning import run
    from burnish.train.tuning.settings import build

    folder = tmp_path_factory.mktemp("trained")
    (folder / "base").mkdir()
    tiny_models.siglip_qwen2(folder / "base")
    samples = lines.write(folder / "samples", criteria=CRITERIA)
    settings = build("judge", {"rate": 5e-3, "device": "cpu", "steps": 40})
    job = run.Job(
        role="judge", samples=str(samples), output=folder / "model", base=str(folder / "base"), settings=settings
    )
    run.run(job, lambda *_: None)
    done = call("train", "onnx", str(folder / "model"), "-o", str(folder / "judge"))
    assert done.code == 0, done.err
    assert "over 16 questions its probabilities lie at most" in done.out
    return folder / "model", folder / "judge"


def test_scores_are_those_of_the_source(trained: tuple[Path, Path]) -> None:
    model, judge = trained
    wanted = backends.load("transformers", {"model": str(model), "device": "cpu"}).answer(requests())
    found = backends.load("onnx", {"model": str(judge)}).answer(requests())
    assert len(found) == len(wanted) == 4 * PAIRS
    values = []
    for ours, theirs in zip(found, wanted, strict=True):
        assert isinstance(ours, Score)
        assert isinstance(theirs, Score)
        assert ours.value == pytest.approx(theirs.value, abs=STEP)
        assert ours.confidence == pytest.approx(theirs.confidence, abs=STEP)
        assert ours.spread == pytest.approx(theirs.spread, abs=STEP)
        values.append(ours.value)
    assert len(set(values)) > 5, "a judge that always says the same would pass for any other"


def test_a_judge_needs_neither_torch_nor_transformers(trained: tuple[Path, Path], tmp_path: Path) -> None:
    source = tmp_path / "scenes"
    assert call("scenes", "-o", str(source), "--pairs", "4", "--seed", "3").code == 0
    code = (
        "import sys\n"
        "for name in ('torch', 'transformers', 'llguidance', 'onnx', 'onnxscript'): sys.modules[name] = None\n"
        "from burnish.cli import main\n"
        f"sys.argv = ['burnish', 'assess', {str(source)!r}, '-o', {str(tmp_path / 'out')!r}, '--workers', '1',\n"
        f"            '--backend', 'onnx', '--set', 'backend_options.model={trained[1]}']\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert call("verify", str(tmp_path / "out")).code == 0


@pytest.fixture(scope="module")
def pair() -> tuple[Path, Path]:
    """A checkpoint with random weights and its export."""
    place = Path(onnx_judges.random_one().name)
    return place / "model", place / "judge"


def test_shares_are_those_of_the_source_for_odd_pictures_and_texts(pair: tuple[Path, Path]) -> None:
    asked = asking.questions()
    judge = OnnxModel(folders.read(pair[1]), "judge")
    for ours, theirs in zip(judge.choose(asked), asking.load(pair[0]).choose(asked), strict=True):
        assert isinstance(ours, Chosen)
        assert isinstance(theirs, Chosen)
        assert ours.shares == pytest.approx(theirs.shares, abs=2e-6)
        assert ours.how == theirs.how


def test_tokens_are_those_of_the_source(pair: tuple[Path, Path]) -> None:
    judge, model = OnnxModel(folders.read(pair[1]), "judge"), asking.load(pair[0])
    for question in asking.questions():
        rendered = model._prompting.render(question.prompt)
        prefix = model._feeder.inputs([rendered.prefix], [question.prompt.pictures])["input_ids"][0].tolist()
        read = judge.reader.read(question.prompt)
        assert list(read.prefix) == prefix
        assert list(read.question) == model._feeder.tokens(rendered.question, after=rendered.prefix)


def test_what_is_no_score_is_refused_and_counted_as_no_value(pair: tuple[Path, Path]) -> None:
    backend = backends.load("onnx", {"model": str(pair[1])})
    rewrite = RewriteRequest(picture=shown(1), text="a cat", budget=Budget(max_changed=1.0, max_inserted=2))
    (reply,) = backend.answer([rewrite])
    assert isinstance(reply, Failure)
    assert reply.state is State.REQUEST_REJECTED
    judge = OnnxModel(folders.read(pair[1]), "judge")
    question = render.choose(AssessRequest(picture=shown(1), text="a cat", criterion="overall"))
    for other in (
        replace(question, answers=("yes", "no")),
        replace(question, prompt=replace(question.prompt, user=(shown(2), *question.prompt.user))),
    ):
        (refused,) = judge.choose([other])
        assert isinstance(refused, Failure)
        assert refused.state is State.REQUEST_REJECTED


def test_plans_that_need_texts_are_refused_before_they_begin(pair: tuple[Path, Path], tmp_path: Path) -> None:
    source = lay_sample(tmp_path / "source")
    said = call(
        "enhance", source, "-o", tmp_path / "out", "--backend", "onnx", "--set", f"backend_options.model={pair[1]}"
    )
    assert said.code == 2
    assert "'onnx' writes no texts" in said.err
    assert "burnish assess" in said.err
    assert not (tmp_path / "out").exists()


def test_it_is_no_teacher(pair: tuple[Path, Path]) -> None:
    with pytest.raises(UsageError, match="cannot teach"):
        Worse(backends.load("onnx", {"model": str(pair[1])}))


def test_the_checkup_knows_that_it_only_scores(pair: tuple[Path, Path]) -> None:
    found = {finding.name: finding for finding in _model_checkup.check("onnx", {"model": str(pair[1])})}
    assert found["rewrite"].absent
    assert "scores only" in found["rewrite"].detail


def test_nothing_of_this_machine_is_in_a_judge(pair: tuple[Path, Path]) -> None:
    for path in pair[1].iterdir():
        data = path.read_bytes()
        assert str(Path(sys.prefix)).encode() not in data
        assert b".py" not in data


def test_the_same_model_gives_the_same_judge(pair: tuple[Path, Path], tmp_path: Path) -> None:
    again = onnx_judges.exported(pair[0], tmp_path / "judge")
    assert (again / folders.SUMS).read_bytes() == (pair[1] / folders.SUMS).read_bytes()


def clip_llama(folder: Path) -> None:
    """LLaVA 1.5's shape: a CLIP tower without its first token, pictures cut out of the middle, Llama."""
    from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    words = tiny_models.tokenizer(("<|endoftext|>", "<|im_end|>", "<|im_start|>", "<image>"))
    tower = CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, image_size=48, patch_size=12
    )
    config = LlavaConfig(
        vision_config=tower,
        text_config=LlamaConfig(**tiny_models._decoder(words, 32, 2)),
        image_token_index=words.convert_tokens_to_ids("<image>"),
        vision_feature_select_strategy="default",
        vision_feature_layer=-2,
        image_seq_length=16,
    )
    images = CLIPImageProcessorPil(size={"shortest_edge": 60}, crop_size={"height": 48, "width": 48})
    processor = LlavaProcessor(
        image_processor=images, tokenizer=words, patch_size=12, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, chat_template=tiny_models.CHATML.replace("IMAGE", "<image>"),
    )  # fmt: skip
    tiny_models._save(folder, LlavaForConditionalGeneration, config, processor)


def test_a_clip_tower_and_llama_can_be_exported_too(tmp_path: Path) -> None:
    onnx_judges.require()
    (tmp_path / "model").mkdir()
    clip_llama(tmp_path / "model")
    judge = OnnxModel(folders.read(onnx_judges.exported(tmp_path / "model", tmp_path / "judge")), "judge")
    asked = asking.questions()[::3]
    for ours, theirs in zip(judge.choose(asked), asking.load(tmp_path / "model").choose(asked), strict=True):
        assert isinstance(ours, Chosen)
        assert isinstance(theirs, Chosen)
        assert ours.shares == pytest.approx(theirs.shares, abs=2e-6)


@pytest.mark.parametrize("family", ["qwen2_vl", "idefics3"])
def test_models_whose_pictures_have_no_fixed_size_are_refused(tmp_path: Path, family: str) -> None:
    onnx_judges.require()
    (tmp_path / "model").mkdir()
    tiny_models.FAMILIES[family](tmp_path / "model")
    with pytest.raises(UsageError, match=rf"'{family}'.*can be: llava"):
        onnx_judges.exported(tmp_path / "model", tmp_path / "judge")
    assert not (tmp_path / "judge").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"do_rescale": False}, "and such steps"),
        ({"image_processor_type": "ViTImageProcessor"}, "CLIPImageProcessor, SiglipImageProcessor"),
    ],
)
def test_other_processors_are_refused(
    pair: tuple[Path, Path], tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    shutil.copytree(pair[0], tmp_path / "model")
    path = tmp_path / "model" / "processor_config.json"
    told = json.loads(path.read_text("utf-8"))
    told["image_processor"] |= changed
    path.write_text(json.dumps(told), "utf-8")
    with pytest.raises(UsageError, match=said):
        onnx_judges.exported(tmp_path / "model", tmp_path / "judge")
    assert not (tmp_path / "judge").exists()


def test_a_folder_with_something_in_it_is_left_alone(pair: tuple[Path, Path], tmp_path: Path) -> None:
    onnx_judges.require()
    (tmp_path / "mine").write_text("keep", "utf-8")
    with pytest.raises(UsageError, match="is not empty"):
        onnx_judges.exported(pair[0], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_missing_exporter_gives_its_pip_line(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['onnxscript'] = None\n"
        "from pathlib import Path\nfrom burnish.train.onnx.export import export\n"
        f"export('model', Path({str(tmp_path / 'judge')!r}), 768)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'burnish[finetune]'" in done.stderr
