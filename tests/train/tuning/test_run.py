"""A whole fine-tuning: it learns, goes on after any stop with the same weights, and the backend reads what it made."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="fine-tuning needs the extra [finetune]")
pytest.importorskip("transformers", reason="fine-tuning needs the extra [finetune]")
pytest.importorskip("accelerate", reason="fine-tuning needs the extra [finetune]")
pytest.importorskip("peft", reason="fine-tuning needs the extra [finetune]")

import torch
from safetensors.torch import load_file

from burnish.chat import fold, render
from burnish.chat.local.model import LocalModel
from burnish.chat.local.options import Options
from burnish.errors import PlanChanged, UsageError
from burnish.train.tuning import run, weights
from burnish.train.tuning.settings import build
from burnish.values import AssessRequest, Draft, Picture, RewriteRequest, Score
from tests.cli.calls import call
from tests.train.tuning import lines

FAST = {"rate": 5e-3, "device": "cpu", "warmup": 0.1}


def train(samples: Path, base: Path, output: Path, role: str = "judge", **given: Any) -> tuple[dict[str, Any], list]:
    """What came out, and what was told on the way."""
    told: list[tuple[int, int, float]] = []
    job = run.Job(
        role=role, samples=str(samples), output=output, base=str(base), settings=build(role, {**FAST, **given})
    )
    return run.run(job, lambda *each: told.append(each)), told


def asked(samples: Path, at: int) -> AssessRequest:
    from burnish.scenes import compose

    scene = compose.scene(5, at, 0.5)
    return AssessRequest(picture=picture(samples, at), text=scene.alt.text, criterion="overall")


def taught(samples: Path, answers: dict[str, str]) -> None:
    """The samples with the same answer everywhere, by criterion; "" stands for rewrites."""
    rows = [json.loads(line) for line in (samples / "samples.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        said, answer = row["messages"][2]["content"][0], answers.get(row["criterion"], "x")
        said["text"] = (
            json.dumps({**json.loads(said["text"]), "caption": answer}) if row["task"] == "rewrite" else answer
        )
    (samples / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def picture(samples: Path, at: int) -> Picture:
    from burnish import images

    found = images.decode((samples / f"images/{at:05d}.png").read_bytes(), 768)
    assert isinstance(found, Picture)
    return found


def test_a_judge_learns_what_the_backend_then_reads(base, tmp_path):
    """Two criteria with a mark each, whatever the pair: what was learnt comes back by asking as at run time."""
    criteria = {"overall": "2", "text_quality": "4"}
    samples = lines.write(tmp_path / "made", criteria=tuple(criteria))
    taught(samples, criteria)
    found, told = train(samples, base, tmp_path / "m", steps=40, tower=True)
    assert found["samples"] == {"train": 16, "held_out": 4}
    assert found["loss"]["last"] < 0.2 * found["loss"]["first"]
    assert [done for done, _, _ in told][-1] == 40
    assert found["learnt_weights"] == found["weights"]
    model = LocalModel(Options(model=str(tmp_path / "m"), device="cpu"))
    for name, mark in criteria.items():
        request = replace(asked(samples, 9), criterion=name)
        [chosen] = model.choose([render.choose(request)])
        score = fold.score(request, chosen)
        assert isinstance(score, Score)
        assert score.value == pytest.approx(int(mark), abs=0.4)


def test_an_enhancer_writes_what_it_learnt(base, tmp_path):
    """One text for every pair: it comes back through grammar and reader, under a nonce that was never seen."""
    samples = lines.write(tmp_path / "made")
    taught(samples, {"": "a red apple"})
    found, _ = train(samples, base, tmp_path / "m", "enhancer", tasks="rewrite", steps=30)
    assert found["learnt_weights"] < found["weights"]
    model = LocalModel(Options(model=str(tmp_path / "m"), device="cpu"))
    request = RewriteRequest(picture=picture(samples, 9), text="Two blue cars", budget=lines.BUDGET)
    task = render.write(request)
    [written] = model.write([task])
    draft = fold.draft(request, task, written)
    assert isinstance(draft, Draft)
    assert draft.text == "a red apple"


def test_expected_scores_need_no_rounding(samples, base, tmp_path):
    found, _ = train(samples, base, tmp_path / "m", steps=25, scores="expected", tower=True)
    assert found["loss"]["last"] < 0.3 * found["loss"]["first"]


def test_adapters_are_merged_and_kept(samples, base, tmp_path):
    from peft import PeftModel

    from burnish.chat.local.loading import load

    output = tmp_path / "m"
    found, _ = train(samples, base, output, steps=4, lora=4)
    assert found["learnt_weights"] < 0.3 * found["weights"]
    merged = load(Options(model=str(output), device="cpu")).model
    plain = load(Options(model=str(base), device="cpu")).model
    before = {name: weight.clone() for name, weight in plain.state_dict().items()}
    with weights._peft():
        beside = PeftModel.from_pretrained(plain, output / weights.ADAPTER).merge_and_unload()
    changed = 0
    for name, weight in merged.state_dict().items():
        torch.testing.assert_close(weight, beside.state_dict()[name])
        changed += not torch.equal(weight, before[name])
    assert changed
    assert not any("vision" in name and not torch.equal(w, before[name]) for name, w in merged.state_dict().items())


def test_a_finished_training_is_not_done_again(samples, base, tmp_path):
    first, _ = train(samples, base, tmp_path / "m", steps=2)
    stamp = (tmp_path / "m" / "model.safetensors").stat().st_mtime_ns
    again, told = train(samples, base, tmp_path / "m", steps=2, save_every=1)
    assert again == first
    assert not told
    assert (tmp_path / "m" / "model.safetensors").stat().st_mtime_ns == stamp
    with pytest.raises(PlanChanged, match="steps: 2 before, 3 now"):
        train(samples, base, tmp_path / "m", steps=3)


def test_a_folder_of_something_else_is_left_alone(samples, base, tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="is not empty"):
        train(samples, base, tmp_path / "m", steps=2)
    assert [path.name for path in (tmp_path / "m").iterdir()] == ["mine.txt"]


def test_arguments_of_the_library_are_checked(samples, base, tmp_path):
    with pytest.raises(UsageError, match=r"refuses these settings.*nonsense"):
        train(samples, base, tmp_path / "m", steps=2, trainer={"nonsense": 1})


def command(samples: Path, base: Path, output: Path, steps: int) -> list[str]:
    return [
        *(sys.executable, "-m", "burnish", "train", "enhancer", str(samples), "-o", str(output), "--base", str(base)),
        *("--steps", str(steps), "--tasks", "assess,rewrite", "--set", "save_every=3", "--set", "rate=1e-3"),
        *("--set", "device=cpu", "--set", "batch=4"),
    ]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_killed_training_goes_on_to_the_same_weights(samples, base, tmp_path):
    """SIGKILL after a state was written, and again with the newest state torn; then to the end."""
    steps = 14
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    subprocess.run(command(samples, base, quiet, steps), check=True, env=environment, capture_output=True)
    for state in ("checkpoint-3", "checkpoint-9"):
        process = subprocess.Popen(
            command(samples, base, killed, steps), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not (killed / ".training" / state / "trainer_state.json").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not (killed / "config.json").exists()
    newest = max((killed / ".training").glob("checkpoint-*"), key=lambda path: int(path.name.partition("-")[2]))
    torn = newest / "trainer_state.json"
    torn.write_bytes(torn.read_bytes()[:40])
    done = subprocess.run(
        command(samples, base, killed, steps), env=environment, capture_output=True, text=True, check=True
    )
    assert "step 14 of 14" in done.stderr
    assert "step 1 of 14" not in done.stderr
    first, second = load_file(quiet / "model.safetensors"), load_file(killed / "model.safetensors")
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    before = load_file(base / "model.safetensors")
    assert not all(torch.equal(first[name], before[name]) for name in first)


def test_the_command_says_what_came_out(samples, base, tmp_path):
    (tmp_path / "tune.toml").write_text("batch = 4\nrate = 1e-3\n[trainer]\nmax_grad_norm = 0.5\n")
    answer = call(
        *("train", "judge", str(samples), "-o", str(tmp_path / "m"), "--base", str(base), "--steps", "2"),
        *("--config", str(tmp_path / "tune.toml"), "--set", "device=cpu", "--lora", "2"),
    )
    assert answer.code == 0, answer.err
    assert "2 steps on 8 samples" in answer.out
    assert f"backend_options.model={tmp_path / 'm'}" in answer.out
    assert "step 2 of 2, loss" in answer.err
    shutil.rmtree(tmp_path / "m" / ".training")
    wrong = call("train", "judge", str(samples), "-o", str(tmp_path / "m"), "--base", str(base))
    assert wrong.code == 2
    assert "not empty" in wrong.err


def test_a_missing_base_is_said_before_anything_is_written(samples, tmp_path):
    answer = call("train", "judge", str(samples), "-o", str(tmp_path / "m"), "--base", str(tmp_path / "no"))
    assert answer.code == 2
    assert "cannot load the model" in answer.err
