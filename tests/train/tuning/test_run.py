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
from safetensors.torch import load_file, save_file

from burnish.chat import fold, render
from burnish.chat.local.model import LocalModel
from burnish.chat.local.options import Options
from burnish.errors import PlanChanged, StopError, UsageError
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


def test_base_and_images_are_known_by_what_they_hold(samples, base, tmp_path, monkeypatch):
    """Another spelling goes on; other weights or another picture under the same name are refused."""
    own, made = tmp_path / "base", tmp_path / "made"
    shutil.copytree(base, own)
    shutil.copytree(samples, made)
    first, _ = train(made, own, tmp_path / "m", steps=1)
    monkeypatch.chdir(tmp_path)
    assert train(made, Path("base/../base"), tmp_path / "m", steps=1)[0] == first
    image = made / "images" / "00003.png"
    before = image.read_bytes()
    image.write_bytes(lines.png())
    with pytest.raises(PlanChanged, match="samples: "):
        train(made, own, tmp_path / "m", steps=1)
    image.write_bytes(before)
    held = load_file(own / "model.safetensors")
    held[next(iter(held))].view(-1)[0] += 1
    save_file(held, own / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(PlanChanged, match="base: "):
        train(made, own, tmp_path / "m", steps=1)


def test_a_folder_of_something_else_is_left_alone(samples, base, tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="is not empty"):
        train(samples, base, tmp_path / "m", steps=2)
    assert [path.name for path in (tmp_path / "m").iterdir()] == ["mine.txt"]


PLAIN = {"steps": 2, "rate": 0.1, "warmup": 0.0, "schedule": "constant", "trainer": {"optim": "sgd"}}
"""Steps that are proportional to the gradient, so that a loss of another size goes another way."""


def test_how_samples_fall_into_batches_changes_nothing(samples, base, tmp_path):
    """Scores and texts, of which a batch of one holds either: the same updates of the same loss."""
    made: dict[tuple[int, int, float], tuple[Any, Any]] = {}
    for batch, accumulate, worth in ((4, 1, 4.0), (1, 4, 4.0), (1, 4, 1.0)):
        output = tmp_path / f"{batch}-{accumulate}-{worth}"
        given = {"batch": batch, "accumulate": accumulate, "text_worth": worth, "tasks": "assess,rewrite"}
        found, _ = train(samples, base, output, "enhancer", **PLAIN, **given)
        made[batch, accumulate, worth] = found, load_file(output / "model.safetensors")
    (whole, together), (parts, apart) = made[4, 1, 4.0], made[1, 4, 4.0]
    assert parts["loss"] == pytest.approx(whole["loss"], rel=1e-4)
    for name, weight in together.items():
        torch.testing.assert_close(apart[name], weight, atol=1e-5, rtol=1e-4)
    even = made[1, 4, 1.0][1]
    assert not all(torch.allclose(even[name], weight, atol=1e-5, rtol=1e-4) for name, weight in apart.items())


def test_a_held_out_loss_is_that_of_the_samples_however_they_are_batched(samples, base, tmp_path):
    """After a step that changes nothing: two scores and two texts at once, one by one, and as three and one."""
    still = {**PLAIN, "rate": 1e-12, "steps": 1, "tasks": "assess,rewrite"}
    found = [
        train(samples, base, tmp_path / str(batch), "enhancer", **still, batch=batch)[0]["held_out_loss"]
        for batch in (4, 1, 3)
    ]
    assert found == pytest.approx([found[0]] * 3, abs=2e-4)


def test_a_training_that_runs_away_stops_and_writes_no_model(samples, base, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(base, broken)
    held = load_file(broken / "model.safetensors")
    name = next(name for name in held if name.endswith("norm.weight"))
    held[name][0] = float("nan")
    save_file(held, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(StopError, match=r"(?s)the loss of step 1 is nan.*rate="):
        train(samples, broken, tmp_path / "m", steps=3)
    assert not (tmp_path / "m" / "model.safetensors").exists()
    layer = torch.nn.Linear(2, 2)
    assert weights.finite(layer)
    layer.weight.data[0, 0] = float("inf")
    assert not weights.finite(layer)


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
    (tmp_path / "empty").mkdir()
    answer = call("train", "judge", str(samples), "-o", str(tmp_path / "m"), "--base", str(tmp_path / "empty"))
    assert "cannot load the model" in answer.err
    assert not (tmp_path / "m").exists()
